package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSuppressedAddresses(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: transactional, phase: p, class: transactional, on: Order Completed, do: [send: {template: a}]}
  - {id: service, phase: p, class: service, on: Order Completed, do: [send: {template: a}]}
  - {id: marketing, phase: p, class: marketing, on: Order Completed, do: [send: {template: a}]}
`)
	all, asked := []Class{Transactional, Service, Marketing}, []Class{Service, Marketing}
	tests := map[SuppressionReason][]Class{
		AddressBounced: all, AddressInvalid: all, AddressComplained: asked, AddressUnsubscribed: asked, PersonObjected: asked, "": nil,
		"a reason of a newer release": all,
	}
	for why, blocked := range tests {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			in := Input{
				State: State{CustomerID: "c-1", Facts: agreeable()}, Now: engineStart, Past: &engine{},
				Events: []Event{
					{Type: TypeIdentify, Name: TypeIdentify, Timestamp: engineStart, Traits: map[string]any{"email": " Jo@Example.COM"}},
					{Type: TypeTrack, Name: "Order Completed", Timestamp: engineStart},
				},
				Suppressed: map[string]SuppressionReason{"jo@example.com": why, "other@example.com": AddressBounced},
			}
			out, err := m.Decide(in)
			require.NoError(t, err)
			var refused []Class
			for _, d := range out.Decisions {
				if d.Reason == ReasonSuppressed {
					require.Equal(t, DecidedNoSend, d.Kind)
					require.Equal(t, map[string]any{"suppressed": string(why)}, d.Detail)
					refused = append(refused, Class(d.Touchpoint))
				}
			}
			require.ElementsMatch(t, blocked, refused)
			require.Len(t, out.Messages, len(all)-len(blocked))
			for _, msg := range out.Messages {
				require.NotContains(t, blocked, msg.Class)
			}
		})
	}
}

// TestWhoObjectedIsNotMailedAtAnyAddress looks at the person, whose address nobody suppressed.
func TestWhoObjectedIsNotMailedAtAnyAddress(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: order, phase: p, class: transactional, on: Order Completed, do: [send: {template: a}]}
  - {id: service, phase: p, class: service, on: Order Completed, do: [send: {template: a}]}
`)
	facts := agreeable()
	facts.Traits = map[string]any{"email": "jo@example.com"}
	out, err := m.Decide(Input{
		State: State{CustomerID: "c-1", Facts: facts}, Now: engineStart, Past: &engine{}, Objected: PersonObjected,
		Events: []Event{{Type: TypeTrack, Name: "Order Completed", Timestamp: engineStart}},
	})
	require.NoError(t, err)
	require.Len(t, out.Messages, 1)
	require.Equal(t, Transactional, out.Messages[0].Class)
}

func TestAnAddressThatIsSuppressedMeanwhileIsNotMailed(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints: [{id: tp, phase: p, class: service, on: Order Completed, do: [send: {template: a}]}]
`)
	look := func(class Class, why SuppressionReason) Reason {
		reason, err := m.Unwanted(LastLook{
			State: State{Facts: agreeable()}, Class: class, Suppressed: why, Now: engineStart.Add(time.Hour),
			Run: Run{Touchpoint: "tp", Status: RunActive, StartedAt: engineStart, EnteredAt: engineStart, Step: "send-1"},
		})
		require.NoError(t, err)
		return reason
	}
	require.Empty(t, look(Service, ""))
	require.Equal(t, ReasonSuppressed, look(Service, AddressComplained))
	require.Empty(t, look(Transactional, AddressComplained))
	require.Equal(t, ReasonSuppressed, look(Transactional, AddressBounced))
}
