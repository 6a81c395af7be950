package journey

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// withSteps is a map with one touchpoint, of which only the steps differ.
func withSteps(steps string) string { return withStepsUnder("", steps) }

// withStepsUnder is such a map with a policy.
func withStepsUnder(policy, steps string) string {
	return policy + `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints: [{id: tp, phase: p, class: service, on: Order Completed, do: ` + steps + `}]
`
}

// TestEditedArms edits what stands around a customer who has waited for a day, or who came out of a waitFor.
func TestEditedArms(t *testing.T) {
	t.Parallel()
	const (
		vip    = "{if: event.vip == true, do: [{wait: 3d}, {send: {template: vip}}]}"
		fresh  = "{if: event.new == true, do: [{wait: 7d}, {send: {template: new}}]}"
		plain  = "[{wait: 7d}, {send: {template: normal}}]"
		branch = "[{branch: [{if: event.vip == true, do: [{wait: 7d}, {send: {template: vip}}]}], else: " + plain + "}]"
	)
	waitFor := func(arms string) string { return "[{waitFor: {on: Product Reviewed, for: 3d}, " + arms + "}]" }
	const reminder = "else: [{wait: 5d}, {send: {template: reminder}}]"
	tests := map[string]struct {
		before, after string
		order         map[string]any
		reviewed      bool
		want          []string
	}{
		"a branch is put around":               {plain, branch, map[string]any{"vip": false}, false, []string{"168h0m0s normal"}},
		"a branch is taken away":               {branch, plain, map[string]any{"vip": false}, false, []string{"168h0m0s normal"}},
		"a branch is taken away from its vips": {branch, plain, map[string]any{"vip": true}, false, nil},
		"arms change places, in the first":     {"[{branch: [" + vip + ", " + fresh + "]}]", "[{branch: [" + fresh + ", " + vip + "]}]", map[string]any{"vip": true}, false, []string{"72h0m0s vip"}},
		"arms change places, in the second":    {"[{branch: [" + vip + ", " + fresh + "]}]", "[{branch: [" + fresh + ", " + vip + "]}]", map[string]any{"vip": false, "new": true}, false, []string{"168h0m0s new"}},
		"an arm is added before":               {"[{branch: [" + fresh + "]}]", "[{branch: [" + vip + ", " + fresh + "]}]", map[string]any{"vip": true, "new": true}, false, []string{"168h0m0s new"}},
		"the arm of who answered is taken away": {
			waitFor("do: [{wait: 5d}, {send: {template: thanks}}], " + reminder), waitFor(reminder), nil, true, nil,
		},
		"the other arm is taken away": {
			waitFor("do: [{wait: 5d}, {send: {template: thanks}}], " + reminder), waitFor("do: [{wait: 5d}, {send: {template: thanks}}]"), nil, true,
			[]string{"144h0m0s thanks"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, withSteps(tt.before))
			x.ev(OrderCompleted, tt.order)
			x.at(24 * time.Hour)
			if tt.reviewed {
				x.ev("Product Reviewed", nil)
			}
			x.at(25 * time.Hour)
			x.pub(t, withSteps(tt.after))
			x.at(30 * day)
			require.Equal(t, tt.want, x.mails)
		})
	}
}

// TestEditNoticedLate has a customer who follows a newer map hours after its publication: what it changes is spread from the
// publication on.
func TestEditNoticedLate(t *testing.T) {
	t.Parallel()
	const policy = "policy: {spread: 30m}"
	x := newEdited(t, withStepsUnder(policy, "[{wait: 7d}, {send: {template: a}}]"))
	x.ev(OrderCompleted, nil)
	x.at(48 * time.Hour)
	x.publish(parseMap(t, withStepsUnder(policy, "[{wait: 1d}, {send: {template: a}}]")))
	x.now = x.now.Add(5 * time.Hour)
	x.ev("Product Viewed", nil)
	require.Len(t, x.state.Runs, 1)
	require.Equal(t, engineStart.Add(48*time.Hour+spreadOffset("c-1", 30*time.Minute)), x.state.Runs[0].ExposedAt)
}

// TestHeldIsNotPutOff publishes a map that changes nothing after quiet hours, just before a message that they held may go.
func TestHeldIsNotPutOff(t *testing.T) {
	t.Parallel()
	nine, own := 24*time.Hour, spreadOffset("c-1", time.Hour)
	require.Greater(t, own, 35*time.Minute)
	for name, tt := range map[string]struct {
		held string
		goes time.Duration
	}{
		"at the customer's own moment": {"1d", nine + own},
		"when it was held for long":    {"4h30m", nine + 30*time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := withStepsUnder(`policy: {spread: 1h, quietHours: {from: "21:00", to: "09:00"}, held: {for: `+tt.held+`}}`, "[{send: {template: a}}]")
			x := newEdited(t, text)
			x.at(nine - 4*time.Hour)
			x.ev(OrderCompleted, nil)
			x.at(nine + 20*time.Minute)
			x.pub(t, text)
			x.at(3 * day)
			require.Equal(t, []string{tt.goes.String() + " a"}, x.mails)
		})
	}
}

