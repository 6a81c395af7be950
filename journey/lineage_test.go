package journey

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARunKeepsTheKeyThatItBeganWithout(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Delivered}]}]\n"
	x := newEdited(t, p+`
touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, cancel: [Order Returned], do: [{wait: 7d}, {send: {template: a}}]}]`)
	x.ev("Order Delivered", map[string]any{"order_id": "1"})
	x.at(24 * time.Hour)
	x.pub(t, p+`
touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, key: event.order_id, cancel: [Order Returned], do: [{wait: 7d}, {send: {template: a}}]}]`)
	x.at(48 * time.Hour)
	x.ev("Order Returned", map[string]any{"order_id": "1"})
	x.at(30 * 24 * time.Hour)
	require.Empty(t, x.mails, "the order was returned")
}

func TestARunKeepsTheKeyThatItBeganWith(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Delivered}]}]\n"
	x := newEdited(t, p+`
touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, key: event.order_id, cancel: [Order Returned], do: [{wait: 7d}, {send: {template: a}}]}]`)
	x.ev("Order Delivered", map[string]any{"order_id": "1", "number": "N1"})
	x.at(24 * time.Hour)
	x.pub(t, p+`
touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, key: event.number, cancel: [Order Returned], do: [{wait: 7d}, {send: {template: a}}]}]`)
	x.at(48 * time.Hour)
	x.ev("Order Returned", map[string]any{"order_id": "1", "number": "N1"})
	x.at(30 * 24 * time.Hour)
	require.Empty(t, x.mails, "the order was returned")
}

func TestAnOrderIsConfirmedOnceUnderAnotherKey(t *testing.T) {
	t.Parallel()
	v := func(key string) string {
		return "phases: [{id: p, enter: [{on: A}]}]\ntouchpoints: [{id: c, phase: p, class: transactional, on: Order Completed, key: " + key + ", do: [{send: {template: a}}]}]"
	}
	order := map[string]any{"order_id": "1", "number": "N1"}
	x := newEdited(t, v("event.order_id"))
	x.ev("Order Completed", order)
	x.at(time.Hour)
	x.pub(t, v("event.number"))
	x.ev("Order Completed", order)
	x.at(2 * time.Hour)
	require.Len(t, x.mails, 1, "one order, one confirmation")
}

func TestARenamedAbsenceRingsNoSecondTime(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	x := newEdited(t, p+`
touchpoints: [{id: tp, phase: p, class: marketing, absence: {after: 30d, without: Order Completed}, do: [{send: {template: a}}]}]`)
	x.ev("Order Completed", nil)
	x.at((30*24 + 5) * time.Hour)
	x.pub(t, p+`
touchpoints: [{id: winback, was: tp, phase: p, class: marketing, absence: {after: 30d, without: Order Completed}, do: [{send: {template: a}}]}]`)
	x.at(90 * 24 * time.Hour)
	require.Len(t, x.mails, 1)
}

func TestAnAbsenceOfAPhaseIsKnownByWhatStaysAway(t *testing.T) {
	t.Parallel()
	x := newEdited(t, `
phases: [{id: p, enter: [{on: Order Completed}, {on: Cart Viewed, from: any}]}, {id: lapsed, enter: [{after: 30d, without: Order Completed}]}]
touchpoints: [{id: tp, phase: lapsed, class: marketing, entered: lapsed, do: [{send: {template: a}}]}]`)
	x.ev("Order Completed", nil)
	x.at((30*24 + 5) * time.Hour)
	x.ev("Cart Viewed", nil)
	require.Equal(t, "p", x.state.Phase)
	x.pub(t, `
phases: [{id: p, enter: [{on: Order Completed}, {on: Cart Viewed, from: any}]}, {id: lapsed, enter: [{on: Account Closed}, {after: 30d, without: Order Completed}]}]
touchpoints: [{id: tp, phase: lapsed, class: marketing, entered: lapsed, do: [{send: {template: a}}]}]`)
	x.at(90 * 24 * time.Hour)
	require.Equal(t, "p", x.state.Phase)
	require.Len(t, x.mails, 1)
}

func TestAnAbsenceOfAPhaseInheritsNoOther(t *testing.T) {
	t.Parallel()
	x := newEdited(t, `
phases: [{id: p, enter: [{on: A}]}, {id: q, enter: [{after: 10d, without: A, if: customer.orders > 5}, {after: 60d, without: B}]}]`)
	x.ev("B", nil)
	x.at(24 * time.Hour)
	x.ev("A", nil)
	x.at(20 * 24 * time.Hour)
	x.pub(t, `
phases: [{id: p, enter: [{on: A}]}, {id: q, enter: [{after: 60d, without: B}]}]`)
	x.at(90 * 24 * time.Hour)
	require.Equal(t, "q", x.state.Phase)
}

