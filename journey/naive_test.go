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

// The tests of this file play drawn stories on drawn maps twice: by Decide, and by the naive model of the rules. All that
// becomes visible is the same.

func TestNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { drawNaive(t, false, 0).play(t) })
}

// TestNaiveLate has events that come late, out of order, from long ago, from an import, or that wake nobody.
func TestNaiveLate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { drawNaive(t, true, 0).play(t) })
}

// TestNaiveEdited has newer maps that are published while customers are under way.
func TestNaiveEdited(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		drawNaive(t, rapid.Bool().Draw(t, "late"), rapid.IntRange(1, 2).Draw(t, "edits")).play(t)
	})
}

// naiveStory is a story on maps that are published one after the other.
type naiveStory struct {
	texts  []string
	maps   []*Map
	acts   []drawnBatch
	start  Facts
	after  time.Duration
	sleeps bool // events that cannot change anything do not wake the customer
}

func drawNaive(t *rapid.T, late bool, edits int) *naiveStory {
	s := &naiveStory{
		start:  rapid.SampledFrom([]Facts{agreeable(), {}}).Draw(t, "facts"),
		after:  rapid.SampledFrom([]time.Duration{0, 0, 2 * time.Hour}).Draw(t, "handover after"),
		acts:   drawStory(t),
		sleeps: late && rapid.Bool().Draw(t, "sleeps"),
	}
	text := drawMap(t, edits > 0)
	for i := range 1 + edits {
		if i > 0 {
			if text = editMap(t, text, i); i > 1 && rapid.IntRange(1, 3).Draw(t, "rolled back") == 1 {
				text = s.texts[i-2]
			}
			at := rapid.IntRange(1, len(s.acts)).Draw(t, "published")
			s.acts = slices.Insert(s.acts, at, drawnBatch{gap: rapid.OneOf(minutes(0, 30), hours(0, 2), hours(0, 60)).Draw(t, "gap"), publish: true})
		}
		s.texts, s.maps = append(s.texts, text), append(s.maps, drawnMap(t, text))
	}
	for i := range s.acts {
		for j := range s.acts[i].events {
			if late && rapid.IntRange(1, 4).Draw(t, "late") == 1 {
				e := &s.acts[i].events[j]
				e.Age = rapid.OneOf(minutes(0, 300), hours(0, 60)).Draw(t, "lateness")
				e.Imported = rapid.IntRange(1, 6).Draw(t, "imported") == 1
			}
		}
	}
	return s
}

func minutes(from, to int) *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.IntRange(from, to), func(n int) time.Duration { return time.Duration(n) * time.Minute })
}

func (s *naiveStory) refused(template string) Reason {
	if template == "refused" {
		return ReasonRefused
	}
	return ""
}

// handledAct is what happens at an instant: a newer map is published, events are handled.
type handledAct struct {
	at      time.Time
	events  []Event
	publish *Map
}

func (s *naiveStory) play(t *rapid.T) {
	e := newEngine(t, s.maps[0], "c-1")
	e.provider = func(msg Message) (time.Duration, Reason) {
		if msg.Kind == KindWebhook {
			return 0, ""
		}
		return s.after, s.refused(msg.Template)
	}
	acts := listen(e)
	e.state.Facts = s.start
	end, log := s.decide(e)
	n := newNaive(s.maps[0], "c-1")
	n.after, n.refused, n.arm = s.after, s.refused, drawnArm
	n.share = func(spread time.Duration) time.Duration { return spreadOffset("c-1", spread) }
	n.start, n.state.Facts = s.start, s.start
	for _, act := range log {
		n.reach(act.at)
		n.call++
		if act.publish != nil {
			n.publish(act.publish)
		}
		n.handle(act.events...)
	}
	n.reach(end.Add(1))
	require.Equal(t, sorted(n.acts), sorted(*acts), "%s\n%s", strings.Join(s.texts, "\n---\n"), drawnStory(log))
}

