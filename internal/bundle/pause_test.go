package bundle

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const switchHead = `# The shop.
journey: shop   # its name
shop: {name: Shop, email: shop@example.com}
phases: [{id: p, enter: [{on: Order Completed}]}]
`

func TestSwitch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ before, after string }{
		"block": {
			"touchpoints:\n  # Asks for a review.\n  - id: tp   # the review\n    phase: p\n    class: service\n    on: Order Delivered\n    do: [{exit: done}]\n",
			"touchpoints:\n  # Asks for a review.\n  - id: tp   # the review\n    paused: true\n    phase: p\n    class: service\n    on: Order Delivered\n    do: [{exit: done}]\n",
		},
		"flow": {
			"touchpoints: [{id: tp, phase: p, class: service, on: Order Delivered, do: [{exit: done}]}]\n",
			"touchpoints: [{id: tp, paused: true, phase: p, class: service, on: Order Delivered, do: [{exit: done}]}]\n",
		},
		"last in flow": {
			"touchpoints: [{phase: p, class: service, on: Order Delivered, do: [{exit: done}], id: 'tp'}]\n",
			"touchpoints: [{phase: p, class: service, on: Order Delivered, do: [{exit: done}], id: 'tp', paused: true}]\n",
		},
		"behind letters of more than a byte": {
			"touchpoints: [{title: Béoordeling €, id: tp, phase: p, class: service, on: Order Delivered, do: [{exit: done}]}]\n",
			"touchpoints: [{title: Béoordeling €, id: tp, paused: true, phase: p, class: service, on: Order Delivered, do: [{exit: done}]}]\n",
		},
		"JSON": {
			`"touchpoints": [{"id": "tp", "phase": "p", "class": "service", "on": "Order Delivered", "do": [{"exit": "done"}]}]`,
			`"touchpoints": [{"id": "tp", "paused": true, "phase": "p", "class": "service", "on": "Order Delivered", "do": [{"exit": "done"}]}]`,
		},
		"the second of two": {
			"touchpoints:\n- {id: other, phase: p, class: service, on: Order Delivered, do: [{exit: done}]}\n- id: tp\n  phase: p\n  class: service\n  on: Order Delivered\n  do: [{exit: done}]\n",
			"touchpoints:\n- {id: other, phase: p, class: service, on: Order Delivered, do: [{exit: done}]}\n- id: tp\n  paused: true\n  phase: p\n  class: service\n  on: Order Delivered\n  do: [{exit: done}]\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := Bundle{Files: map[string]string{"journey.yaml": switchHead, "touchpoints.yaml": tt.before, "templates/layout.html": "x"}}
			paused, changed, err := b.Switch("tp", true)
			require.NoError(t, err)
			require.True(t, changed)
			require.Equal(t, tt.after, paused.Files["touchpoints.yaml"])
			require.Equal(t, tt.before, b.Files["touchpoints.yaml"], "the bundle itself stays as it is")
			_, changed, err = paused.Switch("tp", true)
			require.NoError(t, err)
			require.False(t, changed)
			resumed, changed, err := paused.Switch("tp", false)
			require.NoError(t, err)
			require.True(t, changed)
			require.Equal(t, b, resumed)
		})
	}
}

func TestSwitchThatStandsThere(t *testing.T) {
	t.Parallel()
	const flow = " phase: p, class: service, on: Order Delivered, do: [{exit: done}]}\n"
	const block = "  phase: p\n  class: service\n  on: Order Delivered\n  do: [{exit: done}]\n"
	for before, after := range map[string]string{
		"- {paused: true, id: tp," + flow:                       "- {paused: false, id: tp," + flow,
		"- paused: true\n  id: tp\n" + block:                    "- paused: false\n  id: tp\n" + block,
		"- id: tp\n  paused: true # until Monday\n" + block:     "- id: tp\n  paused: false # until Monday\n" + block,
		"- id: tp\r\n  paused: true # until Monday\r\n" + block: "- id: tp\r\n  paused: false # until Monday\r\n" + block,
	} {
		b := Bundle{Files: map[string]string{"journey.yaml": switchHead + "touchpoints:\n" + before}}
		resumed, changed, err := b.Switch("tp", false)
		require.NoError(t, err)
		require.True(t, changed)
		require.Equal(t, switchHead+"touchpoints:\n"+after, resumed.Files["journey.yaml"])
		again, changed, err := resumed.Switch("tp", true)
		require.NoError(t, err)
		require.True(t, changed)
		require.Equal(t, b, again)
	}
}

func TestSwitchTheWholeMap(t *testing.T) {
	t.Parallel()
	b := Bundle{Files: map[string]string{"a.yaml": "policy: {spread: 30m}\n", "journey.yaml": switchHead}}
	paused, changed, err := b.Switch("", true)
	require.NoError(t, err)
	require.True(t, changed)
	require.Contains(t, paused.Files["journey.yaml"], "journey: shop   # its name\npaused: true\nshop:")
	resumed, _, err := paused.Switch("", false)
	require.NoError(t, err)
	require.Equal(t, b, resumed)
}

func TestSwitchThatCannotBeTurned(t *testing.T) {
	t.Parallel()
	b := Bundle{Files: map[string]string{"journey.yaml": switchHead + "touchpoints:\n- &tp\n  id: tp\n  phase: p\n  class: service\n  on: A\n  do: [{exit: done}]\n"}}
	_, _, err := b.Switch("other", true)
	require.EqualError(t, err, `the map has no touchpoint "other" (there are: tp)`)
	_, _, err = Bundle{Files: map[string]string{"journey.yaml": "touchpoints: [{id: tp}]"}}.Switch("tp", true)
	require.ErrorContains(t, err, "the map has errors")
	merged := switchHead + "touchpoints:\n- {<<: {id: tp, phase: p}, class: service, on: A, do: [{exit: done}]}\n"
	if _, changed, err := (Bundle{Files: map[string]string{"journey.yaml": merged}}).Switch("tp", true); err == nil {
		require.True(t, changed)
	}
}