func TestARenameThatIsTakenBackEjectsNobody(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	v1 := p + `
touchpoints:
  - {id: conf, phase: p, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: c}}]}
  - {id: tp, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: a}}]}`
	v2 := p + `
touchpoints:
  - {id: confirmation, was: conf, phase: p, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: c}}]}
  - {id: review, was: tp, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: a}}]}`
	x := newEdited(t, v1)
	x.ev("Order Completed", map[string]any{"order_id": "1"})
	x.at(24 * time.Hour)
	x.pub(t, v2)
	x.at(25 * time.Hour)
	x.ev("Order Completed", map[string]any{"order_id": "2"})
	x.at(26 * time.Hour)
	x.pub(t, v1)
	x.at(27 * time.Hour)
	x.ev("Order Completed", map[string]any{"order_id": "2"}) // reported again
	x.at(30 * 24 * time.Hour)
	require.Equal(t, []string{"0s c", "25h0m0s c", "168h0m0s a", "193h0m0s a"}, x.mails)
}

func TestTwoTouchpointsBecomeOne(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	x := newEdited(t, p+`
touchpoints:
  - {id: a, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: a}}]}
  - {id: b, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: a}}]}`)
	x.ev("Order Completed", map[string]any{"order_id": "1"})
	x.at(24 * time.Hour)
	x.pub(t, p+`
touchpoints:
  - {id: b, was: a, phase: p, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: a}}]}`)
	unique := map[string]bool{}
	for _, r := range x.state.Runs {
		id := fmt.Sprint(r.Touchpoint, r.Key, r.Nth)
		require.False(t, unique[id], "the record refuses this: two runs of one touchpoint, key and number")
		unique[id] = true
	}
}

func TestARunThatFinishesStillHasItsGoal(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	x := newEdited(t, p+`
touchpoints:
  - {id: tp, phase: p, class: service, on: Order Delivered, key: event.order_id, goal: {on: Product Reviewed, within: 14d}, do: [{wait: 7d}, {send: {template: a}}]}`)
	x.ev("Order Delivered", map[string]any{"order_id": "1"})
	x.at(24 * time.Hour)
	x.pub(t, "inFlight: finish\n"+p)
	x.at(48 * time.Hour)
	x.ev("Product Reviewed", map[string]any{"order_id": "1"})
	x.at(30 * 24 * time.Hour)
	require.Empty(t, x.mails, "the review is there")
}

func TestARenamedSplitMovesNobody(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	v := func(split string) string {
		return p + `
touchpoints:
  - {id: tp, phase: p, class: service, on: Order Completed, do: [{` + split + `split: [{share: 50%, do: [send: {template: a}]}, {share: 50%, do: [send: {template: b}]}]}]}`
	}
	changed := 0
	for i := range 40 {
		x := newEditedFor(t, v("id: x, "), fmt.Sprint("c-", i))
		x.ev("Order Completed", nil)
		x.at(time.Hour)
		x.pub(t, v("id: y, was: x, "))
		x.at(2 * time.Hour)
		x.ev("Order Completed", nil)
		x.at(3 * time.Hour)
		require.Len(t, x.mails, 2)
		if strings.Fields(x.mails[0])[1] != strings.Fields(x.mails[1])[1] {
			changed++
		}
	}
	require.Zero(t, changed, "customers who got the other arm")
}

func TestAnIDThatIsFreeAgain(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	line := func(head string) string {
		return "\n  - {" + head + ", phase: p, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: a}}]}"
	}
	x := newEdited(t, p+"touchpoints:"+line("id: a"))
	x.ev("Order Completed", map[string]any{"order_id": "1"})
	x.at(time.Hour)
	x.pub(t, p+"touchpoints:"+line("id: b, was: a"))
	x.at(2 * time.Hour)
	x.pub(t, p+"touchpoints:"+line("id: b")+line("id: a"))
	x.at(3 * time.Hour)
	before := len(x.state.Runs)
	x.ev("Order Completed", map[string]any{"order_id": "1"})
	require.Greater(t, len(x.state.Runs), before, "a run of its own")
}

