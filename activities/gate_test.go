package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
