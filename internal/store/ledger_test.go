package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// message returns what the record says of the only message of a customer.
func (r *record) message(t *testing.T, customerID string) MessageState {
	t.Helper()
	messages, err := r.Messages(t.Context(), customerID)
	require.NoError(t, err)
	require.Len(t, messages, 1)
	return messages[0]
}

func TestLedgerTransitions(t *testing.T) {
	at, later := start.Add(time.Hour), start.Add(2*time.Hour)
	type step = func(ctx context.Context, r *record, id string) error
	claim := func(ctx context.Context, r *record, id string) error {
		_, err := r.Claim(ctx, id, "first", start, wanted)
		return err
	}
	refuse := func(ctx context.Context, r *record, id string) error {
		_, err := r.Claim(ctx, id, "first", at, func(context.Context, activities.Handover) (journey.Reason, error) {
			return journey.ReasonCancelled, nil
		})
		return err
	}
	confirm := func(token, providerID string, reason journey.Reason, at time.Time) step {
		return func(ctx context.Context, r *record, id string) error {
			return r.Confirm(ctx, id, token, providerID, reason, at)
		}
	}
	giveUp := func(reason journey.Reason, at time.Time) step {
		return func(ctx context.Context, r *record, id string) error { return r.GiveUp(ctx, id, reason, "because", at) }
	}
	release := func(token string) step {
		return func(ctx context.Context, r *record, id string) error { return r.Release(ctx, id, token) }
	}
	reclaim := func(ctx context.Context, r *record, id string) error {
		_, err := r.Reclaim(ctx, id, start, "second", later)
		return err
	}
	reclaimGivenBack := func(ctx context.Context, r *record, id string) error {
		_, err := r.Reclaim(ctx, id, time.Time{}, "third", later)
		return err
	}
	reclaimAfterThat := func(ctx context.Context, r *record, id string) error {
		_, err := r.Reclaim(ctx, id, later, "fourth", later)
		return err
	}
	withdraw := func(ctx context.Context, r *record, id string) error {
		var customerID string
		if err := r.readOne(ctx, sqlText("SELECT customer_id FROM messages WHERE id = $1"), []any{id}, &customerID); err != nil {
			return err
		}
		_, err := r.Decide(ctx, customerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			run := in.State.Runs[0]
			run.Status, run.Reason, run.EndedAt = journey.RunEnded, journey.ReasonCancelIf, at
			return journey.Outcome{State: journey.State{Runs: []journey.Run{run}}, Withdrawn: []string{id}}, nil
		})
		return err
	}
	report := func(ctx context.Context, r *record, id string) error {
		return r.RecordReports(ctx, []activities.Report{{ID: "report of " + id, MessageID: id, Kind: "processed", At: at}}, unheard)
	}
	const cancelIf, sent, resent, unknown = journey.ReasonCancelIf, journey.ReasonSent, journey.ReasonResent, journey.ReasonUnknown
	cases := []struct {
		name       string
		steps      []step
		status     string
		reason     journey.Reason
		settledAt  time.Time
		providerID string
	}{
		{"planned", nil, statusPlanned, "", time.Time{}, ""},
		{"claimed", []step{claim}, statusClaimed, "", time.Time{}, ""},
		{"claimed twice", []step{claim, claim}, statusClaimed, "", time.Time{}, ""},
		{"refused by the check", []step{refuse}, statusNotSent, journey.ReasonCancelled, at, ""},
		{"sent", []step{claim, confirm("first", "p", sent, at)}, statusSent, sent, at, "p"},
		{"sent and confirmed again", []step{claim, confirm("first", "p", sent, at), confirm("first", "q", sent, later)}, statusSent, sent, at, "p"},
		{"confirmed without a claim", []step{confirm("first", "p", sent, at)}, statusSent, sent, at, "p"},
		{"confirmed after it was given back", []step{claim, release("first"), confirm("first", "p", sent, at)}, statusSent, sent, at, "p"},
		{"given back", []step{claim, release("first")}, statusPlanned, "", time.Time{}, ""},
		{"given back by another", []step{claim, release("other")}, statusClaimed, "", time.Time{}, ""},
		{"given back too late", []step{claim, confirm("first", "p", sent, at), release("first")}, statusSent, sent, at, "p"},
		{"refused by the provider", []step{claim, giveUp(journey.ReasonRefused, at)}, statusNotSent, journey.ReasonRefused, at, ""},
		{"given up before a claim", []step{giveUp(journey.ReasonTemplate, at)}, statusNotSent, journey.ReasonTemplate, at, ""},
		{"unknown", []step{claim, giveUp(unknown, at)}, statusUnknown, unknown, at, ""},
		{"unknown, then confirmed", []step{claim, giveUp(unknown, at), confirm("first", "p", sent, later)}, statusUnknown, unknown, at, "p"},
		{"unknown, then reported", []step{claim, giveUp(unknown, later), report}, statusUnknown, unknown, later, ""},
		{"sent, then given up", []step{claim, confirm("first", "p", sent, at), giveUp(unknown, later)}, statusSent, sent, at, "p"},
		{"refused, then given up", []step{refuse, giveUp(unknown, later)}, statusNotSent, journey.ReasonCancelled, at, ""},
		{"reported", []step{claim, report}, statusSent, sent, at, ""},
		{"reported, then confirmed", []step{claim, report, confirm("first", "p", sent, later)}, statusSent, sent, at, "p"},
		{"reported after it was given back", []step{claim, release("first"), report}, statusSent, sent, at, ""},
		{"reported, then given up", []step{claim, report, giveUp(unknown, later)}, statusSent, sent, at, ""},
		{"claimed again", []step{claim, reclaim}, statusClaimed, "", time.Time{}, ""},
		{"claimed again and sent", []step{claim, reclaim, confirm("second", "p", resent, later)}, statusSent, resent, later, "p"},
		{"claimed again and reported with an earlier stamp", []step{claim, reclaim, report}, statusSent, resent, later, ""},
		{"confirmed late by the first, then by the second", []step{claim, reclaim, confirm("first", "p", sent, at), confirm("second", "q", resent, later)}, statusSent, resent, at, "p"},
		{"given back by the first after the second has it", []step{claim, reclaim, release("first")}, statusClaimed, "", time.Time{}, ""},
		{"second given back", []step{claim, reclaim, release("second")}, statusClaimed, "", time.Time{}, ""},
		{"second given back twice", []step{claim, reclaim, release("second"), release("second")}, statusClaimed, "", time.Time{}, ""},
		{"second given back, then claimed", []step{claim, reclaim, release("second"), claim}, statusClaimed, "", time.Time{}, ""},
		{"second given back, then refused by the check", []step{claim, reclaim, release("second"), refuse}, statusClaimed, "", time.Time{}, ""},
		{"second given back, then withdrawn", []step{claim, reclaim, release("second"), withdraw}, statusClaimed, "", time.Time{}, ""},
		{"second given back, then unknown", []step{claim, reclaim, release("second"), giveUp(unknown, later)}, statusUnknown, unknown, later, ""},
		{"second given back, then reported: the first arrived", []step{claim, reclaim, release("second"), report}, statusSent, sent, at, ""},
		{"second reported, then given back", []step{claim, reclaim, report, release("second")}, statusSent, resent, later, ""},
		{"second given back, then confirmed late by the first", []step{claim, reclaim, release("second"), confirm("first", "p", sent, at)}, statusSent, sent, at, "p"},
		{"second given back, tried again", []step{claim, reclaim, release("second"), reclaimGivenBack}, statusClaimed, "", time.Time{}, ""},
		{"second given back, tried again and given back too late", []step{claim, reclaim, release("second"), reclaimGivenBack, release("second")}, statusClaimed, "", time.Time{}, ""},
		{"second given back, tried again and sent", []step{claim, reclaim, release("second"), reclaimGivenBack, confirm("third", "p", resent, later)}, statusSent, resent, later, "p"},
		{"second given back, tried again and reported", []step{claim, reclaim, release("second"), reclaimGivenBack, report}, statusSent, resent, later, ""},
		{"second given back, tried again and never confirmed", []step{claim, reclaim, release("second"), reclaimGivenBack, reclaimAfterThat}, statusUnknown, unknown, later, ""},
		{"withdrawn", []step{withdraw}, statusWithdrawn, cancelIf, at, ""},
		{"withdrawn while claimed", []step{claim, withdraw}, statusClaimed, "", time.Time{}, ""},
		{"withdrawn while claimed, then sent", []step{claim, withdraw, confirm("first", "p", sent, later)}, statusSent, sent, later, "p"},
		{"withdrawn, then claimed", []step{withdraw, claim}, statusWithdrawn, cancelIf, at, ""},
		{"withdrawn, then given up", []step{withdraw, giveUp(unknown, later)}, statusWithdrawn, cancelIf, at, ""},
		{"sent, then withdrawn", []step{claim, confirm("first", "p", sent, at), withdraw}, statusSent, sent, at, "p"},
		{"claimed again after sent", []step{claim, confirm("first", "p", sent, at), reclaim}, statusSent, sent, at, "p"},
	}
	each(t, func(t *testing.T, r *record) {
		r.set(24 * time.Hour)
		for i, test := range cases {
			id := fmt.Sprintf("m-%d", i)
			customerID := r.plan(t, id)
			for _, do := range test.steps {
				require.NoError(t, do(t.Context(), r, id), test.name)
			}
			got := r.message(t, customerID)
			require.Equal(t, test.status, got.Status, test.name)
			require.Equal(t, test.reason, got.Reason, test.name)
			require.Equal(t, test.settledAt, got.SettledAt, test.name)
			require.Equal(t, test.providerID, got.ProviderID, test.name)

			r.checkSettlement(t, customerID, test.name, got)
		}
	})
}

// checkSettlement makes sure that the next decision is told the end of a message, if it has one, and is told it once.
func (r *record) checkSettlement(t *testing.T, customerID, name string, message MessageState) {
	t.Helper()
	const unseen = "SELECT COUNT(*) FROM messages WHERE consumed_step IS NULL AND settled_at > 0"
	for range 2 {
		news := scalar[int64](t, r, unseen) == 1
		snapshot := r.decide(t, customerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			var want []journey.Settlement
			if news {
				want = []journey.Settlement{{MessageID: message.ID, Class: journey.Transactional, At: message.SettledAt, Sent: message.Status == statusSent, Reason: message.Reason}}
			}
			require.Equal(t, want, in.Settled, name)
			return journey.Outcome{State: journey.State{Phase: in.State.Phase}}, nil
		})
		require.Equal(t, message.SettledAt.IsZero(), len(snapshot.Effects) == 1, name)
	}
	require.Zero(t, scalar[int64](t, r, unseen), name)
}
