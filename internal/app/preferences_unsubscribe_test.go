package app

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/access"
	"klantreis/journey"
)

// TestTheClockOfAClaimDoesNotMatter has a worker claim a mail whose clock is behind, and its reader unsubscribe.
func TestTheClockOfAClaimDoesNotMatter(t *testing.T) {
	t.Parallel()
	m := startMailing(t)
	customer, _, err := m.record.CustomerByUserID(t.Context(), "user-1")
	require.NoError(t, err)
	claim := func(behind time.Duration) {
		_, err := m.record.Claim(t.Context(), m.messageID, "token", m.Now().Add(-behind), func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil })
		require.NoError(t, err)
	}
	p := chooser{record: m.record, now: m.Now, settle: time.Millisecond, handover: time.Hour}
	waits := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		return p.handedOver(ctx, customer.State.CustomerID)
	}
	claim(30 * time.Second)
	require.ErrorIs(t, waits(200*time.Millisecond), context.DeadlineExceeded, "its sender may be at it")
	p.handover = time.Millisecond
	require.NoError(t, waits(time.Minute), "no hand-over lasts longer than that")
	m.since.Add(int64(time.Hour))
	p.handover = handoverLasts
	require.NoError(t, waits(time.Minute), "its sender died")
}

// TestAnObjectionNotedByTheShopWaitsForMailUnderWay: it is answered when no mail to the customer is on its way any more.
func TestAnObjectionNotedByTheShopWaitsForMailUnderWay(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	claim, err := r.record.Claim(t.Context(), r.messageID, "token", start, func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil })
	require.NoError(t, err)
	require.Equal(t, activities.Claimed, claim.Status)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err = consents{record: r.record, keep: r.chooser()}.Object(ctx, access.Actor{}, "jan", false)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, journey.PersonObjected, r.now(t).Objected, "it is noted all the same")
}
