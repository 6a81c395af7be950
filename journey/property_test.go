package journey

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPropertyDeterministic(t *testing.T) {
	t.Parallel()
	checkEachMap(t, func(t *rapid.T, start func() (*engine, *witness)) {
		story := arrivals(t)
		first, saw := start()
		tell(first, story)
		second, sees := start()
		tell(second, story)
		require.Equal(t, first.state, second.state)
		require.Equal(t, saw, sees)
	})
}

// TestPropertySplit cuts the batches of a story in any way: state, decisions and handovers stay the same.
func TestPropertySplit(t *testing.T) {
	t.Parallel()
	checkEachMap(t, func(t *rapid.T, start func() (*engine, *witness)) {
		story := arrivals(t)
		whole, saw := start()
		tell(whole, story)
		cut, sees := start()
		cut.part = rapid.IntRange(1, 5).Draw(t, "part")
		tell(cut, story)
		require.Equal(t, whole.state, cut.state)
		require.Equal(t, saw.decisions, sees.decisions)
		require.Equal(t, saw.handed, sees.handed)
	})
}

// TestPropertyTimerMayBeLate lets the timer ring only when an event comes. Where nothing is sent and no event is late,
// nothing changes.
func TestPropertyTimerMayBeLate(t *testing.T) {
	t.Parallel()
	m := parseMap(t, propertyMaps["holdout"])
	rapid.Check(t, func(t *rapid.T) {
		story := arrivals(t)
		for i := range story {
			story[i].late = 0
		}
		punctual, saw := newEngine(t, m, "c-1"), &witness{}
		saw.watch(punctual)
		tell(punctual, story)
		lazy, sees := newEngine(t, m, "c-1"), &witness{}
		sees.watch(lazy)
		lazy.lazy = true
		tell(lazy, story)
		require.Equal(t, punctual.state, lazy.state)
		require.Equal(t, saw, sees)
	})
}

// TestPropertyInputUntouched looks at all that Decide is given, before and after.
func TestPropertyInputUntouched(t *testing.T) {
	t.Parallel()
	checkEachMap(t, func(t *rapid.T, start func() (*engine, *witness)) {
		e, _ := start()
		e.part = rapid.IntRange(0, 3).Draw(t, "part")
		e.decider = func(in Input) (Outcome, error) {
			past := &watchedPast{Past: in.Past}
			in.Past = past
			before := written(t, in)
			out, err := e.m.Decide(in)
			require.JSONEq(t, before, written(t, in))
			for _, given := range past.given {
				for _, beyond := range given[len(given):cap(given)] {
					require.Equal(t, Event{}, beyond, "the record's own slice was written to")
				}
			}
			return out, err
		}
		tell(e, arrivals(t))
	})
}

type watchedPast struct {
	Past
	given [][]Event
}

func (p *watchedPast) Named(names []string, since time.Time) ([]Event, error) {
	events, err := p.Past.Named(names, since)
	p.given = append(p.given, events)
	return events, err
}

func written(t *rapid.T, in Input) string {
	in.Past = nil
	in.Events = in.Events[:cap(in.Events)]
	text, err := json.Marshal(in)
	require.NoError(t, err)
	return string(text)
}

// TestPropertyRuns checks what holds for runs at every moment and at the end.
func TestPropertyRuns(t *testing.T) {
	t.Parallel()
	checkEachMap(t, func(t *rapid.T, start func() (*engine, *witness)) {
		e, w := start()
		seen := e.seen
		ended := map[string]Run{}
		e.seen = func(out Outcome) {
			seen(out)
			requireOneRunPerKey(t, e)
			requireNext(t, out, e.state.Runs)
			for _, r := range e.state.Runs {
				require.False(t, r.EnteredAt.Before(r.StartedAt), "entered a step before the trigger")
				if r.Status == RunActive {
					require.True(t, r.Due.IsZero() || !r.Due.Before(r.EnteredAt), "due before it came to the step")
					continue
				}
				require.False(t, r.EndedAt.Before(r.EnteredAt), "ended before it came to the step")
				if former, was := ended[r.ID]; was {
					require.Equal(t, former, r, "an ended run changed")
				}
				ended[r.ID] = r
			}
		}
		tell(e, arrivals(t))
		require.Len(t, ended, len(e.state.Runs), "a year later every run has ended")
		requireDecisions(t, e, w)
	})
}

