package journey

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// confirmation is a touchpoint that every drawn map of these tests has.
const confirmation = `
  - id: confirm
    phase: a
    class: transactional
    on: Order Completed
    key: event.order_id
    fresh: 365d
    do: [send: {template: confirm}]
`

// drawnPlot is a story on drawn maps: events that may come late, hours in which nobody decides, newer maps.
type drawnPlot struct {
	head   string // of all maps: phases and policy
	maps   []*Map // those after the first are published one by one
	acts   []drawnBatch
	start  Facts
	after  []time.Duration // that handovers take, in turn
	refuse int             // one in so many messages is refused; zero means none
}

// drawPlot draws a story. Without edits there is one map.
func drawPlot(t *rapid.T, edits, late int) drawnPlot {
	d := &mapDraw{t: t}
	d.write("timezone: Europe/Amsterdam\npersonas: [{id: big, name: Big, match: customer.total_spent > 60.0}]\n")
	d.phases()
	d.policy()
	plot := drawnPlot{
		head:   d.b.String(),
		start:  rapid.SampledFrom([]Facts{agreeable(), {}}).Draw(t, "facts"),
		after:  rapid.SliceOfN(rapid.OneOf(rapid.Just(time.Duration(0)), hours(0, 30)), 1, 3).Draw(t, "handovers"),
		refuse: rapid.IntRange(0, 4).Draw(t, "refuse"),
		acts:   drawStory(t),
	}
	for range 1 + edits {
		d := &mapDraw{t: t}
		d.write("touchpoints:%s", confirmation)
		for i := range rapid.IntRange(1, 3).Draw(t, "touchpoints") {
			d.touchpoint(i)
		}
		extra := ""
		if edits > 0 && d.chance("finish", 25) {
			extra = "inFlight: finish\n"
		}
		plot.maps = append(plot.maps, drawnMap(t, extra+plot.head+d.b.String()))
	}
	for i := range plot.acts {
		for j := range plot.acts[i].events {
			if e := &plot.acts[i].events[j]; e.Name != TypeIdentify && rapid.IntRange(1, 100).Draw(t, "late") <= late {
				e.Age = hours(0, 60).Draw(t, "lateness")
			}
		}
	}
	return plot
}

// play plays the story. Before some of the batches nobody decides for a while, when sleepy.
func (p *drawnPlot) play(t *rapid.T, sleepy bool, part int, prepare func(*engine)) *engine {
	e := newEngine(t, p.maps[0], "c-1")
	e.state.Facts, e.part = p.start, part
	e.provider = func(msg Message) (time.Duration, Reason) {
		if msg.Kind == KindWebhook {
			return 0, ""
		}
		planned := int(msg.ID[2]) + int(msg.ID[3])
		if msg.Template != "confirm" && p.refuse > 0 && planned%p.refuse == 0 {
			return p.after[planned%len(p.after)], ReasonRefused
		}
		return p.after[planned%len(p.after)], ""
	}
	prepare(e)
	at := engineStart
	for i, batch := range p.acts {
		at = at.Add(batch.gap)
		e.reach(at)
		if n := i - (len(p.acts) - len(p.maps)); n > 0 && n < len(p.maps) {
			e.publish(p.maps[n])
		}
		for _, event := range batch.events {
			event.Timestamp = at.Add(-event.Age)
			e.store(event)
		}
		if sleepy && i%3 == 1 {
			at = at.Add(5 * time.Hour)
			e.sleep(at)
		}
		e.decide()
	}
	e.until(at.Add(100 * day))
	return e
}

// TestPropertyDrawnSplit cuts the batches of stories on drawn maps in any way, with handovers that take time.
func TestPropertyDrawnSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plot := drawPlot(t, rapid.IntRange(0, 2).Draw(t, "edits"), 30)
		part := rapid.IntRange(1, 3).Draw(t, "part")
		var saw, sees witness
		whole := plot.play(t, false, 0, saw.watch)
		cut := plot.play(t, false, part, sees.watch)
		if slices.ContainsFunc(saw.decisions, takesBack) {
			return // the next decision frees the slot, and that comes sooner when the batch is cut
		}
		require.Equal(t, saw.decisions, sees.decisions)
		require.Equal(t, saw.handed, sees.handed)
		require.Equal(t, whole.state, cut.state)
	})
}

