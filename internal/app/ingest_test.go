package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// TestEventsAreKeptWithoutAMapThatCanBeUsed posts an order while the live map cannot be compiled, and while there is none.
func TestEventsAreKeptWithoutAMapThatCanBeUsed(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]*versions{"of a newer program": {live: 1}, "none is published": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v.reading(func(context.Context, int64) error { return errors.New("it is of a newer program") })
			a := serve(t, setup(t))
			woken := 0
			i := ingestor{
				record: a.record, maps: newMaps(v), woken: func() { woken++ }, log: slog.New(slog.DiscardHandler),
			}
			result, err := i.Ingest(t.Context(), []journey.Event{{
				MessageID: "1", Type: journey.TypeTrack, Name: "Order Completed", UserID: "anna", Timestamp: start, ReceivedAt: start,
			}})
			require.NoError(t, err)
			require.Equal(t, 1, result.Stored)
			require.Equal(t, 1, woken)
			wakes, err := a.record.ClaimWakes(t.Context(), start, 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, wakes, 1)
			require.True(t, wakes[0].Urgent)
		})
	}
}