// TestDescend looks at what a map inherits from the one before, as old ids and the first one of every touchpoint.
func TestDescend(t *testing.T) {
	t.Parallel()
	at := func(head string) string { return head + ", do: [{wait: 7d}]" }
	tests := map[string]struct {
		versions [][]string // the touchpoints of each, "id: x" or "id: x, was: y"
		want     map[string]string
		problem  string
	}{
		"nothing changed": {versions: [][]string{{"id: a"}, {"id: a"}}, want: map[string]string{"a": "a []"}},
		"renamed":         {versions: [][]string{{"id: a"}, {"id: b, was: a"}}, want: map[string]string{"b": "a [a]"}},
		"renamed, and was left out later": {
			versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: b"}}, want: map[string]string{"b": "a [a]"},
		},
		"renamed twice": {
			versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: c, was: b"}}, want: map[string]string{"c": "a [a b]"},
		},
		"renamed and back": {versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: a"}}, want: map[string]string{"a": "a [b]"}},
		"renamed, back and forth again": {
			versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: a"}, {"id: b, was: a"}}, want: map[string]string{"b": "a [a]"},
		},
		"two become one":     {versions: [][]string{{"id: a", "id: b"}, {"id: b, was: a"}}, want: map[string]string{"b": "b [a]"}},
		"gone and back":      {versions: [][]string{{"id: a", "id: b"}, {"id: b"}, {"id: a", "id: b"}}, want: map[string]string{"a": "a []", "b": "b []"}},
		"renamed while gone": {versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: z"}, {"id: a", "id: z"}}, want: map[string]string{"a": "a [b]", "z": "z []"}},
		"another thing now":  {versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: b", "id: a"}}, problem: "touchpoint a: b was called a before"},
		"renamed, past a name": {
			versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: c, was: a"}}, want: map[string]string{"c": "a [a b]"},
		},
		"another thing now, in a rename":  {versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: c, was: b", "id: a"}}, problem: "touchpoint a: c was called a before"},
		"said of another":                 {versions: [][]string{{"id: a"}, {"id: b, was: a"}, {"id: c, was: a", "id: b"}}, problem: "touchpoint c: b was called a before"},
		"two become one, and two again":   {versions: [][]string{{"id: a", "id: b"}, {"id: b, was: a"}, {"id: b"}, {"id: a", "id: b"}}, want: map[string]string{"a": "a []", "b": "b []"}},
		"two again, by another name":      {versions: [][]string{{"id: a", "id: b"}, {"id: b, was: a"}, {"id: b", "id: c, was: a"}}, want: map[string]string{"b": "b []", "c": "a [a]"}},
		"two again, the other renamed":    {versions: [][]string{{"id: a", "id: b"}, {"id: b, was: a"}, {"id: a", "id: c, was: b"}}, want: map[string]string{"a": "a []", "c": "b [b]"}},
		"two again, with an older name":   {versions: [][]string{{"id: z", "id: b"}, {"id: a, was: z", "id: b"}, {"id: b, was: a"}, {"id: z", "id: b"}}, want: map[string]string{"z": "z [a]", "b": "b []"}},
		"three become one, and two again": {versions: [][]string{{"id: a", "id: b", "id: c"}, {"id: b, was: a", "id: c"}, {"id: c, was: b"}, {"id: b", "id: c"}}, want: map[string]string{"b": "b [a]", "c": "c []"}},
		"three become one, and three again": {
			versions: [][]string{{"id: a", "id: b", "id: c"}, {"id: b, was: a", "id: c"}, {"id: c, was: b"}, {"id: a", "id: b", "id: c"}},
			want:     map[string]string{"a": "a []", "b": "b []", "c": "c []"},
		},
		"names that were two": {versions: [][]string{{"id: a, was: [x, y]"}}, want: map[string]string{"a": "x [x y]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var live *Map
			var before Lineage
			var problems []string
			for i, version := range tt.versions {
				var lines []string
				for _, head := range version {
					lines = append(lines, at(head))
				}
				m := touchpoints(t, "", lines...)
				var lineage Lineage
				lineage, problems = m.Descend(before, int64(i))
				kept, err := json.Marshal(lineage)
				require.NoError(t, err)
				lineage = Lineage{}
				require.NoError(t, json.Unmarshal(kept, &lineage))
				m.Inherit(lineage)
				live, before = m, m.Lineage()
			}
			if tt.problem != "" {
				require.Len(t, problems, 1)
				require.Contains(t, problems[0], tt.problem)
				return
			}
			require.Empty(t, problems)
			got := map[string]string{}
			for _, touchpoint := range live.Touchpoints {
				d := live.compiled.touchpoints[touchpoint.ID].descent
				got[touchpoint.ID] = fmt.Sprint(d.Origin, " ", d.Was)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

// TestAPhaseKeepsItsCustomersWhenARenameIsTakenBack looks where a customer is after each version.
func TestAPhaseKeepsItsCustomersWhenARenameIsTakenBack(t *testing.T) {
	t.Parallel()
	v := func(care string) string {
		return "phases: [{id: purchase, enter: [{on: A}]}, {" + care + ", enter: [{on: B}]}, {id: loyalty, enter: [{on: C}]}]\n" +
			"touchpoints: [{id: tp, phase: purchase, class: service, on: A, do: [{send: {template: a}}]}]\n"
	}
	x := newEdited(t, v("id: care"))
	x.ev("B", nil)
	x.pub(t, v("id: aftercare, was: care"))
	x.ev("A", nil)
	require.Equal(t, "care", x.state.Phase, "A leads to an earlier phase")
	x.ev("C", nil)
	x.state.Phase = "aftercare" // as of a customer who came there under that name
	x.pub(t, v("id: care"))
	x.ev("A", nil)
	require.Equal(t, "aftercare", x.state.Phase, "it is known, so A leads to an earlier phase still")
	require.Equal(t, 1, x.m.phaseIndex(x.state.Phase))
}

// TestAStepKeepsItsRunsWhenARenameIsTakenBack renames the step at which a run waits, twice, and takes both back.
func TestAStepKeepsItsRunsWhenARenameIsTakenBack(t *testing.T) {
	t.Parallel()
	v := func(step string) string {
		return "phases: [{id: p, enter: [{on: A}]}]\ntouchpoints: [{id: tp, phase: p, class: service, on: A, do: [{" + step + ", wait: 7d}, {send: {template: a}}]}]\n"
	}
	x := newEdited(t, v("id: pause"))
	x.ev("A", nil)
	for day, step := range []string{"id: rest, was: pause", "id: sleep, was: rest", "id: pause", "id: sleep"} {
		x.at(time.Duration(day+1) * 24 * time.Hour)
		x.pub(t, v(step))
	}
	x.at(30 * 24 * time.Hour)
	require.Equal(t, []string{"168h0m0s a"}, x.mails)
}

// TestListensForRunsThatFinish wakes customers for what only an older version waits for, when runs may finish on that.
func TestListensForRunsThatFinish(t *testing.T) {
	t.Parallel()
	const text = "phases: [{id: p, enter: [{on: Order Completed}]}]\n" +
		"touchpoints: [{id: t, phase: p, on: Order Completed, INFLIGHT do: [{waitFor: {on: EVENT, for: 7d}}]}]\n"
	waitsFor := func(event, inFlight string) *Map {
		return parseMap(t, strings.NewReplacer("EVENT", event, "INFLIGHT", inFlight).Replace(text))
	}
	for inFlight, wakes := range map[string]bool{"": false, "inFlight: follow,": false, "inFlight: finish,": true} {
		older, newer := waitsFor("Product Liked", ""), waitsFor("Product Reviewed", inFlight)
		lineage, _ := newer.Descend(older.Lineage(), 1)
		newer.Inherit(lineage)
		require.Equal(t, wakes, newer.Interest(Event{Name: "Product Liked"}).Wakes, inFlight)
		require.True(t, newer.Interest(Event{Name: "Product Reviewed"}).Wakes, inFlight)
	}
}

// TestAGoalKeepsTheKeyOfItsRun takes the key out of the map after the message went out.
func TestAGoalKeepsTheKeyOfItsRun(t *testing.T) {
	t.Parallel()
	text := func(key string) string {
		return "phases: [{id: p, enter: [{on: Order Delivered}]}]\n" +
			"touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, " + key + "goal: {on: Product Reviewed, within: 20d}, do: [{send: {template: a}}]}]"
	}
	x := newEdited(t, text("key: event.order_id, "))
	x.ev("Order Delivered", map[string]any{"order_id": "1"})
	x.at(24 * time.Hour)
	x.pub(t, text(""))
	x.at(48 * time.Hour)
	x.ev("Product Reviewed", map[string]any{"order_id": "2"})
	require.Zero(t, x.reasons(DecidedGoal, ReasonGoalReached), "it is about another order")
	x.at(72 * time.Hour)
	x.ev("Product Reviewed", map[string]any{"order_id": "1"})
	require.Equal(t, 1, x.reasons(DecidedGoal, ReasonGoalReached))
}

// TestAnOrderUnderWayGetsNoSecondRun takes the key out of the map while a run with it is under way and one without has ended.
func TestAnOrderUnderWayGetsNoSecondRun(t *testing.T) {
	t.Parallel()
	for again, mails := range map[string][]string{"": {"720h0m0s a"}, "again: restart, ": {"768h0m0s a"}} {
		text := func(key string) string {
			return "phases: [{id: p, enter: [{on: Order Delivered}]}]\n" +
				"touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, " + key + again +
				`do: [{branch: [{if: event.order_id == "2", do: [exit: done]}]}, {wait: 30d}, {send: {template: a}}]}]`
		}
		x := newEdited(t, text("key: event.order_id, "))
		x.ev("Order Delivered", map[string]any{"order_id": "1"})
		x.at(24 * time.Hour)
		x.pub(t, text(""))
		x.ev("Order Delivered", map[string]any{"order_id": "2"})
		x.at(48 * time.Hour)
		x.ev("Order Delivered", map[string]any{"order_id": "1"})
		x.at(60 * day)
		require.Equal(t, mails, x.mails, again)
	}
}

// TestAFormerIDOfAStepIsNotGivenToAnother gives the former id of a step to another one: runs that did the first would skip it.
func TestAFormerIDOfAStepIsNotGivenToAnother(t *testing.T) {
	t.Parallel()
	x := newEdited(t, along("[{id: mail, send: {template: a}}, {wait: 7d}, {send: {template: z}}]"))
	x.pub(t, along("[{id: first, was: mail, send: {template: a}}, {wait: 7d}, {send: {template: z}}]"))
	m := parseMap(t, along("[{id: first, send: {template: a}}, {wait: 7d}, {id: mail, send: {template: b}}, {send: {template: z}}]"))
	_, problems := m.Descend(x.m.Lineage(), x.version)
	require.Len(t, problems, 1)
	require.Contains(t, problems[0], "touchpoint tp: step mail: first was called mail before")
}

// TestPhasesThatBecameOneAreTwoAgain rolls back to a map with both.
func TestPhasesThatBecameOneAreTwoAgain(t *testing.T) {
	t.Parallel()
	const two = "phases: [{id: a, enter: [{on: A}]}, {id: b, enter: [{on: B}]}]\n"
	x := newEdited(t, two)
	x.pub(t, "phases: [{id: b, was: a, enter: [{on: A}, {on: B}]}]\n")
	lineage, problems := parseMap(t, two).Descend(x.m.Lineage(), x.version)
	require.Empty(t, problems, "what was live can be published again")
	require.Empty(t, lineage.Phases["b"].Was)
}

// TestARenamePastANameConfirmsNothingTwice names the first id only, which the touchpoint had before its last one.
func TestARenamePastANameConfirmsNothingTwice(t *testing.T) {
	t.Parallel()
	v := func(head string) string {
		return "phases: [{id: p, enter: [{on: A}]}]\ntouchpoints: [{" + head + ", phase: p, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: a}}]}]\n"
	}
	x := newEdited(t, v("id: a"))
	x.pub(t, v("id: b, was: a"))
	x.ev(OrderCompleted, map[string]any{"order_id": "1"})
	x.at(day)
	x.pub(t, v("id: c, was: a"))
	x.ev(OrderCompleted, map[string]any{"order_id": "1"})
	require.Len(t, x.mails, 1, "one order, one confirmation")
}

// TestAnOrderUnderWayGetsNoSecondRunWithAKey gives a touchpoint a key while its run is under way.
func TestAnOrderUnderWayGetsNoSecondRunWithAKey(t *testing.T) {
	t.Parallel()
	for again, mails := range map[string][]string{"": {"168h0m0s a", "192h0m0s a"}, "again: restart, ": {"192h0m0s a", "192h0m0s a"}} {
		text := func(words string) string {
			return "phases: [{id: p, enter: [{on: A}]}]\n" +
				"touchpoints: [{id: tp, phase: p, class: service, on: Order Completed, " + words + "do: [{wait: 7d}, {send: {template: a}}]}]"
		}
		x := newEdited(t, text(""))
		x.ev(OrderCompleted, map[string]any{"order_id": "1"})
		x.at(day)
		x.pub(t, text("key: event.order_id, "+again))
		x.ev(OrderCompleted, map[string]any{"order_id": "1"})
		x.ev(OrderCompleted, map[string]any{"order_id": "2"})
		x.at(60 * day)
		require.Equal(t, mails, x.mails, again)
	}
}
