package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"klantreis/activities"
)

// Reports about messages that were handed over after an instant. They lie close together in the index, so that the first
// and the last of them are found at once.
var (
	firstReceivedSQL = sqlText(`SELECT received_at FROM provider_events WHERE received_at > $1 AND handed_at > $1
		ORDER BY received_at LIMIT 1`)
	lastReceivedSQL = sqlText(`SELECT received_at FROM provider_events WHERE received_at > $1 AND handed_at > $1
		ORDER BY received_at DESC LIMIT 1`)
)

// readReception says from when until when reports reached us about messages that were handed over after an instant. A
// report of a message that was handed over before says nothing: it may have waited for long to reach us, like the one
// that is missed.
func readReception(ctx context.Context, t tx, since time.Time) (activities.Reception, error) {
	var ends [2]time.Time
	for i, q := range []statement{firstReceivedSQL, lastReceivedSQL} {
		var received int64
		err := t.row(ctx, q, []any{micros(since)}, &received)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return activities.Reception{}, fmt.Errorf("read when reports reached us: %w", err)
		}
		ends[i] = instant(received)
	}
	return activities.Reception{From: ends[0], Until: ends[1]}, nil
}
