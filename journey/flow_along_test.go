package journey

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// along returns a map whose only touchpoint does the steps.
func along(steps string) string {
	return "phases: [{id: p, enter: [{on: Order Completed}]}]\n" +
		"touchpoints: [{id: tp, phase: p, class: service, on: Order Completed, key: event.order_id, do: " + steps + "}]\n"
}

// TestTwoEditsBeforeADecision publishes two maps before a customer decides once. What they get is what those get who decide
// after each.
func TestTwoEditsBeforeADecision(t *testing.T) {
	t.Parallel()
	const before = "[{wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]"
	tests := map[string]struct {
		versions []string
		want     []string // mails, when the edits come after a day
	}{
		"named, then called otherwise": {
			[]string{
				"[{id: pause, was: wait-1, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
				"[{id: rest, was: pause, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
			},
			[]string{"168h0m0s a", "216h0m0s b"},
		},
		"named, then another of the kind before it": {
			[]string{
				"[{id: pause, was: wait-1, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
				"[{wait: 1h}, {send: {template: c}}, {id: pause, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
			},
			[]string{"168h0m0s a", "216h0m0s b"},
		},
		"another of the kind before it, then named": {
			[]string{
				"[{wait: 1h}, {send: {template: c}}, {wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
				"[{wait: 1h}, {send: {template: c}}, {id: pause, was: wait-2, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
			},
			[]string{"168h0m0s a", "216h0m0s b"},
		},
		"named with another time, then called otherwise with another": {
			[]string{
				"[{id: pause, was: wait-1, wait: 9d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
				"[{id: rest, was: pause, wait: 5d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
			},
			[]string{"120h0m0s a", "168h0m0s b"},
		},
		"called otherwise three times": {
			[]string{
				"[{id: x, was: wait-1, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
				"[{id: y, was: x, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
				"[{id: z, was: y, wait: 7d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]",
			},
			[]string{"168h0m0s a", "216h0m0s b"},
		},
		"only others are named": {
			[]string{
				"[{wait: 7d}, {send: {template: a}}, {id: pause, was: wait-2, wait: 2d}, {send: {template: b}}]",
				"[{wait: 7d}, {send: {template: a}}, {id: rest, was: pause, wait: 3d}, {send: {template: b}}]",
			},
			[]string{"168h0m0s a", "240h0m0s b"},
		},
		"gone, then back": {
			[]string{"[{send: {template: a}}, {wait: 2d}, {send: {template: b}}]", before},
			[]string{"168h0m0s a", "216h0m0s b"},
		},
		"named and taken back": {
			[]string{"[{id: pause, was: wait-1, wait: 9d}, {send: {template: a}}, {wait: 2d}, {send: {template: b}}]", before},
			[]string{"168h0m0s a", "216h0m0s b"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, each := range []bool{false, true} {
				if each && (name == "gone, then back" || name == "named and taken back") {
					continue // who follows what is taken back later may have lost their step by then
				}
				x := newEdited(t, along(before))
				x.ev("Order Completed", map[string]any{"order_id": "1"})
				x.at(24 * time.Hour)
				for _, steps := range tt.versions {
					x.publish(parseMap(t, along(steps)))
					if each {
						x.decide()
					}
				}
				x.decide()
				x.at(60 * 24 * time.Hour)
				require.Equal(t, tt.want, x.mails, "decides after each: %v", each)
			}
		})
	}
}

// TestAStepIsNotTakenForOneThatWasNamed has two waits, of which an edit shifts the numbers and the next one names the first.
func TestAStepIsNotTakenForOneThatWasNamed(t *testing.T) {
	t.Parallel()
	flowOf := func(steps string) *flow { return parseMap(t, along(steps)).compiled.touchpoints["tp"] }
	olds := []*flow{flowOf("[{wait: 1d}, {wait: 2d}]"), flowOf("[{wait: 9d}, {wait: 1d}, {wait: 2d}]")}
	f := flowOf("[{wait: 9d}, {id: pause, was: wait-2, wait: 1d}, {wait: 2d}]")
	require.Equal(t, map[string]string{"wait-1": "pause", "wait-2": "wait-3"}, f.matchAlong(olds))
}

// TestARenamedTouchpointIsFollowedAlong renames the touchpoint too.
func TestARenamedTouchpointIsFollowedAlong(t *testing.T) {
	t.Parallel()
	touchpoint := func(id, steps string) string {
		return "phases: [{id: p, enter: [{on: Order Completed}]}]\ntouchpoints: [{" + id + ", phase: p, class: service, on: Order Completed, do: " + steps + "}]\n"
	}
	x := newEdited(t, touchpoint("id: a", "[{wait: 7d}, {send: {template: a}}]"))
	x.ev("Order Completed", nil)
	x.at(24 * time.Hour)
	x.publish(parseMap(t, touchpoint("id: b, was: a", "[{id: pause, was: wait-1, wait: 7d}, {send: {template: a}}]")))
	x.publish(parseMap(t, touchpoint("id: c, was: b", "[{wait: 1h}, {id: rest, was: pause, wait: 7d}, {send: {template: a}}]")))
	change, err := x.m.ChangeAt(x, 1, 3, "a", "wait-1")
	require.NoError(t, err)
	require.Equal(t, Change{Kind: ChangeRenamed, Touchpoint: "a", Step: "wait-1", ToTouchpoint: "c", ToStep: "rest"}, change)
	x.decide()
	x.at(60 * 24 * time.Hour)
	require.Equal(t, []string{"168h0m0s a"}, x.mails)
}

// versionsOf gives versions by their number.
type versionsOf map[int64]*Map

func (v versionsOf) Version(version int64) (*Map, error) {
	if version == 99 {
		return nil, errors.New("the record is away")
	}
	return v[version], nil
}

func TestFlowsSince(t *testing.T) {
	t.Parallel()
	m, other := parseMap(t, along("[{wait: 1d}]")), touchpoints(t, "", "id: other, do: [{exit: done}]")
	many := versionsOf{}
	for version := range int64(80) {
		many[version+1] = m
	}
	tests := map[string]struct {
		versions Versions
		from, to int64
		want     int
	}{
		"the one before":               {many, 4, 5, 1},
		"three before":                 {many, 2, 5, 3},
		"the same":                     {many, 5, 5, 1},
		"an older one":                 {many, 7, 5, 1},
		"too many":                     {many, 1, 60, 1},
		"none":                         {nil, 1, 5, 0},
		"the first is not usable":      {versionsOf{2: m, 3: m}, 1, 4, 0},
		"one between is not usable":    {versionsOf{1: m, 3: m}, 1, 4, 2},
		"the touchpoint was gone":      {versionsOf{1: m, 2: m, 3: other, 4: m}, 1, 5, 1},
		"the touchpoint was not there": {versionsOf{1: other, 2: m}, 1, 3, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			olds, err := flowsSince(tt.versions, tt.from, tt.to, "tp")
			require.NoError(t, err)
			require.Len(t, olds, tt.want)
		})
	}
	_, err := flowsSince(many, 99, 100, "tp")
	require.EqualError(t, err, fmt.Sprintf("read version %d of the map: the record is away", 99))
}
