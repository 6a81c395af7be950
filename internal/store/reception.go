package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	// longestPause is how much of the time between two reports counts: they may have stayed away because there was nothing to
	// report, or because nothing could reach us.
	longestPause = 3 * time.Minute
	// enoughReception is more than anybody asks for; what goes beyond is not looked for.
	enoughReception = time.Hour
)

// Reports about messages that were handed over after an instant. They lie close together in the index, so that each of these
// is found at once.
var (
	firstReceivedSQL = sqlText(`SELECT received_at FROM provider_events WHERE received_at > $1 AND handed_at > $1
		ORDER BY received_at LIMIT 1`)
	// nextReceivedSQL finds the last one after $2 that is not after $3, or else the next.
	nextReceivedSQL = sqlText(`SELECT COALESCE(
		(SELECT received_at FROM provider_events WHERE received_at > $2 AND received_at <= $3 AND handed_at > $1
			ORDER BY received_at DESC LIMIT 1),
		(SELECT received_at FROM provider_events WHERE received_at > $2 AND handed_at > $1
			ORDER BY received_at LIMIT 1), 0)`)
)

// readReception says for how long reports reached us about messages that were handed over after an instant. A report of a
// message that was handed over before says nothing: it may have waited for long to reach us, like the one that is missed.
//
// It goes from report to report in steps of the longest pause. Two steps cover at least that much, so there are few.
func readReception(ctx context.Context, t tx, since time.Time) (time.Duration, error) {
	var at int64
	err := t.row(ctx, firstReceivedSQL, []any{micros(since)}, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	lasted := int64(0)
	for err == nil && lasted < enoughReception.Microseconds() {
		var next int64
		err = t.row(ctx, nextReceivedSQL, []any{micros(since), at, at + longestPause.Microseconds()}, &next)
		if next == 0 {
			break
		}
		lasted += min(next-at, longestPause.Microseconds())
		at = next
	}
	if err != nil {
		return 0, fmt.Errorf("read when reports reached us: %w", err)
	}
	return time.Duration(lasted) * time.Microsecond, nil
}