// decide lets the engine play the story, and tells when it handled what. Where no map changes, events count as handled when
// they arrive, however long they slept.
func (s *naiveStory) decide(e *engine) (end time.Time, log []handledAct) {
	at, next := engineStart, 1
	decider := e.decider
	e.decider = func(in Input) (Outcome, error) {
		now := in.Now.Truncate(time.Second)
		switch last := len(log) - 1; {
		case len(in.Events) == 0 || len(s.maps) == 1:
		case last >= 0 && log[last].publish != nil && log[last].at.Equal(now) && len(log[last].events) == 0:
			log[last].events = in.Events
		default:
			log = append(log, handledAct{at: now, events: in.Events})
		}
		return decider(in)
	}
	for _, batch := range s.acts {
		at = at.Add(batch.gap)
		e.reach(at)
		if batch.publish {
			log = append(log, handledAct{at: at, publish: s.maps[next]})
			e.publish(s.maps[next])
			next++
			e.decide()
			continue
		}
		wakes := false
		for i := range batch.events {
			event := &batch.events[i]
			event.Timestamp, event.ReceivedAt = at.Add(-event.Age), at
			interest := e.m.Interest(*event)
			event.Dormant = s.sleeps && !interest.Wakes && (!interest.Newcomer || e.seq > 0)
			wakes = wakes || !event.Dormant
		}
		stored := len(e.arrived)
		if e.store(batch.events...); len(s.maps) == 1 {
			log = append(log, handledAct{at: at, events: slices.Clone(e.arrived[stored:])})
		}
		if due := e.wakeAt(); !wakes && !due.IsZero() && !due.After(at) {
			e.handOver()
			wakes = true
		}
		if wakes {
			e.decide()
		}
	}
	at = at.Add(100 * day)
	e.until(at)
	e.decide()
	return at, log
}

func drawnMap(t *rapid.T, text string) *Map {
	const head = "journey: test\nshop: {name: Shop, email: shop@example.com}\n"
	m, problems := Parse([]Source{{Name: "head.yaml", Data: []byte(head)}, {Name: "map.yaml", Data: []byte(text)}})
	require.Empty(t, problems.Errors(), "%s", text)
	return m
}

// drawnArm is the arm of a split that the customer takes.
func drawnArm(tp *Touchpoint, s *Step) int {
	number := share("c-1", first(tp.ID), first(tp.ID), first(s.ID))
	if number < s.Arms[0].Share {
		return 0
	}
	return 1
}

// listen collects what becomes visible of a story, as the naive model tells it.
func listen(e *engine) *[]string {
	acts, names, held := &[]string{}, map[string]string{}, map[string]Reason{}
	add := func(at time.Time, format string, words ...any) {
		*acts = append(*acts, since(at)+" "+fmt.Sprintf(format, words...))
	}
	nameOf := func(runID string) string { // they may be renamed, but not here
		if names[runID] == "" {
			names[runID] = runName(e.run(runID))
		}
		return names[runID]
	}
	e.seen = func(out Outcome) {
		for _, d := range out.Decisions {
			name := d.Touchpoint
			if d.RunID != "" {
				name = nameOf(d.RunID)
			}
			was := held[d.RunID]
			delete(held, d.RunID)
			switch d.Kind {
			case DecidedPhase:
				add(d.At, "phase %s", d.Phase)
			case DecidedStart, DecidedTask, DecidedWebhook, DecidedSeen, DecidedSet:
				add(d.At, "%s %s", name, d.Kind)
			case DecidedSend:
				add(d.At, "%s send %v", name, d.Detail["template"])
			case DecidedNoStart, DecidedNoSend, DecidedEnd:
				add(d.At, "%s %s %s", name, d.Kind, d.Reason)
			case DecidedGoal:
				add(d.At, "%s goal %v", name, d.Detail["value"])
			case DecidedHeld:
				if held[d.RunID] = d.Reason; was == "" || was == ReasonPaused || d.Reason == ReasonPaused {
					add(d.At, "%s held %s", name, d.Reason) // another reason while it is held says nothing new
				}
			case DecidedStep:
				if d.Reason == ReasonEventCame || d.Reason == ReasonTimedOut || d.Reason == ReasonEdited {
					add(d.At, "%s step %s", name, d.Reason)
				}
			}
		}
	}
	e.settling = func(msg Message, s Settlement) {
		if s.Sent && msg.Kind == KindMail {
			add(s.At, "%s handed over %s", nameOf(msg.RunID), msg.Template)
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

// drawnStory writes what happened in a story.
func drawnStory(log []handledAct) string {
	var b strings.Builder
	for _, act := range log {
		if act.publish != nil {
			fmt.Fprintf(&b, "%s published\n", since(act.at))
		}
		for _, e := range act.events {
			fmt.Fprintf(&b, "%s (at %s imported=%v dormant=%v) %s %v %v\n", since(act.at), since(e.Timestamp), e.Imported, e.Dormant, e.Name, e.Properties, e.Traits)
		}
	}
	return b.String()
}

func atOf(act string) time.Time {
	var days int
	var rest string
	word, _, _ := strings.Cut(act, " ")
	word, negative := strings.CutPrefix(word, "-")
	_, _ = fmt.Sscanf(word, "%dd%s", &days, &rest)
	d, _ := time.ParseDuration(rest)
	if d += time.Duration(days) * day; negative {
		d = -d
	}
	return engineStart.Add(d)
}
