package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// What the record knows of who was erased are hashes under its own key: of the shop's ids, of devices, and of the messageIds
// that are in the window of deduplication. They are looked at before anything of an event is stored.

// hashDevice returns what stands for a device where its anonymousId is not kept.
func (s *Store) hashDevice(ctx context.Context, t tx, anonymousID string) (string, error) {
	return s.keyedUnless(ctx, t, "device\x00", anonymousID)
}

// hashMessageID returns what stands for the messageId of an event where it is not kept.
func (s *Store) hashMessageID(ctx context.Context, t tx, messageID string) (string, error) {
	return s.keyedUnless(ctx, t, "message\x00", messageID)
}

// keyedUnless returns the hash of a text of some kind, and of no text none.
func (s *Store) keyedUnless(ctx context.Context, t tx, kind, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	return s.keyed(ctx, t, kind+text)
}

// together keeps erasures from beginning until the transaction ends, and waits for one that is under way. Without it an event
// could be looked at before an erasure and stored after it.
func (s *Store) together(ctx context.Context, t tx) error {
	for _, q := range s.dialect.together {
		if _, err := t.inner.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("wait for an erasure: %w", err)
		}
	}
	return nil
}

// erasedRow asks whether an event is about somebody who was erased.
type erasedRow struct {
	Pos       int    `json:"pos"`
	Message   string `json:"message"`
	Person    string `json:"person"`
	Former    string `json:"former"`
	StampedAt int64  `json:"stamped_at"`
}

var erasedSQL = sqlText(`SELECT r.pos FROM json_to_recordset($1::json) AS r (pos bigint, message text, person text, former text, stamped_at bigint)
		WHERE EXISTS (SELECT 1 FROM erased_message_ids m WHERE m.hash = r.message)
		OR EXISTS (SELECT 1 FROM erased_persons p WHERE p.hash = r.person AND p.erased_at > r.stamped_at)
		OR EXISTS (SELECT 1 FROM erased_persons p WHERE p.hash = r.former AND p.erased_at > r.stamped_at)`)

// dropErased returns the events without those of customers who were erased since: what was stamped before that, and what is
// known by its messageId. Later ones are those of somebody new. Of the messageIds of those that are dropped it keeps hashes.
func (s *Store) dropErased(ctx context.Context, t tx, events []journey.Event) ([]journey.Event, error) {
	stored := make([]journey.Event, len(events))
	for i := range events {
		stored[i] = storable(events[i])
	}
	rows, erased, err := s.findErased(ctx, t, stored)
	if err != nil || len(erased) == 0 {
		return events, err
	}
	var kept []journey.Event
	var hashes []messageIDRow
	for i, event := range events {
		if !slices.Contains(erased, i) {
			kept = append(kept, event)
		} else if rows[i].Message != "" {
			hashes = append(hashes, messageIDRow{rows[i].Message, micros(s.now())})
		}
	}
	if len(hashes) == 0 {
		return kept, nil
	}
	_, err = t.exec(ctx, keepMessageIDsSQL, records{hashes})
	return kept, err
}

// findErased returns what is asked about events, and the positions of those that are about somebody who was erased.
func (s *Store) findErased(ctx context.Context, t tx, events []journey.Event) (rows []erasedRow, erased []int, err error) {
	rows = make([]erasedRow, len(events))
	for i, event := range events {
		if rows[i], err = s.newErasedRow(ctx, t, i, event); err != nil {
			return nil, nil, err
		}
	}
	erased, err = all(ctx, t, func(row scanner) (pos int, err error) {
		err = row.Scan(&pos)
		return pos, err
	}, erasedSQL, records{rows})
	return rows, erased, err
}

// WithoutErased returns the events but those about customers who were erased since.
func (s *Store) WithoutErased(ctx context.Context, events []journey.Event) ([]journey.Event, error) {
	var kept []journey.Event
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		stored := make([]journey.Event, len(events))
		for i := range events {
			stored[i] = storable(events[i])
		}
		_, erased, err := s.findErased(ctx, t, stored)
		kept = nil
		for i, event := range events {
			if !slices.Contains(erased, i) {
				kept = append(kept, event)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for who was erased: %w", err)
	}
	return kept, nil
}

func (s *Store) newErasedRow(ctx context.Context, t tx, pos int, event journey.Event) (erasedRow, error) {
	row := erasedRow{Pos: pos, StampedAt: event.Timestamp.UnixMicro()}
	var err error
	if row.Message, err = s.hashMessageID(ctx, t, event.MessageID); err != nil {
		return row, err
	}
	if event.UserID != "" {
		row.Person, err = s.hashPerson(ctx, t, event.UserID)
	} else {
		row.Person, err = s.hashDevice(ctx, t, event.AnonymousID)
	}
	if err != nil {
		return row, err
	}
	if event.Type == journey.TypeAlias {
		row.Former, err = s.hashPerson(ctx, t, event.PreviousID)
	}
	return row, err
}

var erasedCustomersSQL = sqlText(`SELECT customer_id FROM erased_customers WHERE customer_id = ANY($1)`)

// withoutErased returns the reports but those about customers who were erased.
func withoutErased(ctx context.Context, t tx, reports []activities.Report) ([]activities.Report, error) {
	ids := make([]string, len(reports))
	for i, report := range reports {
		ids[i] = storableText(report.CustomerID)
	}
	erased, err := all(ctx, t, scanText, erasedCustomersSQL, ids)
	if err != nil || len(erased) == 0 {
		return reports, err
	}
	return slices.DeleteFunc(slices.Clone(reports), func(r activities.Report) bool {
		return slices.Contains(erased, storableText(r.CustomerID))
	}), nil
}

var pruneErasedIDsSQL = sqlText(`DELETE FROM erased_message_ids WHERE hash IN
	(SELECT hash FROM erased_message_ids WHERE received_at < $1 LIMIT $2)`)

// PruneErasedMessageIDs forgets at most limit hashes of messageIds that were received before a real instant, and returns how many.
func (s *Store) PruneErasedMessageIDs(ctx context.Context, before time.Time, limit int) (int, error) {
	var pruned int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		pruned, err = t.exec(ctx, pruneErasedIDsSQL, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune erased message ids: %w", err)
	}
	return int(pruned), nil
}
