package journey

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// naive is a second reading of the rules, written without regard to speed and apart from Decide: it keeps everything that
// ever happened to one customer, looks at all of it again at every instant at which something may happen, and moves time
// from one such instant to the next. It knows nothing of batches, late timers or edited maps.
type naive struct {
	m     *Map
	id    string
	after time.Duration // that a handover takes
	// refused says what the provider answers for a template. Empty: it accepts.
	refused func(template string) Reason
	// arm chooses an arm of a split.
	arm func(t *Touchpoint, s *Step) int

	now time.Time
	// present is now, but for what is done belatedly.
	present time.Time
	dates   map[string]naiveDate // by touchpoint
	news    bool                 // events came at this instant
	moved   bool                 // a phase or a trait became another one
	state   State
	events  []Event
	runs    []*naiveRun
	mails   []*naiveMail
	fired   map[string][]time.Time // by rule: the bases of absences
	acts    []string
}

// naiveRun is one run with the steps that it still has to do.
type naiveRun struct {
	t       *Touchpoint
	key     string
	nth     int
	trigger Event
	started time.Time
	ended   bool

	todo    []Step
	entered time.Time  // when it came to the first of them
	due     time.Time  // of a wait
	mail    *naiveMail // under way
	acting  bool       // stands at a step that reaches out
	held    time.Time  // since when policy has held it
	why     Reason     // it is held

	exposed time.Time
	reached bool
}

// naiveMail is a mail that was planned.
type naiveMail struct {
	run             *naiveRun
	template        string
	planned, handed time.Time // handed is zero until the provider took it
	gone            bool      // it was not sent, and will not be
	dropped         bool      // its run has ended
}

func newNaive(m *Map, id string) *naive {
	return &naive{
		m: m, id: id, now: engineStart, state: State{CustomerID: id, Facts: agreeable()}, fired: map[string][]time.Time{},
		dates:   map[string]naiveDate{},
		refused: func(string) Reason { return "" },
		arm:     func(*Touchpoint, *Step) int { return 0 },
	}
}

func (n *naive) act(at time.Time, format string, words ...any) {
	n.acts = append(n.acts, since(at)+" "+fmt.Sprintf(format, words...))
}

func (r *naiveRun) String() string { return runName(Run{Touchpoint: r.t.ID, Key: r.key, Nth: r.nth}) }

func (n *naive) vars(event map[string]any) *vars {
	return &vars{event: event, customer: n.m.customer(&n.state, n.now, Rhythm{}), now: n.now}
}

func (n *naive) holds(condition string, event map[string]any) bool {
	ok, err := n.m.holds(condition, n.vars(event))
	return err == nil && ok
}

// reach lets time pass until just before an instant, and handle lets events come at it.
func (n *naive) reach(at time.Time) {
	for {
		next := n.nextInstant()
		if !next.Before(at) {
			n.now = at
			return
		}
		n.now = next
		n.settle()
		n.happen()
	}
}

func (n *naive) handle(events ...Event) {
	for _, e := range events {
		n.consume(e)
	}
	n.news = true
	n.missed()
	n.happen()
	n.news = false
}

// missed goes back to dates that came already where the customer is now, and from there on to the present.
func (n *naive) missed() {
	present, first := n.now, n.now
	for i := range n.m.Touchpoints {
		if at, ok := n.date(&n.m.Touchpoints[i]); ok && at.Before(first) {
			first = at
		}
	}
	if first.Equal(present) {
		return
	}
	n.now = first
	n.happen()
	n.reach(present)
}

// happen does all that falls due now, until nothing does any more.
func (n *naive) happen() {
	for n.alarms() || n.waits() || n.sends() || n.settle() {
		n.exits()
	}
}

// exits ends the runs whose cancelIf holds now that a phase or a trait became another one.
func (n *naive) exits() {
	for _, r := range n.runs {
		if n.moved && !r.ended && r.t.CancelIf != "" && n.holds(r.t.CancelIf, r.trigger.Properties) {
			n.end(r, ReasonCancelIf)
		}
	}
	n.moved = false
}

// nextInstant returns the next instant, after now, at which something may happen: far away when there is none.
func (n *naive) nextInstant() time.Time {
	next := n.now.AddDate(50, 0, 0)
	at := func(t time.Time) {
		if t.After(n.now) && t.Before(next) {
			next = t
		}
	}
	for _, rule := range n.m.compiled.absences {
		if base, ok := n.base(rule); ok {
			at(base.Add(rule.absence.After))
		}
	}
	for i := range n.m.Touchpoints {
		if came, ok := n.date(&n.m.Touchpoints[i]); ok {
			at(came)
		}
	}
	holding := false
	for _, r := range n.runs {
		if r.ended {
			continue
		}
		at(r.due)
		if r.acting && !r.held.IsZero() {
			holding = true
			at(r.held.Add(n.m.Policy.Held.For))
		}
	}
	for _, mail := range n.mails {
		if !mail.gone && mail.handed.IsZero() {
			at(mail.planned.Add(n.after))
		}
		for _, c := range n.m.Policy.Caps {
			at(mail.handed.Add(c.Per))
		}
	}
	if holding {
		at(n.now.Truncate(15 * time.Minute).Add(15 * time.Minute)) // hours begin and end on quarters
	}
	return next
}

