package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEditedWhileDeferred removes the step of a message that is under way and then may not be handed over: the run goes on
// at the step that comes next now, whatever it is.
func TestEditedWhileDeferred(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		after    string
		reviewed bool
		want     []string
	}{
		"a wait":                      {"[{wait: 7d}, {send: {template: b}}]", false, []string{"170h0m0s b"}},
		"a branch":                    {"[{branch: [{if: event.vip == true, do: [{wait: 3d}, {send: {template: c}}]}]}, {wait: 7d}, {send: {template: b}}]", false, []string{"73h0m0.000001s c", "241h0m0.000001s b"}},
		"a waitFor that times out":    {"[{waitFor: {on: Product Reviewed, for: 2d}, do: [{send: {template: c}}]}, {wait: 7d}, {send: {template: b}}]", false, []string{"217h0m0.000001s b"}},
		"a waitFor that is answered":  {"[{waitFor: {on: Product Reviewed, for: 2d}, do: [{send: {template: c}}]}, {wait: 7d}, {send: {template: b}}]", true, []string{"5h0m0s c", "173h0m0s b"}},
		"a send, tried at once again": {"[{send: {template: b}}]", false, []string{"2h0m0s b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, withSteps("[{id: first, send: {template: a}}, "+tt.after[1:]))
			x.provider = func(m Message) (time.Duration, Reason) {
				if m.Template == "a" {
					return time.Hour, ""
				}
				return 0, ""
			}
			x.ev(OrderCompleted, map[string]any{"vip": true})
			x.at(30 * time.Minute)
			x.pub(t, withStepsUnder(`policy: {quietHours: {from: "09:45", to: "11:00", days: [monday]}}`, tt.after))
			x.at(5 * time.Hour)
			if tt.reviewed {
				x.ev("Product Reviewed", nil)
			}
			x.at(30 * day)
			require.Equal(t, tt.want, x.mails)
			require.Equal(t, 1, x.reasons(DecidedNoSend, ReasonEdited), "what became of the message is recorded")
		})
	}
}
