package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// stepsOf returns the laid out steps of a touchpoint.
func stepsOf(t require.TestingT, steps string) *flow {
	m, problems := Parse([]Source{{Name: "map.yaml", Data: []byte(`
journey: edited
shop: {name: Shop, email: shop@example.com}
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints: [{id: tp, phase: p, class: service, on: Order Completed, do: ` + steps + `}]
`)}})
	require.NotNil(t, m, "%v", problems)
	return m.compiled.touchpoints["tp"]
}

// TestFlowMatch says of each older step which newer one is its pair.
func TestFlowMatch(t *testing.T) {
	t.Parallel()
	const (
		vip    = "{if: event.vip == true, do: [{wait: 3d}, {send: {template: vip}}]}"
		fresh  = "{if: event.new == true, do: [{wait: 7d}, {send: {template: new}}]}"
		others = "else: [{wait: 7d}, {send: {template: normal}}]"
	)
	tests := map[string]struct {
		old, new string
		want     map[string]string
	}{
		"arm put around, with another before": {
			"[{wait: 7d}, {send: {template: normal}}]",
			"[{branch: [" + vip + "], " + others + "}]",
			map[string]string{"wait-1": "wait-2", "send-1": "send-2"},
		},
		"arm put around, with another of the same wait before": {
			"[{wait: 7d}, {send: {template: normal}}]",
			"[{branch: [" + fresh + "], " + others + "}]",
			map[string]string{"wait-1": "wait-2", "send-1": "send-2"},
		},
		"arm put around some": {
			"[{wait: 7d}, {send: {template: a}}, {wait: 3d}, {send: {template: b}}]",
			"[{wait: 7d}, {branch: [{if: event.x > 1, do: [{send: {template: a}}, {wait: 3d}]}]}, {send: {template: b}}]",
			map[string]string{"wait-1": "wait-1", "send-1": "send-1", "wait-2": "wait-2", "send-2": "send-2"},
		},
		"arm taken away": {
			"[{branch: [" + fresh + "], " + others + "}]",
			"[{wait: 7d}, {send: {template: normal}}]",
			map[string]string{"wait-2": "wait-1", "send-2": "send-1"},
		},
		"arm taken away, the wait changed": {
			"[{branch: [{if: event.x > 1, do: [{wait: 7d}, {send: {template: normal}}]}]}]",
			"[{wait: 5d}, {send: {template: normal}}]",
			map[string]string{"wait-1": "wait-1", "send-1": "send-1"},
		},
		"arm added first": {
			"[{branch: [" + fresh + "], " + others + "}]",
			"[{branch: [" + vip + ", " + fresh + "], " + others + "}]",
			map[string]string{"branch-1": "branch-1", "wait-1": "wait-2", "send-1": "send-2", "wait-2": "wait-3", "send-2": "send-3"},
		},
		"arm added last": {
			"[{branch: [" + fresh + "], " + others + "}]",
			"[{branch: [" + fresh + ", " + vip + "], " + others + "}]",
			map[string]string{"branch-1": "branch-1", "wait-1": "wait-1", "send-1": "send-1", "wait-2": "wait-3", "send-2": "send-3"},
		},
		"arm removed": {
			"[{branch: [" + fresh + ", " + vip + "], " + others + "}]",
			"[{branch: [" + vip + "], " + others + "}]",
			map[string]string{"branch-1": "branch-1", "wait-2": "wait-1", "send-2": "send-1", "wait-3": "wait-2", "send-3": "send-2"},
		},
		"arms reordered": {
			"[{branch: [" + vip + ", " + fresh + "]}]",
			"[{branch: [" + fresh + ", " + vip + "]}]",
			map[string]string{"branch-1": "branch-1", "wait-1": "wait-2", "send-1": "send-2", "wait-2": "wait-1", "send-2": "send-1"},
		},
		"condition edited": {
			"[{branch: [" + vip + ", " + fresh + "]}]",
			"[{branch: [{if: event.vip == 1, do: [{wait: 3d}, {send: {template: vip}}]}, " + fresh + "]}]",
			map[string]string{"branch-1": "branch-1", "wait-1": "wait-1", "send-1": "send-1", "wait-2": "wait-2", "send-2": "send-2"},
		},
		"condition edited and arm added": {
			"[{branch: [" + vip + "]}]",
			"[{branch: [" + fresh + ", {if: event.vip == 1, do: [{wait: 3d}, {send: {template: vip}}]}]}]",
			map[string]string{"branch-1": "branch-1", "wait-1": "wait-2", "send-1": "send-2"},
		},
		"conditions and what follows edited": {
			"[{branch: [{if: event.x > 1, do: [{wait: 1d}, {send: {template: a}}]}, {if: event.x > 2, do: [{wait: 2d}, {send: {template: b}}]}]}]",
			"[{branch: [{if: event.x > 3, do: [{wait: 3d}, {send: {template: a}}]}, {if: event.x > 4, do: [{wait: 4d}, {send: {template: b}}]}]}]",
			map[string]string{"branch-1": "branch-1", "wait-1": "wait-1", "send-1": "send-1", "wait-2": "wait-2", "send-2": "send-2"},
		},
		"share of a split changed": {
			"[{split: [{name: x, share: 50%, do: [wait: 1d]}, {name: y, share: 50%, do: [wait: 1d]}]}]",
			"[{split: [{name: y, share: 10%, do: [wait: 1d]}, {name: x, share: 90%, do: [wait: 1d]}]}]",
			map[string]string{"split-1": "split-1", "wait-1": "wait-2", "wait-2": "wait-1"},
		},
		"do of a waitFor removed": {
			"[{waitFor: {on: A B, for: 3d}, do: [{wait: 5d}, {send: {template: thanks}}], else: [{wait: 5d}, {send: {template: reminder}}]}]",
			"[{waitFor: {on: A B, for: 3d}, else: [{wait: 5d}, {send: {template: reminder}}]}]",
			map[string]string{"waitFor-1": "waitFor-1", "wait-2": "wait-1", "send-2": "send-1"},
		},
		"do of a waitFor moved to its else": {
			"[{waitFor: {on: A B, for: 3d}, do: [{wait: 5d}, {send: {template: a}}]}]",
			"[{waitFor: {on: A B, for: 3d}, else: [{wait: 5d}, {send: {template: a}}]}]",
			map[string]string{"waitFor-1": "waitFor-1"},
		},
		"waitFor edited": {
			"[{waitFor: {on: A B, for: 3d}, do: [wait: 5d], else: [wait: 5d]}]",
			"[{waitFor: {on: A B, for: 9d}, do: [wait: 5d], else: [wait: 5d]}]",
			map[string]string{"waitFor-1": "waitFor-1", "wait-1": "wait-1", "wait-2": "wait-2"},
		},
		"another waitFor before those that are alike": {
			"[{waitFor: {on: A B, for: 3d}, else: [send: {template: a}]}, {waitFor: {on: A B, for: 3d}, else: [send: {template: b}]}]",
			"[{waitFor: {on: A B, for: 3d}, else: [send: {template: z}]}, {waitFor: {on: A B, for: 3d}, else: [send: {template: a}]}, {waitFor: {on: A B, for: 3d}, else: [send: {template: b}]}]",
			map[string]string{"waitFor-1": "waitFor-2", "send-1": "send-2", "waitFor-2": "waitFor-3", "send-2": "send-3"},
		},
		"arm put around what has arms": {
			"[{waitFor: {on: A B, for: 3d}, do: [{wait: 5d}, {send: {template: thanks}}], else: [{wait: 5d}, {send: {template: reminder}}]}]",
			"[{branch: [{if: event.x > 1, do: [{waitFor: {on: A B, for: 3d}, else: [{wait: 5d}, {send: {template: reminder}}]}]}]}]",
			map[string]string{"waitFor-1": "waitFor-1", "wait-2": "wait-1", "send-2": "send-1"},
		},
		"nested, the inner arm removed": {
			"[{branch: [{if: event.x > 1, do: [{branch: [" + vip + ", " + fresh + "]}, {wait: 7d}]}]}, {wait: 7d}]",
			"[{branch: [{if: event.x > 1, do: [{branch: [" + fresh + "]}, {wait: 7d}]}]}, {wait: 7d}]",
			map[string]string{"branch-1": "branch-1", "branch-2": "branch-2", "wait-2": "wait-1", "send-2": "send-1", "wait-3": "wait-2", "wait-4": "wait-3"},
		},
		"nested, the outer arm removed": {
			"[{branch: [{if: event.x > 1, do: [{split: [{share: 50%, do: [wait: 1d]}, {share: 50%, do: [wait: 1d]}]}]}]}, {send: {template: a}}]",
			"[{split: [{share: 50%, do: [wait: 1d]}, {share: 50%, do: [wait: 1d]}]}, {send: {template: a}}]",
			map[string]string{"split-1": "split-1", "wait-1": "wait-1", "wait-2": "wait-2", "send-1": "send-1"},
		},
		"one of two equal waits removed": {
			"[{wait: 1d}, {send: {template: a}}, {wait: 1d}, {send: {template: b}}]",
			"[{wait: 1d}, {send: {template: b}}]",
			map[string]string{"wait-2": "wait-1", "send-2": "send-1"},
		},
		"put in before equal ones": {
			"[{wait: 1d}, {send: {template: a}}]",
			"[{wait: 1d}, {send: {template: new}}, {wait: 1d}, {send: {template: a}}]",
			map[string]string{"wait-1": "wait-2", "send-1": "send-2"},
		},
		"put in behind equal ones": {
			"[{wait: 1d}, {send: {template: a}}, {wait: 1d}]",
			"[{wait: 1d}, {send: {template: a}}, {wait: 1d}, {send: {template: new}}]",
			map[string]string{"wait-1": "wait-1", "send-1": "send-1", "wait-2": "wait-2"},
		},
		"moved behind another": {
			"[{wait: 1d}, {wait: 2d}, {send: {template: a}}]",
			"[{send: {template: a}}, {branch: [{if: event.x > 1, do: [wait: 2d]}]}]",
			map[string]string{"send-1": "send-1"},
		},
		"arm named, and so unknown": {
			"[{branch: [" + vip + "], " + others + "}]",
			"[{id: new, branch: [" + vip + "], " + others + "}]",
			map[string]string{"wait-1": "wait-1", "send-1": "send-1", "wait-2": "wait-2", "send-2": "send-2"},
		},
		"named step moved into an arm": {
			"[{id: w, wait: 1d}, {branch: [{if: event.x > 1, do: [{wait: 1d}, {send: {template: a}}]}]}]",
			"[{branch: [{if: event.x > 1, do: [{id: w, wait: 1d}, {wait: 1d}, {send: {template: a}}]}]}]",
			map[string]string{"w": "w", "branch-1": "branch-1", "wait-2": "wait-2", "send-1": "send-1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, stepsOf(t, tt.new).match(stepsOf(t, tt.old)))
		})
	}
}
