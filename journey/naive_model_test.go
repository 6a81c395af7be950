package journey

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// naive is a second reading of the rules, written without regard to speed and apart from Decide: it keeps everything that
// ever happened to one customer, looks at all of it again at every instant at which something may happen, and moves time
// from one such instant to the next. When something comes to its knowledge late it goes back to that instant, and from
// there through all instants up to the present.
//
// It shares with Decide what is checked by tests of its own: the map as it is parsed, conditions and expressions, what
// events tell of a customer apart from consent, and the calendar.
type naive struct {
	m     *Map
	id    string
	after time.Duration // that a handover takes
	// refused says what the provider answers for a template. Empty: it accepts.
	refused func(template string) Reason
	// arm chooses an arm of a split.
	arm func(t *Touchpoint, s *Step) int
	// share is the customer's own part of policy.spread.
	share func(spread time.Duration) time.Duration

	now    time.Time // of what is looked at
	real   time.Time // the present; later than now while it catches up
	call   int       // counts what is decided together: only then can a mail be planned and taken back as if it never was
	since  time.Time // when the map was published
	start  Facts     // what was known before
	state  State
	events []Event
	runs   []*naiveRun
	mails  []*naiveMail
	dates  map[string]naiveDate   // by touchpoint, as it was first called
	rang   map[string][]time.Time // by what rang, as it was first called: the bases of absences, and the dates that came
	// changed is whether a phase or a trait became another one by what was done.
	changed bool
	acts    []string
}

// naiveRun is one run with the steps that it still has to do.
type naiveRun struct {
	touchpoint string // its id when the run began
	keyed      string // the expression of its key when it began
	m, begun   *Map   // what it follows, and what it began under
	t          *Touchpoint
	key        string
	nth        int
	trigger    Event
	started    time.Time
	ended      bool

	todo    []Step
	entered time.Time  // when it came to the first of them
	due     time.Time  // of a wait
	moved   bool       // an edit brought it to a step that it does not do before due, or before its mail is settled
	before  *naiveRun  // as it stood before that edit
	mail    *naiveMail // under way
	acting  bool       // stands at a step that reaches out
	why     Reason     // it is held
	held    time.Time  // since when policy has held it
	try     time.Time  // when to look at it again whatever the clock says; zero for not at all
	free    time.Time  // since when policy would let it go

	deeds   []naiveDeed
	exposed time.Time
	within  time.Time // until when its goal counts
	reached bool
}

// naiveMail is a mail that was planned.
type naiveMail struct {
	run             *naiveRun
	class           Class
	template        string
	id              string
	at              time.Time // that it is for
	planned, handed time.Time // handed is zero until the provider took it
	call            int       // in which it was planned
	gone            bool      // it was not sent, and will not be
	dropped         time.Time // when its run ended
	droppedIn       int       // call
}

func newNaive(m *Map, id string) *naive {
	return &naive{
		m: m, id: id, now: engineStart, real: engineStart, state: State{CustomerID: id}, rang: map[string][]time.Time{},
		dates:   map[string]naiveDate{},
		refused: func(string) Reason { return "" },
		arm:     func(*Touchpoint, *Step) int { return 0 },
		share:   func(time.Duration) time.Duration { return 0 },
	}
}

func (n *naive) act(at time.Time, format string, words ...any) {
	n.acts = append(n.acts, since(at)+" "+fmt.Sprintf(format, words...))
}

func (r *naiveRun) String() string {
	return runName(Run{Touchpoint: r.touchpoint, Key: r.key, Nth: r.nth})
}

func (n *naive) vars(m *Map, event map[string]any) *vars {
	return &vars{event: event, customer: m.customer(&n.state, n.now, Rhythm{}), now: n.now}
}

func (n *naive) holds(m *Map, condition string, event map[string]any) bool {
	ok, err := m.holds(condition, n.vars(m, event))
	return err == nil && ok
}

func (n *naive) keyOf(m *Map, expression string, e Event) string {
	return m.key(expression, n.vars(m, e.Properties))
}