func requireOneRunPerKey(t *rapid.T, e *engine) {
	active, all := map[string]int{}, map[string]int{}
	for _, r := range e.state.Runs {
		name := fmt.Sprintf("%s/%s", r.Touchpoint, r.Key)
		all[name]++
		require.Equal(t, all[name], r.Nth)
		if r.Status == RunActive {
			active[name]++
		}
		require.LessOrEqual(t, active[name], 1, "two runs of %s at a time", name)
		if e.m.compiled.touchpoints[r.Touchpoint].touchpoint.Again == AgainNever {
			require.Equal(t, 1, all[name], "two runs of %s", name)
		}
	}
}

// requireNext checks that the next instant is the earliest at which a run is due, and that each active run waits.
func requireNext(t *rapid.T, out Outcome, runs []Run) {
	var next time.Time
	active := 0
	for _, r := range runs {
		if r.Status != RunActive {
			continue
		}
		active++
		require.NotEqual(t, r.Due.IsZero(), r.MessageID == "", "a run waits for a time or for a handover")
		if !r.Due.IsZero() && (next.IsZero() || r.Due.Before(next)) {
			next = r.Due
		}
	}
	require.Equal(t, next, out.Next)
	require.Len(t, out.Standing, active)
}

// requireDecisions checks that every trigger is decided about once, that runs start and end once, and that nothing of a
// run is decided before its trigger.
func requireDecisions(t *rapid.T, e *engine, w *witness) {
	type triggered struct {
		seq        int64
		touchpoint string
	}
	starts, ends, answers := map[string]int{}, map[string]int{}, map[triggered]int{}
	for _, d := range w.decisions {
		if d.RunID != "" {
			require.False(t, d.At.Before(e.run(d.RunID).StartedAt), "decided before the trigger")
		}
		switch d.Kind {
		case DecidedStart:
			starts[d.RunID]++
			answers[triggered{d.EventSeq, d.Touchpoint}]++
		case DecidedNoStart:
			answers[triggered{d.EventSeq, d.Touchpoint}]++
		case DecidedEnd:
			ends[d.RunID]++
		}
	}
	for _, r := range e.state.Runs {
		require.Equal(t, 1, starts[r.ID], "starts of a run")
		require.Equal(t, 1, ends[r.ID], "ends of a run")
	}
	expected := map[triggered]int{}
	for _, event := range e.consumed {
		for _, f := range e.m.compiled.triggers[event.Name] {
			expected[triggered{event.Seq, f.touchpoint.ID}] = 1
		}
	}
	require.Equal(t, expected, answers, "each trigger is answered once")
}

// TestPropertyMessages checks that messages are planned once, and that none is handed over whose run an event had
// cancelled by then.
func TestPropertyMessages(t *testing.T) {
	t.Parallel()
	checkEachMap(t, func(t *rapid.T, start func() (*engine, *witness)) {
		e, w := start()
		tell(e, arrivals(t))
		planned := map[string]bool{}
		for _, msg := range w.planned {
			require.False(t, planned[msg.ID], "planned twice")
			planned[msg.ID] = true
			require.False(t, msg.PlannedAt.Before(e.run(msg.RunID).StartedAt), "planned before the trigger")
		}
		delivered := map[string]bool{}
		for _, h := range w.handed {
			require.True(t, planned[h.message.ID])
			require.False(t, delivered[h.message.ID], "handed over twice")
			delivered[h.message.ID] = true
			requireNotCancelled(t, e, h)
		}
	})
}

func requireNotCancelled(t *rapid.T, e *engine, h handed) {
	run := e.run(h.message.RunID)
	touchpoint := e.m.compiled.touchpoints[run.Touchpoint].touchpoint
	for _, event := range e.consumed {
		if event.ReceivedAt.After(h.at) || event.Seq == run.Trigger.Seq || !slices.Contains(touchpoint.Cancel, event.Name) {
			continue
		}
		if touchpoint.Key == "" {
			require.True(t, event.Timestamp.Before(run.StartedAt), "handed over although it was cancelled")
			continue
		}
		require.NotEqual(t, run.Key, fmt.Sprint(event.Properties["order_id"]), "handed over although it was cancelled")
	}
}
