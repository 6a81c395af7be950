package store

import (
	"context"
	"fmt"
	"time"

	"klantreis/journey"
)

// longestStep is the longest step of a real clock that is followed, see journey.Receipts.
const longestStep = 24 * time.Hour

// followReceipts corrects, in place, the instants of unconsumed events that were stamped by a clock behind the one that
// stamped those before. When clients send journey time, that is right whatever our clocks do.
func followReceipts(ctx context.Context, t tx, from journey.Receipts, events []journey.Event) (moved []int, after journey.Receipts, err error) {
	most := time.Duration(0)
	if from.Backwards(events) {
		clock, err := readClock(ctx, t)
		if err != nil {
			return nil, from, err
		}
		if !clock.Started {
			most = clock.Journey(clock.R0.Add(longestStep)).Sub(clock.Journey(clock.R0))
		}
	}
	moved, after = from.Follow(events, most)
	return moved, after, nil
}

// stampRow is an event whose instants were corrected.
type stampRow struct {
	Seq        int64 `json:"seq"`
	StampedAt  int64 `json:"stamped_at"`
	ReceivedAt int64 `json:"received_at"`
}

var saveStampsSQL = sqlText(`UPDATE events SET stamped_at = r.stamped_at, received_at = r.received_at
	FROM json_to_recordset($1::json) AS r (seq bigint, stamped_at bigint, received_at bigint) WHERE events.seq = r.seq`)

// saveMoved keeps the corrected instants, so that everybody who looks back sees what the decision saw.
func saveMoved(ctx context.Context, t tx, events []journey.Event, moved []int) error {
	if len(moved) == 0 {
		return nil
	}
	rows := make([]stampRow, len(moved))
	for i, at := range moved {
		e := events[at]
		rows[i] = stampRow{Seq: e.Seq, StampedAt: e.Timestamp.UnixMicro(), ReceivedAt: e.ReceivedAt.UnixMicro()}
	}
	if _, err := t.exec(ctx, saveStampsSQL, records{rows}); err != nil {
		return fmt.Errorf("correct instants of events: %w", err)
	}
	return nil
}
