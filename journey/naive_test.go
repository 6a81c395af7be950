package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestNaive plays drawn stories on drawn maps twice: by Decide, and by the naive model of the rules. All that becomes
// visible is the same.
func TestNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := drawMap(t)
		m := drawnMap(t, text)
		after := rapid.SampledFrom([]time.Duration{0, 0, 2 * time.Hour}).Draw(t, "handover after")
		refused := func(template string) Reason {
			if template == "refused" {
				return ReasonRefused
			}
			return ""
		}
		e := newEngine(t, m, "c-1")
		e.provider = func(msg Message) (time.Duration, Reason) {
			if msg.Kind == KindWebhook {
				return 0, ""
			}
			return after, refused(msg.Template)
		}
		acts := listen(e)
		n := newNaive(m, "c-1")
		n.after, n.refused = after, refused
		n.arm = drawnArm

		start := rapid.SampledFrom([]Facts{agreeable(), {}}).Draw(t, "facts")
		e.state.Facts, n.state.Facts = start, start
		at := engineStart
		for _, batch := range drawStory(t) {
			at = at.Add(batch.gap)
			e.reach(at)
			n.reach(at)
			for i := range batch.events {
				batch.events[i].Timestamp = at
			}
			stored := len(e.consumed)
			e.store(batch.events...)
			e.decide()
			n.handle(e.consumed[stored:]...)
		}
		at = at.Add(100 * day)
		e.until(at)
		n.reach(at.Add(1))
		require.Equal(t, sorted(n.acts), sorted(*acts), "%s%s", text, drawnStory(e.consumed))
	})
}

func drawnMap(t *rapid.T, text string) *Map {
	const head = "journey: test\nshop: {name: Shop, email: shop@example.com}\n"
	m, problems := Parse([]Source{{Name: "head.yaml", Data: []byte(head)}, {Name: "map.yaml", Data: []byte(text)}})
	require.Empty(t, problems.Errors(), "%s", text)
	return m
}

// drawnArm is the arm of a split that the customer takes.
func drawnArm(tp *Touchpoint, s *Step) int {
	number := share("c-1", tp.ID, tp.ID, s.ID)
	if number < s.Arms[0].Share {
		return 0
	}
	return 1
}

type drawnBatch struct {
	gap    time.Duration
	events []Event
}

// drawStory draws what happens to a customer, in the order in which it happens.
func drawStory(t *rapid.T) []drawnBatch {
	batch := rapid.Custom(func(t *rapid.T) drawnBatch {
		return drawnBatch{
			gap:    rapid.OneOf(hours(1, 30), hours(1, 300)).Draw(t, "gap"),
			events: rapid.SliceOfN(rapid.Custom(drawEvent), 1, 3).Draw(t, "events"),
		}
	})
	first := Event{Type: TypeIdentify, Name: TypeIdentify, Traits: map[string]any{"email": "jo@example.com"}}
	return append([]drawnBatch{{gap: time.Hour, events: []Event{first}}}, rapid.SliceOfN(batch, 1, 12).Draw(t, "story")...)
}

func drawEvent(t *rapid.T) Event {
	names := slices.Concat(drawnEvents, drawnEvents, []string{TypeIdentify, SurveyAnswered, ConsentGiven, ConsentWithdrawn, TaskCompleted, TaskCreated})
	e := Event{Type: TypeTrack, Name: rapid.SampledFrom(names).Draw(t, "name"), Properties: map[string]any{}}
	put := func(name string, of ...any) {
		if v := rapid.SampledFrom(of).Draw(t, name); v != nil {
			e.Properties[name] = v
		}
	}
	switch e.Name {
	case TypeIdentify:
		e.Type, e.Traits = TypeIdentify, map[string]any{
			rapid.SampledFrom([]string{"tier", "plan"}).Draw(t, "trait"): rapid.SampledFrom([]any{1.0, 2.0, nil}).Draw(t, "value"),
		}
		if zone := rapid.SampledFrom([]any{nil, "America/New_York", "Asia/Kolkata", "Europe/Amsterdam"}).Draw(t, "zone"); zone != nil {
			e.Traits["timezone"] = zone
		}
		if date := rapid.SampledFrom([]any{nil, "1990-03-10", "--04-01", "2026-03-20", "1980-02-29"}).Draw(t, "birthday"); date != nil {
			e.Traits["birthday"] = date
		}
	case SurveyAnswered:
		e.Properties["survey"], e.Properties["score"] = "t0", 9.0
	case ConsentGiven, ConsentWithdrawn:
		put("class", "marketing", "service", nil)
	case TaskCompleted, TaskCreated:
		put("task_id", "1", "2")
	default:
		put("order_id", "1", "1", 2.0, nil)
		put("total", 5.0, 50.0, 100.0, nil)
	}
	return e
}

// listen collects what becomes visible of a story, as the naive model tells it.
func listen(e *engine) *[]string {
	acts, held := &[]string{}, map[string]bool{}
	add := func(at time.Time, format string, words ...any) {
		*acts = append(*acts, since(at)+" "+fmt.Sprintf(format, words...))
	}
	e.seen = func(out Outcome) {
		for _, d := range out.Decisions {
			name := d.Touchpoint
			if d.RunID != "" {
				name = runName(e.run(d.RunID))
			}
			place := d.RunID + d.Step
			was := held[place]
			delete(held, place)
			switch d.Kind {
			case DecidedPhase:
				add(d.At, "phase %s", d.Phase)
			case DecidedStart, DecidedNoStart, DecidedTask, DecidedWebhook, DecidedSeen, DecidedSet:
				add(d.At, "%s %s", name, d.Kind)
			case DecidedSend:
				add(d.At, "%s send %v", name, d.Detail["template"])
			case DecidedNoSend, DecidedEnd:
				add(d.At, "%s %s %s", name, d.Kind, d.Reason)
			case DecidedGoal:
				add(d.At, "%s goal %v", name, d.Detail["value"])
			case DecidedHeld:
				if held[place] = true; !was {
					add(d.At, "%s held", name)
				}
			case DecidedStep:
				if d.Reason == ReasonEventCame || d.Reason == ReasonTimedOut {
					add(d.At, "%s step %s", name, d.Reason)
				}
			}
		}
	}
	e.settling = func(msg Message, s Settlement) {
		if s.Sent && msg.Kind == KindMail {
			add(s.At, "%s handed over %s", runName(e.run(msg.RunID)), msg.Template)
		}
	}
	return acts
}

// sorted brings what happens at one instant in an order of its own: rules say nothing about it, except that policy
// ranks the sends, which shows in what is sent.
func sorted(acts []string) string {
	list := slices.Clone(acts)
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(atOf(a).Compare(atOf(b)), strings.Compare(a, b))
	})
	return strings.Join(list, "\n") + "\n"
}

// drawnStory writes the events of a story.
func drawnStory(events []Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s %s %v %v\n", since(e.Timestamp), e.Name, e.Properties, e.Traits)
	}
	return b.String()
}

func atOf(act string) time.Time {
	var days int
	var rest string
	word, _, _ := strings.Cut(act, " ")
	_, _ = fmt.Sscanf(word, "%dd%s", &days, &rest)
	d, _ := time.ParseDuration(rest)
	return engineStart.Add(time.Duration(days)*day + d)
}
