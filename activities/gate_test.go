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

// gate lets everybody wait who is not of a class.
type gate struct{ open journey.Class }

func (g gate) Wait(_ context.Context, class journey.Class) time.Duration {
	if class == g.open {
		return 0
	}
	return 7 * time.Second
}

// TestAClosedGateLeavesTheMessageAlone: whoever has to wait claims nothing and holds no place.
func TestAClosedGateLeavesTheMessageAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.acts.Gate = gate{open: journey.Service}
	kind, pause := b.again(t)
	require.Equal(t, activities.TypeClosed, kind)
	require.Equal(t, 7*time.Second, pause)
	require.Empty(t, b.calls)

	b.acts.Gate = gate{open: journey.Transactional}
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
	closed.acts.Gate = gate{open: journey.Service}
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, category(closed))

	b := setup(t)
	b.mailer.errs = []error{&activities.MailError{Fault: activities.MailUnknown}}
	require.Equal(t, temporal.ApplicationErrorCategoryUnspecified, category(b), "nobody knows whether it was sent")
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, category(b), "waits for the report")
}