// takesBack tells whether a run ended while its message was under way.
func takesBack(d Decision) bool { return d.Kind == DecidedEnd && d.MessageID != "" }

// TestPropertyDrawnUntouched looks at all that Decide is given, before and after, and lets it decide twice.
func TestPropertyDrawnUntouched(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plot := drawPlot(t, 1, 30)
		plot.play(t, true, 2, func(e *engine) {
			e.decider = func(in Input) (Outcome, error) {
				in.Versions = nil
				before := written(t, in)
				in.Versions = e
				out, err := e.m.Decide(in)
				require.NoError(t, err)
				again, err := e.m.Decide(in)
				require.Equal(t, out, again)
				in.Versions = nil
				require.JSONEq(t, before, written(t, in))
				return out, err
			}
		})
	})
}

// TestPropertyPromises checks what is promised to customers, whatever the map says: on drawn maps that change, with events
// that come late, handovers that take long or fail, and hours in which nobody decides.
func TestPropertyPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edits := rapid.IntRange(0, 2).Draw(t, "edits")
		plot := drawPlot(t, edits, 20)
		w := &promises{plot: &plot, settled: map[string]Reason{}}
		e := plot.play(t, true, rapid.IntRange(0, 2).Draw(t, "part"), func(e *engine) { w.watch(t, e) })
		w.check(t, e, edits == 0)
	})
}

// promises remembers what the promises are about.
type promises struct {
	plot    *drawnPlot
	planned []Message
	handed  []handed
	settled map[string]Reason
	reasons map[string]bool // message ids about which something was decided
}

func (w *promises) watch(t *rapid.T, e *engine) {
	w.reasons = map[string]bool{}
	e.seen = func(out Outcome) {
		w.planned = append(w.planned, out.Messages...)
		for _, d := range out.Decisions {
			require.NotEmpty(t, d.Reason)
			if d.Kind != DecidedSend && d.MessageID != "" {
				w.reasons[d.MessageID] = true
			}
		}
		requireNobodyStranded(t, e, out)
	}
	e.settling = func(msg Message, s Settlement) {
		w.settled[msg.ID] = s.Reason
		if !s.Sent || msg.Kind == KindWebhook {
			return
		}
		w.handed = append(w.handed, handed{msg, s.At})
		if msg.Class != Transactional {
			w.checkHandover(t, e, msg, s.At)
		}
	}
}

// requireNobodyStranded checks that every run under way waits for something that comes.
func requireNobodyStranded(t *rapid.T, e *engine, out Outcome) {
	for _, r := range e.state.Runs {
		if r.Status != RunActive {
			continue
		}
		waits := !r.Due.IsZero() || r.MessageID != "" || r.Held == ReasonPaused
		require.True(t, waits, "%s stands at %s for ever", runName(r), r.Step)
		require.False(t, r.Due.IsZero() == false && (out.Next.IsZero() || out.Next.After(r.Due)), "%s is due before the next", runName(r))
	}
}