// about tells whether an event is about a run whose key came from an expression, as by says or, when it says nothing, the
// key: of a run without a key every event is. The answer to an ask names its run.
func (n *naive) about(r *naiveRun, m *Map, by string, e Event, v *vars) bool {
	id := e.Properties["run_id"]
	switch {
	case by == "any":
		return true
	case by == "" && e.Name == SurveyAnswered && id != nil:
		return id == RunID(n.id, r.touchpoint, r.key, r.nth)
	case r.keyed == "":
		return true
	case by != "":
		return m.key(by, v) == r.key
	}
	return r.begun.key(r.keyed, v) == r.key
}

// reach lets time pass until just before an instant.
func (n *naive) reach(at time.Time) {
	n.catchUp(at)
	n.now, n.real = at.Add(-1), at
}

// handle lets events come that are known now. What falls due before all that is still to be handled comes first.
func (n *naive) handle(events ...Event) {
	for i, e := range events {
		earliest := e.Timestamp
		for _, other := range events[i:] {
			if other.Timestamp.Before(earliest) {
				earliest = other.Timestamp
			}
		}
		n.catchUp(earliest)
		n.now = e.Timestamp
		n.consume(e)
		n.now = n.now.Add(-1) // what may happen at this instant is still to be looked at
	}
	n.catchUp(n.real.Add(1))
	n.call++ // what was taken back is known to be by now
	n.catchUp(n.real.Add(1))
	n.now = n.real
}

// catchUp goes through all instants before an end at which something happens, or may.
func (n *naive) catchUp(end time.Time) {
	for rounds := 0; ; rounds++ {
		next, ok := n.earliest(end)
		if !ok {
			return
		}
		if rounds > 100_000 {
			panic("the naive model does not come to an end")
		}
		if n.now = next; next.After(n.real) {
			n.real = next
			n.call++
			n.settle()
			n.exits()
		}
		for n.alarms() || n.waits() || n.sends() || n.settle() {
			n.exits()
		}
	}
}

// earliest returns the first instant before an end at which something is due, be it in the past, or at which a message
// that is held may be free.
func (n *naive) earliest(end time.Time) (next time.Time, found bool) {
	due := func(t time.Time) {
		if !t.IsZero() && t.Before(end) && (!found || t.Before(next)) {
			next, found = t, true
		}
	}
	perhaps := func(t time.Time) {
		if t.After(n.now) {
			due(t)
		}
	}
	for _, a := range n.absences() {
		due(a.due)
	}
	for i := range n.m.Touchpoints {
		if came, ok := n.date(&n.m.Touchpoints[i]); ok {
			due(came)
		}
	}
	held := false
	for _, r := range n.runs {
		switch {
		case r.ended:
		case !r.acting || r.moved:
			due(r.due)
		case r.mail == nil && r.why == "":
			due(later(r.entered, r.due))
		case r.mail == nil && !r.held.IsZero():
			held = true
			due(r.try)
			due(r.held.Add(n.m.Policy.Held.For))
			perhaps(r.free.Add(n.share(n.m.Policy.Spread)))
		}
	}
	for _, mail := range n.mails {
		if !mail.gone && mail.handed.IsZero() {
			switch {
			case mail.dropped.IsZero():
				due(mail.planned.Add(n.after))
			case mail.droppedIn != n.call:
				due(mail.dropped)
			}
		}
		for _, c := range append([]Cap{{Per: 7 * day}}, n.m.Policy.Caps...) {
			if held && !mail.handed.IsZero() {
				perhaps(mail.handed.Add(c.Per))
			}
		}
	}
	if held { // hours begin and end on quarters
		perhaps(n.now.Truncate(15 * time.Minute).Add(15 * time.Minute))
	}
	return next, found
}

// consume handles one event: facts, goals, cancels, waitFors, phase, triggers.
func (n *naive) consume(e Event) {
	n.events = append(n.events, e)
	n.state.Facts = n.state.Facts.learn(e)
	n.noteDates(n.now)
	for _, r := range n.runs {
		n.goal(r, e)
	}
	for _, r := range n.runs {
		switch {
		case r.ended:
		case slices.Contains(r.t.Cancel, e.Name) && n.concerns(r, e):
			n.end(r, ReasonCancelled)
		case r.t.CancelIf != "" && n.holds(r.m, r.t.CancelIf, r.trigger.Properties):
			n.end(r, ReasonCancelIf)
		}
	}
	for _, r := range n.runs {
		if !r.ended && !r.moved && len(r.todo) > 0 && r.todo[0].Kind == StepWaitFor && n.answers(r, e) {
			n.came(r, e)
		}
	}
	left, entered := n.enters(e)
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		if slices.Contains(t.Observe, e.Name) && n.holds(n.m, t.If, e.Properties) {
			n.act(e.Timestamp, "%s observed", t.ID)
		}
	}
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		if slices.Contains(t.On, e.Name) || slices.Contains(t.Entered, entered) || slices.Contains(t.Left, left) {
			n.trigger(t, e)
		}
	}
	if !e.Dormant {
		n.lookAgain()
	}
	n.exits()
}

