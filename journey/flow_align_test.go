package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFlowFind looks for where a run stands in a newer map.
func TestFlowFind(t *testing.T) {
	t.Parallel()
	flowOf := func(t *testing.T, steps string) *flow {
		t.Helper()
		m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints: [{id: tp, phase: p, class: service, on: Order Completed, do: `+steps+`}]
`)
		return m.compiled.touchpoints["tp"]
	}
	tests := map[string]struct {
		old, new string
		step     string
		want     string
		same     bool
	}{
		"nothing changed":                      {"[{wait: 1d}, {wait: 2d}]", "[{wait: 1d}, {wait: 2d}]", "wait-2", "wait-2", true},
		"another of the kind before":           {"[{wait: 1d}, {wait: 2d}]", "[{wait: 9d}, {wait: 1d}, {wait: 2d}]", "wait-1", "wait-2", true},
		"another of the kind between":          {"[{wait: 1d}, {wait: 2d}]", "[{wait: 1d}, {wait: 9d}, {wait: 2d}]", "wait-2", "wait-3", true},
		"changed in place":                     {"[{wait: 1d}, {wait: 2d}]", "[{wait: 1d}, {wait: 5d}]", "wait-2", "wait-2", true},
		"first of two removed":                 {"[{wait: 1d}, {wait: 2d}]", "[{wait: 2d}]", "wait-1", "wait-1", false},
		"last removed":                         {"[{wait: 1d}, {send: {template: a}}]", "[{wait: 1d}]", "send-1", "", false},
		"kind changed":                         {"[{wait: 1d}, {send: {template: a}}]", "[{set: {y: 1}}, {send: {template: a}}]", "wait-1", "send-1", false},
		"waits in another way":                 {"[{wait: 1d}, {send: {template: a}}]", "[{until: now}, {send: {template: a}}]", "wait-1", "until-1", true},
		"waits in another way before another":  {"[{wait: 1d}, {send: {template: a}}]", "[{until: now}, {send: {template: b}}, {send: {template: a}}]", "wait-1", "send-2", false},
		"named later":                          {"[{wait: 1d}, {send: {template: a}}]", "[{id: pause, wait: 1d}, {send: {template: a}}]", "wait-1", "send-1", false},
		"named later, with its former id":      {"[{wait: 1d}, {send: {template: a}}]", "[{id: pause, was: wait-1, wait: 1d}, {send: {template: a}}]", "wait-1", "pause", true},
		"name moved":                           {"[{id: x, wait: 1d}, {send: {template: a}}]", "[{send: {template: a}}, {id: x, wait: 1d}]", "x", "x", true},
		"name given to another kind":           {"[{id: x, wait: 1d}, {send: {template: a}}]", "[{id: x, set: {y: 1}}, {send: {template: a}}]", "x", "send-1", false},
		"a former id taken is nobody else's":   {"[{wait: 1d}, {wait: 2d}]", "[{id: pause, was: wait-1, wait: 2d}, {wait: 3d}]", "wait-2", "wait-2", true},
		"template tells sends apart":           {"[{send: {template: a}}, {send: {template: b}}]", "[{send: {template: b}}]", "send-2", "send-1", true},
		"arm removed":                          {"[{branch: [{if: event.x > 1, do: [{wait: 1d}]}]}, {send: {template: a}}]", "[{send: {template: a}}]", "wait-1", "send-1", false},
		"arm put around":                       {"[{wait: 1d}, {send: {template: a}}]", "[{branch: [{if: event.x > 1, do: [{wait: 1d}]}]}, {send: {template: a}}]", "wait-1", "wait-1", true},
		"else of a waitFor":                    {"[{waitFor: {on: A B, for: 1d}, else: [{wait: 1d}]}, {wait: 2d}]", "[{waitFor: {on: A B, for: 1d}}, {wait: 2d}]", "wait-1", "wait-1", false},
		"two surviving steps, the next counts": {"[{id: x, wait: 1d}, {wait: 2d}, {send: {template: a}}]", "[{send: {template: a}}, {wait: 2d}]", "x", "send-1", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, same := flowOf(t, tt.new).find([]*flow{flowOf(t, tt.old)}, tt.step)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.same, same)
		})
	}
	t.Run("without the older flow only ids count", func(t *testing.T) {
		t.Parallel()
		got, same := flowOf(t, "[{id: pause, was: wait-1, wait: 1d}]").find(nil, "wait-1")
		require.Equal(t, "pause", got)
		require.True(t, same)
		got, _ = flowOf(t, "[{id: pause, wait: 1d}]").find(nil, "wait-1")
		require.Empty(t, got)
	})
}
