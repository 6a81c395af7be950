package journey

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// editStep is a drawn step that keeps its identity over versions.
type editStep struct {
	uid   int
	kind  string
	id    string
	was   []string
	hist  []string
	n     int // of the template, or of hours
	lists [][]*editStep
}

// editDraw draws steps.
type editDraw struct {
	t     *rapid.T
	next  int
	named bool // every step has a name
}

func (d *editDraw) list(depth, most int) []*editStep {
	var steps []*editStep
	for range rapid.IntRange(1, most).Draw(d.t, "steps") {
		d.next++
		s := &editStep{n: d.next}
		kinds := []string{"wait", "send", "wait", "send", "task", "webhook", "until"}
		if depth > 0 {
			kinds = append(kinds, "waitFor", "branch", "split", "waitFor")
		}
		s.kind = rapid.SampledFrom(kinds).Draw(d.t, "kind")
		if d.named || rapid.Bool().Draw(d.t, "named") || s.kind == "split" {
			s.id = fmt.Sprint("s", d.next)
		}
		switch s.kind {
		case "wait", "until":
			s.n = rapid.IntRange(20, 24*20).Draw(d.t, "hours")
		case "waitFor":
			s.n = rapid.IntRange(20, 24*20).Draw(d.t, "hours")
			s.lists = [][]*editStep{d.list(depth-1, 2), d.list(depth-1, 2)}
		case "branch":
			s.lists = [][]*editStep{d.list(depth-1, 2), d.list(depth-1, 2), d.list(depth-1, 2)}
		case "split":
			s.lists = [][]*editStep{d.list(depth-1, 2), d.list(depth-1, 2)}
		}
		steps = append(steps, s)
	}
	return steps
}

func clonedSteps(steps []*editStep) []*editStep {
	out := make([]*editStep, len(steps))
	for i, s := range steps {
		c := *s
		c.was = slices.Clone(s.was)
		c.lists = nil
		for _, l := range s.lists {
			c.lists = append(c.lists, clonedSteps(l))
		}
		out[i] = &c
	}
	return out
}

func eachEditStep(steps []*editStep, f func(*editStep)) {
	for _, s := range steps {
		f(s)
		for _, l := range s.lists {
			eachEditStep(l, f)
		}
	}
}