// exits ends the runs whose cancelIf holds since the customer's phase changed, or a trait that a step set.
func (n *naive) exits() {
	if !n.changed {
		return
	}
	n.changed = false
	for _, r := range n.runs {
		if !r.ended && r.t.CancelIf != "" && n.holds(r.m, r.t.CancelIf, r.trigger.Properties) {
			n.end(r, ReasonCancelIf)
		}
	}
}

// lookAgain lets held messages try again, because something changed: all, or those that are held for one of the reasons.
func (n *naive) lookAgain(only ...Reason) {
	for _, r := range n.runs {
		if len(only) > 0 && !slices.Contains(only, r.why) {
			continue
		}
		if again := later(n.now, r.held); !r.held.IsZero() && (r.try.IsZero() || again.Before(r.try)) {
			r.try = again
		}
	}
}

// concerns tells whether an event is about the run: by its key, or else by its time.
func (n *naive) concerns(r *naiveRun, e Event) bool {
	if r.keyed != "" {
		return n.keyOf(r.begun, r.keyed, e) == r.key
	}
	return !e.Timestamp.Before(r.started)
}

// live is what the newest map says of a run's touchpoint. Nil when it says nothing.
func (n *naive) live(r *naiveRun) *Touchpoint {
	for i := range n.m.Touchpoints {
		if t := &n.m.Touchpoints[i]; n.same(r, t) {
			return t
		}
	}
	return nil
}

// goal reaches the goal of a run, which outlives it, and ends it: also when there was no message yet, or the event comes
// late and was before it.
func (n *naive) goal(r *naiveRun, e Event) {
	t := n.live(r)
	if t == nil || !slices.Contains(t.Goal.On, e.Name) || e.Timestamp.Before(r.started) || !n.holds(n.m, t.Goal.If, e.Properties) {
		return
	}
	if !n.about(r, n.m, t.Goal.By, e, n.vars(n.m, e.Properties)) {
		return
	}
	if !r.exposed.IsZero() && e.Timestamp.After(r.exposed.Add(t.Goal.Within)) {
		return
	}
	inTime := !e.Timestamp.Before(r.exposed) && !e.Timestamp.After(r.within) && !e.ReceivedAt.After(r.within.Add(n.m.Fresh))
	if !r.within.IsZero() && inTime && !r.reached {
		value := 0.0
		if t.Goal.Value != "" {
			value, _ = n.m.number(t.Goal.Value, n.vars(n.m, e.Properties))
		}
		r.reached = true
		n.act(e.Timestamp, "%s goal %v", r, value)
	}
	if !r.ended {
		n.end(r, ReasonGoalReached)
	}
}

// enters moves the customer to the last phase that a rule leads to, and says which they left and which they entered.
func (n *naive) enters(e Event) (left, entered string) {
	for i, p := range n.m.Phases {
		for _, rule := range p.Enter {
			if rule.On == e.Name && n.leads(i, rule) && n.holds(n.m, rule.If, e.Properties) {
				entered = p.ID
			}
		}
	}
	return n.move(entered)
}

// leads tells whether a rule of a phase may lead there from where the customer is.
func (n *naive) leads(to int, rule PhaseRule) bool {
	from := slices.IndexFunc(n.m.Phases, func(p Phase) bool { return p.ID == n.state.Phase })
	return from <= to || (slices.Contains(rule.From, AnyPhase) || slices.Contains(rule.From, n.state.Phase))
}

// none names no phase; no list of phases has it.
const none = "(none)"

func (n *naive) move(to string) (left, entered string) {
	if to == "" || to == n.state.Phase {
		return none, none
	}
	left = cmp.Or(n.state.Phase, none)
	n.state.Phase, n.state.PhaseSince, n.changed = to, n.now, true
	n.act(n.now, "phase %s", to)
	return left, to
}