// consume handles one event: facts, goals, cancels, waitFors, phase, triggers.
func (n *naive) consume(e Event) {
	n.events = append(n.events, e)
	n.state.Facts = n.state.Facts.learn(e)
	n.present = n.now
	n.noteDates()
	for _, r := range n.runs {
		n.goal(r, e)
	}
	for _, r := range n.runs {
		switch {
		case r.ended:
		case slices.Contains(r.t.Cancel, e.Name) && n.concerns(r, e):
			n.end(r, ReasonCancelled)
		case r.t.CancelIf != "" && n.holds(r.t.CancelIf, r.trigger.Properties):
			n.end(r, ReasonCancelIf)
		}
	}
	for _, r := range n.runs {
		if !r.ended && len(r.todo) > 0 && r.todo[0].Kind == StepWaitFor && n.answers(r, e) {
			n.came(r)
		}
	}
	left, entered := n.enters(e)
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		if slices.Contains(t.Observe, e.Name) && n.holds(t.If, e.Properties) {
			n.act(e.Timestamp, "%s observed", t.ID)
		}
	}
	for i := range n.m.Touchpoints {
		t := &n.m.Touchpoints[i]
		if slices.Contains(t.On, e.Name) || slices.Contains(t.Entered, entered) || slices.Contains(t.Left, left) {
			n.trigger(t, e)
		}
	}
	n.exits()
}

// concerns tells whether an event is about the run: by its key, or else by its time.
func (n *naive) concerns(r *naiveRun, e Event) bool {
	if r.t.Key != "" {
		return n.m.key(r.t.Key, n.vars(e.Properties)) == r.key
	}
	return !e.Timestamp.Before(r.started)
}

func (n *naive) goal(r *naiveRun, e Event) {
	g := r.t.Goal
	if r.reached || !slices.Contains(g.On, e.Name) || !n.holds(g.If, e.Properties) || e.Timestamp.Before(r.started) {
		return
	}
	if by := cmp.Or(g.By, r.t.Key); r.key != "" && n.m.key(by, n.vars(e.Properties)) != r.key {
		return
	}
	switch {
	case r.exposed.IsZero() && !r.ended:
		n.end(r, ReasonGoalReached)
	case !r.exposed.IsZero() && !e.Timestamp.After(r.exposed.Add(g.Within)):
		value := 0.0
		if g.Value != "" {
			value, _ = n.m.number(g.Value, n.vars(e.Properties))
		}
		r.reached = true
		n.act(e.Timestamp, "%s goal %v", r, value)
		if !r.ended {
			n.end(r, ReasonGoalReached)
		}
	}
}

// enters moves the customer to the last phase that a rule leads to, and says which they left and which they entered.
func (n *naive) enters(e Event) (left, entered string) {
	for i, p := range n.m.Phases {
		for _, rule := range p.Enter {
			if rule.On == e.Name && n.leads(i, rule) && n.holds(rule.If, e.Properties) {
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
	n.state.Phase, n.state.PhaseSince, n.moved = to, n.now, true
	n.act(n.now, "phase %s", to)
	return left, to
}

// trigger starts a run, or says that it starts none.
func (n *naive) trigger(t *Touchpoint, e Event) {
	key := ""
	if t.Key != "" {
		key = n.m.key(t.Key, n.vars(e.Properties))
	}
	if reason := n.refusal(t, key, e); reason != "" {
		n.act(n.now, "%s noStart", t.ID)
		return
	}
	r := &naiveRun{t: t, key: key, nth: 1, trigger: e, started: n.now, todo: t.Steps}
	for _, other := range n.runs {
		if other.t != t || other.key != key {
			continue
		}
		r.nth++
		if !other.ended {
			n.end(other, ReasonRestarted)
		}
	}
	n.act(n.now, "%s start", r)
	n.runs = append(n.runs, r)
	n.proceed(r)
}

// refusal says why a trigger starts nothing.
func (n *naive) refusal(t *Touchpoint, key string, e Event) Reason {
	switch {
	case t.Paused || n.m.Paused:
		return ReasonPaused
	case e.Age > cmp.Or(t.Fresh, n.m.Fresh):
		return ReasonStaleEvent
	case !n.holds(t.If, e.Properties):
		return ReasonConditionNo
	case t.Key != "" && key == "":
		return ReasonNoKey
	case t.CancelIf != "" && n.holds(t.CancelIf, e.Properties):
		return ReasonCancelIf
	}
	for _, early := range n.events {
		if early.Seq == e.Seq || !slices.Contains(t.Cancel, early.Name) {
			continue
		}
		if key != "" && n.m.key(t.Key, n.vars(early.Properties)) == key || key == "" && !early.Timestamp.Before(n.now) {
			return ReasonCancelled
		}
	}
	for _, r := range n.runs {
		if r.t != t {
			continue
		}
		if r.key == key && (t.Again == AgainNever || t.Again == AgainAfterExit && !r.ended) {
			return ReasonRunExists
		}
		if t.Cooldown > 0 && n.now.Before(r.started.Add(t.Cooldown)) {
			return ReasonCooldown
		}
	}
	return ""
}
