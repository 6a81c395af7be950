package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"klantreis/activities"
	"klantreis/journey"
)

// gate lets everybody wait who is not of a class, and counts who asks.
type gate struct {
	open  journey.Class
	asked int
}

func (g *gate) Wait(_ context.Context, class journey.Class) time.Duration {
	g.asked++
	if class == g.open {
		return 0
	}
	return 7 * time.Second
}

// TestAClosedGateLeavesTheMessageAlone: whoever has to wait claims nothing and holds no place.
func TestAClosedGateLeavesTheMessageAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.acts.Gate = &gate{open: journey.Service}
	kind, pause := b.again(t)
	require.Equal(t, activities.TypeClosed, kind)
	require.Equal(t, 7*time.Second, pause)
	require.Empty(t, b.calls)

	b.acts.Gate = &gate{open: journey.Transactional}
	require.Equal(t, journey.ReasonSent, b.sent(t))
}

// TestOnlyHandOversAskTheGate keeps what looks for a report again and again, for up to a day, from using up the provider's
// rate, or the few hand-overs by which it is tried whether an ill one is well again.
func TestOnlyHandOversAskTheGate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bench func(*testing.T) *bench
		asked int
		want  journey.Reason // empty when it is tried again
	}{
		"planned":                           {setup, 1, journey.ReasonSent},
		"waits for its report":              {func(t *testing.T) *bench { return crashed(t, journey.Transactional) }, 0, ""},
		"waits for its report, marketing":   {func(t *testing.T) *bench { return crashed(t, journey.Marketing) }, 0, ""},
		"sent again":                        {due, 1, journey.ReasonResent},
		"not taken, its claim left behind":  {func(t *testing.T) *bench { return leftBehind(t, journey.Transactional) }, 1, journey.ReasonSent},
		"settled":                           {settledAs(journey.ReasonSent), 0, journey.ReasonSent},
		"taken, and the record was away":    {takenWithoutRecord, 0, journey.ReasonSent},
		"due again, but not wanted anymore": {unwantedAgain, 0, journey.ReasonUnknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := tt.bench(t)
			g := &gate{open: journey.Transactional}
			b.acts.Gate, b.fails = g, nil
			if tt.want == "" {
				b.again(t)
			} else {
				require.Equal(t, tt.want, b.sent(t))
			}
			require.Equal(t, tt.asked, g.asked)
		})
	}
}

// settledAs returns a message that is settled, and whose attempt did not hear of it.
func settledAs(reason journey.Reason) func(*testing.T) *bench {
	return func(t *testing.T) *bench {
		t.Helper()
		b := setup(t)
		b.ledger.reason = reason
		return b
	}
}

// takenWithoutRecord returns a message that the provider took while the record was away.
func takenWithoutRecord(t *testing.T) *bench {
	t.Helper()
	b := setup(t)
	b.fails["confirm"] = errAway
	_, err := b.attempt(t)
	require.Error(t, err)
	return b
}

// unwantedAgain returns a message that may be sent once more now, and is not wanted any more.
func unwantedAgain(t *testing.T) *bench {
	t.Helper()
	b := due(t)
	b.ledger.handover.Unconsumed = []journey.Event{orderEvent("Order Cancelled", "A1")}
	return b
}

// TestASecondSendingIsNotSpentAtAClosedGate leaves the claim of which nobody knows as it is.
func TestASecondSendingIsNotSpentAtAClosedGate(t *testing.T) {
	t.Parallel()
	b := due(t)
	b.acts.Gate = &gate{open: journey.Service}
	kind, _ := b.again(t)
	require.Equal(t, activities.TypeClosed, kind)
	require.Equal(t, []string{"claim"}, b.calls)
	b.acts.Gate = nil
	require.Equal(t, journey.ReasonResent, b.sent(t))
}

// givenBack is a record that shows a claim although it was given back.
type givenBack struct{ *ledger }

func (givenBack) Look(context.Context, string) (bool, string, error) {
	return false, "of a slow worker", nil
}

// TestNothingIsClaimedThatDidNotAskTheGate gives a claim back between the look and the claim.
func TestNothingIsClaimedThatDidNotAskTheGate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.acts.Ledger = givenBack{b.ledger}
	_, err := b.attempt(t)
	require.ErrorContains(t, err, "its claim was given back meanwhile")
	require.False(t, b.ledger.claimed)
	b.acts.Ledger = b.ledger
	require.Equal(t, journey.ReasonSent, b.sent(t))
}

// TestToWaitIsNoError keeps what is expected out of the logs and counts of errors: a mail that waits for the provider or for
// its report comes back many times.
func TestToWaitIsNoError(t *testing.T) {
	t.Parallel()
	category := func(b *bench) temporal.ApplicationErrorCategory {
		_, err := b.attempt(t)
		var later *temporal.ApplicationError
		require.ErrorAs(t, err, &later)
		return later.Category()
	}
	closed := setup(t)
	closed.acts.Gate = &gate{open: journey.Service}
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, category(closed))

	b := setup(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailUnknown}}
	require.Equal(t, temporal.ApplicationErrorCategoryUnspecified, category(b), "nobody knows whether it was sent")
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, category(b), "waits for the report")
}
