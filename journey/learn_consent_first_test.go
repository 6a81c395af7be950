package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheFirstConsentCountsAlthoughTheTraitWasSet(t *testing.T) {
	t.Parallel()
	const p = "phases: [{id: p, enter: [{on: Order Completed}]}]\n"
	x := newEdited(t, p+`
touchpoints:
  - {id: tp, phase: p, on: A, do: [{set: {marketing_consent: true}}]}`)
	x.state.Facts.Consents = nil
	x.ev("A", nil)
	x.at(time.Hour)
	x.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: x.now, Traits: map[string]any{"marketing_consent": true}})
	x.decide()
	given, known := x.state.Facts.Consent(Marketing)
	require.True(t, given && known, "the customer consented")
}

func TestTheFirstConsentCountsAlthoughTheTraitWasTold(t *testing.T) {
	t.Parallel()
	x := newEdited(t, "phases: [{id: p, enter: [{on: A}]}]\n")
	x.state.Facts.Consents = nil
	yes := map[string]any{"marketing_consent": true}
	x.store(Event{Type: TypeTrack, Name: "A", Timestamp: x.now, Context: map[string]any{"traits": yes}})
	x.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: x.now, Traits: yes})
	x.decide()
	given, known := x.state.Facts.Consent(Marketing)
	require.True(t, given && known, "the customer consented")
}