// checkHandover checks one message at the instant at which it leaves, by all that was stored until then.
func (w *promises) checkHandover(t *rapid.T, e *engine, msg Message, at time.Time) {
	facts := w.plot.start
	for _, event := range slices.Concat(e.consumed, e.arrived) {
		facts = facts.learn(event)
	}
	given, known := facts.Consent(msg.Class)
	require.False(t, known && !given, "mailed after an objection")
	require.True(t, known || facts.Orders > 0, "mailed without consent or an order")
	zone := e.m.location(facts)
	if quiet := e.m.Policy.QuietHours; quiet != nil {
		require.False(t, quiet.Contains(at, zone), "mailed in quiet hours")
	}
	windows := slices.DeleteFunc(slices.Clone(e.m.Policy.Windows), func(w Window) bool { return !slices.Contains(w.Classes, msg.Class) })
	open := slices.ContainsFunc(windows, func(w Window) bool { return w.Hours.Contains(at, zone) })
	require.True(t, open || len(windows) == 0, "mailed outside its window")
	run := e.run(msg.RunID)
	f, err := e.m.follows(&run, e)
	require.NoError(t, err)
	for _, event := range slices.Concat(e.consumed, e.arrived) {
		if event.Seq != run.Trigger.Seq && slices.Contains(f.touchpoint.Cancel, event.Name) && w.heeded(e, event) {
			require.False(t, f.concerns(&run, event, &vars{event: event.Properties, customer: &Customer{}}), "mailed although %s cancelled it", event.Name)
		}
	}
}

// heeded leaves out what came before the map that lets it cancel.
func (w *promises) heeded(e *engine, event Event) bool {
	return e.since.IsZero() || !event.ReceivedAt.Before(e.since)
}

func (w *promises) check(t *rapid.T, e *engine, oneMap bool) {
	ids, steps := map[string]bool{}, map[string]int{}
	for _, msg := range w.planned {
		require.False(t, ids[msg.ID], "planned twice")
		ids[msg.ID] = true
		_, settled := w.settled[msg.ID]
		under := slices.ContainsFunc(e.underWay, func(h handover) bool { return h.message.ID == msg.ID })
		require.True(t, settled || under || w.reasons[msg.ID], "nobody knows what became of the message of %s %s", msg.Touchpoint, msg.Step)
	}
	for _, h := range w.handed {
		steps[h.message.RunID+h.message.Step]++
	}
	for step, n := range steps {
		require.True(t, !oneMap || n == 1, "step %s sent %d times", step, n)
	}
	w.checkTemplates(t, e)
	w.checkCaps(t, e)
	w.checkOrders(t, e)
}

// checkTemplates checks that no edit brings a run to a mail again.
func (w *promises) checkTemplates(t *rapid.T, e *engine) {
	type mail struct{ run, template string }
	sent := map[mail]int{}
	for _, h := range w.handed {
		sent[mail{h.message.RunID, h.message.Template}]++
	}
	for m, n := range sent {
		most := 0
		for _, version := range w.plot.maps {
			stands := 0
			if f := version.compiled.touchpoints[e.run(m.run).Touchpoint]; f != nil {
				stands, _ = onOneWay(f.touchpoint.Steps, nil, m.template)
			}
			most = max(most, stands)
		}
		require.LessOrEqual(t, n, most, "%s went %d times", m.template, n)
	}
}

// checkCaps counts what was handed over in every stretch of time.
func (w *promises) checkCaps(t *rapid.T, e *engine) {
	for _, c := range e.m.Policy.Caps {
		for _, last := range w.handed {
			n := 0
			for _, h := range w.handed {
				if slices.Contains(c.Classes, h.message.Class) && !h.at.After(last.at) && h.at.After(last.at.Add(-c.Per)) {
					n++
				}
			}
			require.LessOrEqual(t, n, c.Max, "over the cap of %d in %s at %s", c.Max, c.Per, since(last.at))
		}
	}
}

// checkOrders checks that every order is confirmed once.
func (w *promises) checkOrders(t *rapid.T, e *engine) {
	orders, confirmed := map[string]bool{}, map[string]int{}
	for _, event := range e.consumed {
		if id := propertyText(event, "order_id"); event.Name == OrderCompleted && id != "" {
			orders[id] = true
		}
	}
	for _, h := range w.handed {
		if h.message.Template == "confirm" {
			confirmed[e.run(h.message.RunID).Key]++
		}
	}
	for id := range orders {
		require.Equal(t, 1, confirmed[id], "confirmations of order %s", id)
	}
	require.Len(t, confirmed, len(orders))
}
