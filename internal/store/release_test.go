package store

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/journey"
)

// TestReleaseWhileTheReportArrives gives claims back, of first and of second sendings, at the moment at which the provider
// reports the message after all. Whoever comes first, it ends as sent and is nobody's to send any more.
func TestReleaseWhileTheReportArrives(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for i := range 20 {
			id, token, second := fmt.Sprintf("m-%d", i), "first", i%2 == 1
			customerID := r.plan(t, id)
			r.claimed(t, id)
			if second {
				token = "second"
				ours, err := r.Reclaim(t.Context(), id, longAgo, token, start)
				require.NoError(t, err)
				require.True(t, ours)
			}
			var group errgroup.Group
			group.Go(func() error { return r.Release(t.Context(), id, token) })
			group.Go(func() error {
				report := activities.Report{ID: "report of " + id, MessageID: id, Kind: "processed", At: start}
				return r.RecordReports(t.Context(), []activities.Report{report}, unheard)
			})
			require.NoError(t, group.Wait())

			got := r.message(t, customerID)
			require.Equal(t, statusSent, got.Status)
			require.Equal(t, start, got.SettledAt)
			if !second {
				require.Equal(t, journey.ReasonSent, got.Reason)
			}
			claim, err := r.Claim(t.Context(), id, "next", start, wanted)
			require.NoError(t, err)
			require.Equal(t, activities.Claim{Status: activities.ClaimSettled, Reason: got.Reason}, claim)
			ours, err := r.Reclaim(t.Context(), id, got.ClaimedAt, "next", start)
			require.NoError(t, err)
			require.False(t, ours)
		}
	})
}

// TestReleasedForAnEarlierAttemptIsGivenOnce has many attempts give back the claim of an earlier one, as its note asks
// for, and claim the message themselves. One of them gets it.
func TestReleasedForAnEarlierAttemptIsGivenOnce(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "msg")
		r.claimed(t, "msg")
		statuses := make(chan activities.ClaimStatus, 8)
		var group errgroup.Group
		for i := range cap(statuses) {
			group.Go(func() error {
				if err := r.Release(t.Context(), "msg", "first"); err != nil {
					return err
				}
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

func TestACommitWithoutAnAnswerIsUnclear(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx, lose := context.WithCancel(t.Context())
		defer lose()
		err := r.write(ctx, func(context.Context, tx) error { lose(); return nil })
		require.ErrorIs(t, err, activities.ErrUnclear)
		require.NotErrorIs(t, r.write(ctx, func(context.Context, tx) error { return nil }), activities.ErrUnclear, "nothing was begun")
		broken := errors.New("broken")
		err = r.write(t.Context(), func(context.Context, tx) error { return broken })
		require.ErrorIs(t, err, broken)
		require.NotErrorIs(t, err, activities.ErrUnclear)
	})
}

func TestLook(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		look := func() (bool, string) {
			waits, token, err := r.Look(t.Context(), "msg")
			require.NoError(t, err)
			return waits, token
		}
		_, _, err := r.Look(t.Context(), "msg")
		require.ErrorIs(t, err, activities.ErrNotFound)
		r.plan(t, "msg")
		waits, token := look()
		require.True(t, waits)
		require.Empty(t, token)

		r.claimed(t, "msg")
		waits, token = look()
		require.False(t, waits)
		require.Equal(t, "first", token)

		require.NoError(t, r.Confirm(t.Context(), "msg", "first", "p", journey.ReasonSent, start))
		waits, token = look()
		require.False(t, waits)
		require.Empty(t, token)
	})
}