func writeSteps(steps []*editStep) string {
	var parts []string
	for _, s := range steps {
		head := ""
		if s.id != "" {
			head = "id: " + s.id + ", "
		}
		if len(s.was) > 0 {
			head += "was: [" + strings.Join(s.was, ", ") + "], "
		}
		body := ""
		switch s.kind {
		case "wait":
			body = fmt.Sprintf("wait: %dh", s.n)
		case "until":
			body = fmt.Sprintf(`until: 'now + duration("%dh")'`, s.n)
		case "send":
			body = fmt.Sprintf("send: {template: t%d}", s.n)
		case "task":
			body = fmt.Sprintf("task: {title: k%d}", s.n)
		case "webhook":
			body = fmt.Sprintf("webhook: {url: 'https://example.com/%d'}", s.n)
		case "waitFor":
			body = fmt.Sprintf("waitFor: {on: E%d, for: %dh}, do: %s, else: %s", s.n%3, s.n, writeSteps(s.lists[0]), writeSteps(s.lists[1]))
		case "branch":
			body = fmt.Sprintf("branch: [{if: event.v == 1, do: %s}, {if: event.v == 2, do: %s}], else: %s", writeSteps(s.lists[0]), writeSteps(s.lists[1]), writeSteps(s.lists[2]))
		case "split":
			body = fmt.Sprintf("split: [{name: a, share: 50%%, do: %s}, {name: b, share: 50%%, do: %s}]", writeSteps(s.lists[0]), writeSteps(s.lists[1]))
		}
		parts = append(parts, "{"+head+body+"}")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// editVersion is a version of a map with one touchpoint.
type editVersion struct {
	head  string // of the file
	id    string
	was   []string
	hist  []string
	extra string
	steps []*editStep
}

func (v editVersion) text() string {
	was := ""
	if len(v.was) > 0 {
		was = ", was: [" + strings.Join(v.was, ", ") + "]"
	}
	return v.head + "\nphases: [{id: p, enter: [{on: Order Completed}]}]\ntouchpoints: [{id: " + v.id + was +
		", phase: p, class: service, on: Order Completed, key: event.order_id" + v.extra + ", do: " + writeSteps(v.steps) + "}]\n"
}

// rename gives some named things other names: new ones, or ones that they had.
func (v editVersion) rename(t *rapid.T, n int, dropWas bool) editVersion {
	out := v
	out.steps = clonedSteps(v.steps)
	count := 0
	name := func(id string, hist []string) (string, []string, []string) {
		count++
		switch rapid.IntRange(0, 3).Draw(t, "rename") {
		case 0:
			hist = append(slices.Clone(hist), id)
			id = fmt.Sprintf("n%d-%d", n, count)
			return id, hist, hist
		case 1:
			if len(hist) > 0 { // take a name back, as a rollback does
				back := rapid.SampledFrom(hist).Draw(t, "back")
				return back, nil, slices.DeleteFunc(append(slices.Clone(hist), id), func(w string) bool { return w == back })
			}
		}
		if dropWas {
			return id, nil, hist
		}
		return id, hist, hist
	}
	out.id, out.was, out.hist = name(v.id, v.hist)
	eachEditStep(out.steps, func(s *editStep) {
		if s.id != "" {
			s.id, s.was, s.hist = name(s.id, s.hist)
		}
	})
	return out
}

// editEvent is an event of a story.
type editEvent struct {
	after time.Duration
	name  string
	props map[string]any
}

// editPub is a publication, after which the customer decides or does not.
type editPub struct {
	after  time.Duration
	text   string
	decide bool
}

// playEdits plays events and publications; mails, tasks and ends are written down with their instants.
func playEdits(t *rapid.T, first string, pubs []editPub, events []editEvent) (log []string, x *story) {
	x = startEdits(t, first)
	seen := x.seen
	x.seen = func(out Outcome) {
		seen(out)
		for _, k := range out.Tasks {
			log = append(log, fmt.Sprint(k.CreatedAt.Sub(engineStart), " task ", k.Task.Title))
		}
		for _, m := range out.Messages {
			if m.Kind == KindWebhook {
				log = append(log, fmt.Sprint(m.PlannedAt.Sub(engineStart), " hook ", m.Webhook.URL))
			}
		}
	}
	for len(pubs)+len(events) > 0 {
		if len(pubs) > 0 && (len(events) == 0 || pubs[0].after <= events[0].after) {
			x.at(pubs[0].after)
			m, err := parseEdited(pubs[0].text)
			require.NoError(t, err, pubs[0].text)
			_, problems := m.Descend(x.m.Lineage(), x.version)
			require.Empty(t, problems)
			x.publish(m)
			if pubs[0].decide {
				x.decide()
			}
			pubs = pubs[1:]
			continue
		}
		x.at(events[0].after)
		x.ev(events[0].name, events[0].props)
		events = events[1:]
	}
	x.at(400 * day)
	log = append(log, x.mails...)
	slices.Sort(log)
	for _, r := range x.state.Runs {
		log = append(log, fmt.Sprint("end ", r.Key, " ", r.Reason, " ", r.EndedAt.Sub(engineStart)))
	}
	return log, x
}

func startEdits(t *rapid.T, text string) *story {
	m, err := parseEdited(text)
	require.NoError(t, err, text)
	x := &story{engine: newEngine(t, m, "c-1")}
	x.settling = func(m Message, s Settlement) {
		if s.Sent && m.Kind == KindMail {
			x.mails = append(x.mails, fmt.Sprintf("%s %s", s.At.Sub(engineStart), m.Template))
		}
	}
	x.seen = func(out Outcome) { x.decisions = append(x.decisions, out.Decisions...) }
	x.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: x.now, Traits: map[string]any{"email": "jo@example.com"}})
	x.decide()
	return x
}

func parseEdited(text string) (*Map, error) {
	const head = "journey: test\nshop: {name: Shop, email: shop@example.com}\n"
	m, problems := Parse([]Source{{Name: "head.yaml", Data: []byte(head)}, {Name: "map.yaml", Data: []byte(text)}})
	if len(problems.Errors()) > 0 {
		return nil, errors.New(fmt.Sprint(problems.Errors()))
	}
	return m, nil
}

func editEvents(t *rapid.T) []editEvent {
	events := []editEvent{{0, OrderCompleted, map[string]any{"order_id": "1", "v": rapid.IntRange(0, 3).Draw(t, "v")}}}
	var at time.Duration
	for range rapid.IntRange(0, 4).Draw(t, "events") {
		at += time.Duration(rapid.IntRange(1, 200).Draw(t, "gap")) * time.Hour
		e := editEvent{at + 13*time.Minute, fmt.Sprint("E", rapid.IntRange(0, 2).Draw(t, "e")), map[string]any{"order_id": "1"}}
		if rapid.IntRange(0, 3).Draw(t, "order") == 0 {
			e.name, e.props = OrderCompleted, map[string]any{"order_id": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "id"), "v": rapid.IntRange(0, 3).Draw(t, "v")}
		}
		events = append(events, e)
	}
	return events
}

// TestPropertyRenamesChangeNothing renames back and forth, also with was left out later.
func TestPropertyRenamesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &editDraw{t: t}
		v := editVersion{id: "tp", steps: d.list(2, 4)}
		first := v
		var pubs []editPub
		var at time.Duration
		for n := range rapid.IntRange(1, 6).Draw(t, "edits") {
			at += time.Duration(rapid.IntRange(1, 150).Draw(t, "pubgap")) * time.Hour
			v = v.rename(t, n, rapid.IntRange(0, 2).Draw(t, "drop") == 0)
			pubs = append(pubs, editPub{at + 7*time.Minute, v.text(), rapid.Bool().Draw(t, "decide")})
		}
		events := editEvents(t)
		want, _ := playEdits(t, first.text(), nil, events)
		got, _ := playEdits(t, first.text(), pubs, events)
		require.Equal(t, want, got)
	})
}
