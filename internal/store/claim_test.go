package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/journey"
)

// wanted is a check that lets every message pass.
func wanted(context.Context, activities.Handover) (journey.Reason, error) { return "", nil }

// longAgo is a claim whose attempt cannot be under way any more.
var longAgo = start.Add(-2 * liveAttempt)

// claimed claims a planned message for the token "first", long ago.
func (r *record) claimed(t *testing.T, messageID string) {
	t.Helper()
	claim, err := r.Claim(t.Context(), messageID, "first", longAgo, wanted)
	require.NoError(t, err)
	require.Equal(t, activities.Claimed, claim.Status)
}

func TestClaimGivesTheHandover(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "msg")
		_, _, err := r.PublishMap(t.Context(), []byte("map"), "hash", start)
		require.NoError(t, err)
		r.decide(t, customerID, func(context.Context, journey.Input) (journey.Outcome, error) {
			return journey.Outcome{State: journey.State{Phase: "care", PhaseSince: start, Facts: journey.Facts{Orders: 2}}}, nil
		})
		r.ingest(t, idle, track("cancel", "user of msg", "", "Order Refunded"), track("view", "user of msg", "", "view"))
		customer, _, err := r.CustomerByUserID(t.Context(), "user of msg")
		require.NoError(t, err)

		var checked activities.Handover
		claim, err := r.Claim(t.Context(), "msg", "first", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			checked = h
			return "", nil
		})
		require.NoError(t, err)
		require.Equal(t, activities.Claim{Status: activities.Claimed, Handover: checked}, claim)
		require.Len(t, checked.Unconsumed, 2)
		require.Equal(t, "Order Refunded", checked.Unconsumed[0].Name)
		require.Equal(t, activities.Handover{
			Message: r.message(t, customerID).Message, CustomerID: customerID, UserID: "user of msg", Phase: "care",
			PhaseSince: start, Facts: journey.Facts{Orders: 2}, Run: customer.State.Runs[0], MapVersion: 1,
			Unconsumed: checked.Unconsumed, SendKey: checked.SendKey,
		}, checked)
		require.Regexp(t, `^[\w-]{8}\.[\w-]{22}$`, checked.SendKey)
		require.Equal(t, "event of msg", checked.Run.Trigger.MessageID)

		again, err := r.Claim(t.Context(), "msg", "first", start.Add(time.Hour), nil)
		require.NoError(t, err)
		require.Equal(t, activities.Claim{
			Status: activities.ClaimUnconfirmed, Handover: checked, Token: "first", ClaimedAt: start,
		}, again, "not even the same token gets it twice")
	})
}

func TestClaimShowsAnEndedRun(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "msg")
		r.decide(t, customerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			run := in.State.Runs[0]
			run.Status, run.Reason, run.EndedAt = journey.RunEnded, journey.ReasonCancelled, start
			return journey.Outcome{State: journey.State{Runs: []journey.Run{run}}}, nil
		})
		_, err := r.Claim(t.Context(), "msg", "first", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
			require.Equal(t, journey.RunEnded, h.Run.Status)
			require.Equal(t, "event of msg", h.Run.Trigger.MessageID)
			return h.Run.Reason, nil
		})
		require.NoError(t, err)
		require.Equal(t, statusNotSent, r.message(t, customerID).Status)
	})
}

func TestClaimRefusalIsStampedInJourneyTime(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, err := r.Clock(t.Context(), journey.Clock{J0: start.AddDate(1, 0, 0), R0: start, Speed: 60})
		require.NoError(t, err)
		customerID := r.plan(t, "msg")
		claim, err := r.Claim(t.Context(), "msg", "first", start.Add(time.Minute), func(context.Context, activities.Handover) (journey.Reason, error) {
			return journey.ReasonNoAddress, nil
		})
		require.NoError(t, err)
		require.Equal(t, activities.Claim{Status: activities.ClaimSettled, Reason: journey.ReasonNoAddress}, claim)
		require.Equal(t, start.AddDate(1, 0, 0).Add(time.Hour), r.message(t, customerID).SettledAt)
	})
}

func TestClaimCheckError(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "msg")
		broken := errors.New("broken")
		_, err := r.Claim(t.Context(), "msg", "first", start, func(context.Context, activities.Handover) (journey.Reason, error) {
			return journey.ReasonNoAddress, broken
		})
		require.ErrorIs(t, err, broken)
		require.Equal(t, statusPlanned, r.message(t, customerID).Status)
	})
}

func TestClaimAtOnceGivesTheMessageOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "msg")
		statuses := make(chan activities.ClaimStatus, 8)
		var group errgroup.Group
		for i := range cap(statuses) {
			group.Go(func() error {
				claim, err := r.Claim(t.Context(), "msg", fmt.Sprint(i), start, wanted)
				statuses <- claim.Status
				return err
			})
		}
		require.NoError(t, group.Wait())
		count := map[activities.ClaimStatus]int{}
		for range cap(statuses) {
			count[<-statuses]++
		}
		require.Equal(t, map[activities.ClaimStatus]int{activities.Claimed: 1, activities.ClaimUnconfirmed: 7}, count)
	})
}

func TestReclaimOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "msg")
		reclaim := func(claimedAt time.Time, now time.Time) bool {
			ours, err := r.Reclaim(t.Context(), "msg", claimedAt, "second", now)
			require.NoError(t, err)
			return ours
		}
		second, third := start.Add(time.Hour), start.Add(2*time.Hour)
		require.False(t, reclaim(longAgo, second), "nobody claimed it yet")
		r.claimed(t, "msg")
		require.False(t, reclaim(longAgo.Add(time.Second), second), "another claim")
		require.True(t, reclaim(longAgo, second))
		require.False(t, reclaim(longAgo, second), "somebody was first")
		require.Equal(t, second, r.message(t, customerID).ClaimedAt)
		require.False(t, reclaim(second, third), "a third copy is never sent")
		got := r.message(t, customerID)
		require.Equal(t, statusUnknown, got.Status)
		require.Equal(t, journey.ReasonUnknown, got.Reason)
		require.Equal(t, third, got.SettledAt)
	})
}

func TestASecondSendingThatIsGivenBackIsDueAgain(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "msg")
		r.claimed(t, "msg")
		claimedAt := longAgo
		for i := range 3 {
			token := fmt.Sprint("second ", i)
			ours, err := r.Reclaim(t.Context(), "msg", claimedAt, token, start)
			require.NoError(t, err)
			require.True(t, ours)
			require.NoError(t, r.Release(t.Context(), "msg", token))

			claim, err := r.Claim(t.Context(), "msg", "other", start, nil)
			require.NoError(t, err)
			require.Equal(t, activities.ClaimUnconfirmed, claim.Status, "the first one may have arrived")
			require.Empty(t, claim.Token)
			require.Zero(t, claim.ClaimedAt)
			claimedAt = claim.ClaimedAt
		}
		require.Equal(t, statusClaimed, r.message(t, customerID).Status)
	})
}

func TestLedgerUnknownMessage(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, err := r.Claim(t.Context(), "none", "first", start, wanted)
		require.ErrorIs(t, err, ErrNotFound)
		_, err = r.Reclaim(t.Context(), "none", start, "first", start)
		require.ErrorIs(t, err, ErrNotFound)
		require.ErrorIs(t, r.Release(t.Context(), "none", "first"), ErrNotFound)
		require.ErrorIs(t, r.Confirm(t.Context(), "none", "first", "p", journey.ReasonSent, start), ErrNotFound)
		require.ErrorIs(t, r.GiveUp(t.Context(), "none", journey.ReasonUnknown, "", start), ErrNotFound)
	})
}
