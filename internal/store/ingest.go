package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"klantreis/journey"
)

// ErrNewerMap says that events were looked at with a map that is not the live one any more.
var ErrNewerMap = errors.New("a newer map is live")

// AnyVersion is the version of an interest that is right whichever map is live.
const AnyVersion = math.MaxInt64

// Ingest stores events in one transaction; once it has returned without an error, they are kept.
//
// An event whose MessageID is known already, from the record or from earlier in the batch, is a duplicate and is left
// out. An event with a UserID belongs to that customer, who is made when new. An AnonymousID belongs to the first UserID
// that it meets, with all its earlier events, and stays there; an event with nothing but an AnonymousID belongs to that
// customer, or to a visitor who wakes nobody yet. An alias event links its PreviousID to its UserID in the same way when
// that is an AnonymousID that belongs to nobody; two customers it does not join, see Merge.
//
// Every event that wakes makes or raises the wake row of its customer; so does whatever makes a customer, when a time counts
// from then. The interest that says so is of a version of the
// map; when a newer one is live, nothing is stored, and the answer is ErrNewerMap. An event that comes in after a map was
// published is therefore never looked at with an older one.
func (s *Store) Ingest(ctx context.Context, events []journey.Event, version int64, interest func(journey.Event) journey.Interest) (stored, duplicates int, err error) {
	if len(events) == 0 {
		return 0, 0, nil
	}
	err = s.writeEvents(ctx, func(ctx context.Context, t tx) error {
		fresh, err := s.dropDuplicates(ctx, t, events)
		if err != nil {
			return err
		}
		stored = len(fresh)
		return s.insertEvents(ctx, t, fresh, version, interest)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("ingest %d events: %w", len(events), err)
	}
	return stored, len(events) - stored, nil
}

// insertEvents stores events that are no duplicates.
func (s *Store) insertEvents(ctx context.Context, t tx, events []journey.Event, version int64, interest func(journey.Event) journey.Interest) error {
	if len(events) == 0 {
		return nil
	}
	wakes := newWakeBumps(s.now())
	owners, err := s.resolve(ctx, t, events, wakes)
	if err != nil {
		return fmt.Errorf("resolve identities: %w", err)
	}
	if err := s.insertOwned(ctx, t, events, owners, Judging{Interest: interest, Version: version}, wakes); err != nil {
		return err
	}
	return wakes.write(ctx, t)
}

// insertOwned stores events, at least one, of which the owners are known, "" for a visitor's, with what they say about
// messages. It adds those that wake to wakes.
func (s *Store) insertOwned(ctx context.Context, t tx, events []journey.Event, owners []string, in Judging, wakes *wakeBumps) error {
	rows := make([]eventRow, len(events))
	for i, event := range events {
		var err error
		judged := in.Interest(event)
		judged.Wakes = judged.Wakes || judged.Newcomer && wakes.newcomers[owners[i]]
		if rows[i], err = newEventRow(i, event, owners[i], judged); err != nil {
			return err
		}
		if owners[i] != "" && rows[i].Wakes == 1 {
			wakes.add(owners[i], rows[i].Urgent)
		}
	}
	inserted, err := t.exec(ctx, insertEventsSQL, records{rows}, in.Version)
	if err != nil {
		return fmt.Errorf("insert events: %w", err)
	}
	if inserted == 0 {
		return ErrNewerMap
	}
	return s.recordConsents(ctx, t, events, owners)
}

// messageIDRow is a messageId on its way into the record.
type messageIDRow struct {
	MessageID  string `json:"message_id"`
	ReceivedAt int64  `json:"received_at"`
}

var insertMessageIDsSQL = sqlText(`INSERT INTO message_ids (message_id, received_at)
	SELECT message_id, received_at FROM json_to_recordset($1::json) AS r (message_id text, received_at bigint)
	WHERE true ORDER BY message_id ON CONFLICT (message_id) DO NOTHING
	RETURNING message_id, EXISTS (SELECT 1 FROM erased_persons)`)

// dropDuplicates returns the events whose messageIds are new, and remembers those. An event without one is always new. Those of
// customers who were erased since are left out too.
func (s *Store) dropDuplicates(ctx context.Context, t tx, events []journey.Event) ([]journey.Event, error) {
	if err := s.together(ctx, t); err != nil {
		return nil, err
	}
	looked := s.someErased.Load()
	if looked {
		kept, err := s.dropErased(ctx, t, events)
		if err != nil || len(kept) == 0 {
			return nil, err
		}
		events = kept
	}
	fresh, erased, err := s.dropKnown(ctx, t, events)
	if err == nil && erased && !looked {
		s.someErased.Store(true)
		return nil, errSomeErased
	}
	return fresh, err
}

// errSomeErased says that the record knows of its first erasure, so that events have to be looked at for who was erased. That
// comes before anything of them is stored: what is deleted again would still lie in the file.
var errSomeErased = errors.New("there are erasures now")

// writeEvents is write for what calls dropDuplicates.
func (s *Store) writeEvents(ctx context.Context, fn func(context.Context, tx) error) error {
	err := s.write(ctx, fn)
	if errors.Is(err, errSomeErased) {
		return s.write(ctx, fn)
	}
	return err
}

// dropKnown returns the events whose messageIds are new, and whether anybody may have been erased.
func (s *Store) dropKnown(ctx context.Context, t tx, events []journey.Event) (fresh []journey.Event, erased bool, err error) {
	at := micros(s.now())
	candidates := make([]journey.Event, len(events))
	var rows []messageIDRow
	for i, event := range events {
		candidates[i] = storable(event)
		if candidates[i].MessageID != "" {
			rows = append(rows, messageIDRow{candidates[i].MessageID, at})
		}
	}
	if len(rows) == 0 {
		return candidates, false, nil
	}
	// Two batches that share ids must meet them in the same order, or each would wait for the other.
	slices.SortFunc(rows, func(a, b messageIDRow) int { return strings.Compare(a.MessageID, b.MessageID) })
	inserted, err := all(ctx, t, func(row scanner) (id string, err error) {
		err = row.Scan(&id, &erased)
		return id, err
	}, insertMessageIDsSQL, records{slices.Compact(rows)})
	if err != nil {
		return nil, false, fmt.Errorf("insert message ids: %w", err)
	}
	unseen := map[string]bool{"": true}
	for _, id := range inserted {
		unseen[id] = true
	}
	fresh = candidates[:0]
	for _, event := range candidates {
		if unseen[event.MessageID] {
			fresh = append(fresh, event)
			unseen[event.MessageID] = event.MessageID == ""
		}
	}
	return fresh, erased, nil
}

var pruneMessageIDsSQL = sqlText(`DELETE FROM message_ids WHERE message_id IN
	(SELECT message_id FROM message_ids WHERE received_at < $1 LIMIT $2)`)

// PruneMessageIDs forgets at most limit messageIds that were received before a real instant, and returns how many: an
// event posted again after that is a new one.
func (s *Store) PruneMessageIDs(ctx context.Context, before time.Time, limit int) (int, error) {
	var pruned int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		pruned, err = t.exec(ctx, pruneMessageIDsSQL, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune message ids: %w", err)
	}
	return int(pruned), nil
}