// TestCompareReordered reports of arms that changed places what becomes of those who wait in them.
func TestCompareReordered(t *testing.T) {
	t.Parallel()
	const first, second = "{if: event.x > 1, do: [{wait: 3d}, {send: {template: a}}]}", "{if: event.x > 2, do: [{wait: 7d}, {send: {template: b}}]}"
	older := parseMap(t, withSteps("[{branch: ["+first+", "+second+"]}, {until: now}]"))
	newer := parseMap(t, withSteps("[{branch: ["+second+"]}, {until: now}]"))
	var got []string
	for _, c := range Compare(older, newer) {
		got = append(got, fmt.Sprint(c.Step, " ", c.Kind, " ", c.ToStep))
	}
	require.Equal(t, []string{
		" stays ", "branch-1 stays ", "wait-1 moves until-1", "send-1 moves until-1", "wait-2 renamed wait-1", "send-2 renamed send-1", "until-1 stays ",
	}, got)
}

// TestAWaitOfAnotherKind makes a wait one of another kind after a day. The time waited counts.
func TestAWaitOfAnotherKind(t *testing.T) {
	t.Parallel()
	const (
		mail    = "{id: m, send: {template: a}}]"
		waitFor = "waitFor: {on: Product Reviewed, for: 7d}, do: [{exit: reviewed}]}, "
		into    = "waitFor: {on: Product Reviewed, for: 7d}, else: [{send: {template: a}}]}]"
		until   = `until: 'now + duration("168h")'}, `
	)
	tests := map[string]struct {
		before, after string
		reviewed      bool
		want          []string
	}{
		"named, to waitFor":          {"[{id: w, wait: 7d}, " + mail, "[{id: w, " + waitFor + mail, false, []string{"168h0m0s a"}},
		"named, to until":            {"[{id: w, wait: 7d}, " + mail, "[{id: w, " + until + mail, false, []string{"168h0m0s a"}},
		"named, into its else":       {"[{id: w, wait: 7d}, {send: {template: a}}]", "[{id: w, " + into, false, []string{"168h0m0s a"}},
		"named, to wait":             {"[{id: w, " + waitFor + mail, "[{id: w, wait: 7d}, " + mail, false, []string{"168h0m0s a"}},
		"to waitFor":                 {"[{wait: 7d}, {send: {template: a}}]", "[{" + waitFor + "{send: {template: a}}]", false, []string{"168h0m0s a"}},
		"into its else":              {"[{wait: 7d}, {send: {template: a}}]", "[{" + into, false, []string{"168h0m0s a"}},
		"out of its else":            {"[{" + into, "[{wait: 7d}, {send: {template: a}}]", false, []string{"168h0m0s a"}},
		"to until":                   {"[{wait: 7d}, {send: {template: a}}]", "[{" + until + "{send: {template: a}}]", false, []string{"168h0m0s a"}},
		"from until, longer":         {"[{" + until + "{send: {template: a}}]", "[{wait: 9d}, {send: {template: a}}]", false, []string{"216h0m0s a"}},
		"what it waits for is there": {"[{wait: 7d}, {send: {template: a}}]", "[{" + waitFor + "{send: {template: a}}]", true, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, withSteps(tt.before))
			x.ev(OrderCompleted, nil)
			x.at(12 * time.Hour)
			if tt.reviewed {
				x.ev("Product Reviewed", nil)
			}
			x.at(day)
			x.pub(t, withSteps(tt.after))
			x.at(60 * day)
			require.Equal(t, tt.want, x.mails)
		})
	}
}

// TestAWaitThatEndsSoonIsNotPutOff shortens a wait that ends within the spread all the same: the edit does not end it.
func TestAWaitThatEndsSoonIsNotPutOff(t *testing.T) {
	t.Parallel()
	x := newEdited(t, withStepsUnder(spreadWide, "[{wait: 48h}, {send: {template: a}}]"))
	require.Greater(t, spreadOffset("c-1", day), time.Hour)
	x.ev(OrderCompleted, nil)
	x.at(46 * time.Hour)
	x.pub(t, withStepsUnder(spreadWide, "[{wait: 47h}, {send: {template: a}}]"))
	x.at(60 * day)
	require.Equal(t, []string{"47h0m0s a"}, x.mails)
}
