package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// A send is lost when the provider has a message that the record does not know: the record was set back to a backup, or a
// power cut took its last commits. The engine would plan that message again, perhaps under another id, because the customer
// is made anew or the step is reached at another instant. What stays the same is the send key, which the provider gives back
// in its reports. So a report about an unknown message is kept here, and who comes to the same step of the same run finds it.

// lostRow is a lost send on its way into the record.
type lostRow struct {
	MessageID  string `json:"message_id"`
	SendKey    string `json:"send_key"`
	CustomerID string `json:"customer_id"`
	Touchpoint string `json:"touchpoint"`
	SentAt     int64  `json:"sent_at"`
	LearntAt   int64  `json:"learnt_at"`
}

// noteLostSQL keeps the earliest instant of several reports.
var noteLostSQL = sqlText(`INSERT INTO lost_sends (message_id, send_key, customer_id, touchpoint, sent_at, learnt_at)
	SELECT message_id, send_key, customer_id, touchpoint, sent_at, learnt_at
	FROM json_to_recordset($1::json) AS r (message_id text, send_key text, customer_id text, touchpoint text,
		sent_at bigint, learnt_at bigint)
	WHERE true ORDER BY message_id ON CONFLICT (message_id) DO UPDATE SET sent_at =
		CASE WHEN excluded.sent_at < lost_sends.sent_at THEN excluded.sent_at ELSE lost_sends.sent_at END`)

// noteLost keeps the sends of ours that are reported and that the record does not know, but not those to customers who were
// erased. What the reports say against an address counts all the same.
func (s *Store) noteLost(ctx context.Context, t tx, reports []activities.Report, known map[string]*reported) error {
	var lost []activities.Report
	for _, report := range reports {
		if known[report.MessageID] != nil || report.SendKey == "" {
			continue
		}
		ours, err := s.ourSendKey(ctx, t, report.SendKey)
		if err != nil {
			return err
		}
		if ours {
			lost = append(lost, report)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	kept, err := withoutErased(ctx, t, lost)
	if err != nil {
		return fmt.Errorf("look for who was erased: %w", err)
	}
	if rows := lostRows(kept, s.now()); len(rows) > 0 {
		if _, err := t.exec(ctx, noteLostSQL, records{rows}); err != nil {
			return fmt.Errorf("note lost sends: %w", err)
		}
	}
	// Reports about them may come twice, so a reader who subscribed again stays suppressed until they say so once more.
	lost = slices.DeleteFunc(lost, func(r activities.Report) bool { return r.Kind == activities.ReportResubscribed })
	return s.suppress(ctx, t, lost, func(r activities.Report) string { return r.CustomerID })
}

// lostRows makes one row of each message, with the earliest of its reports.
func lostRows(lost []activities.Report, now time.Time) []lostRow {
	var rows []lostRow
	for _, report := range lost {
		at := report.At
		if at.IsZero() || at.After(now) {
			at = now
		}
		rows = append(rows, lostRow{
			MessageID: report.MessageID, SendKey: report.SendKey, CustomerID: report.CustomerID,
			Touchpoint: report.Touchpoint, SentAt: micros(at), LearntAt: micros(now),
		})
	}
	slices.SortFunc(rows, func(a, b lostRow) int {
		return cmp.Or(cmp.Compare(a.MessageID, b.MessageID), cmp.Compare(a.SentAt, b.SentAt))
	})
	return slices.CompactFunc(rows, func(a, b lostRow) bool { return a.MessageID == b.MessageID })
}

// clockSlack is how far the clock of a provider, which stamps to the second, may be from ours.
const clockSlack = time.Minute

// takeLostSQL finds a lost send of the key, and the same message before others. One that was sent before the instant $3
// is of an earlier run.
var takeLostSQL = sqlText(`UPDATE lost_sends SET settled = $2 WHERE message_id = (
		SELECT message_id FROM lost_sends WHERE settled = '' AND send_key = ANY($1) AND sent_at >= $3
		ORDER BY CASE WHEN message_id = $2 THEN 0 ELSE 1 END, sent_at, message_id LIMIT 1 FOR UPDATE)
	RETURNING sent_at`)

// takeLost settles a message as sent when it turns out to be one that was sent before the record was set back; it answers
// whether it did.
func (s *Store) takeLost(ctx context.Context, t tx, m ledgerMessage, h activities.Handover) (bool, error) {
	clock, err := readClock(ctx, t)
	if err != nil {
		return false, err
	}
	since := int64(0)
	if !uniqueRun(h.Run) {
		since = micros(clock.Real(h.Run.StartedAt).Add(-clockSlack))
	}
	keys, err := s.sendKeys(ctx, t, h)
	if err != nil {
		return false, err
	}
	var sentAt int64
	err = t.row(ctx, takeLostSQL, []any{keys, m.ID, since}, &sentAt)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look among lost sends: %w", err)
	}
	at := clock.Journey(instant(sentAt))
	return true, settle(ctx, t, m, statusSent, journey.ReasonSent, "sent before the record was set back, as the provider reports", at)
}

var formerUserIDsSQL = sqlText(`SELECT user_id FROM customer_aliases WHERE customer_id = $1`)

// sendKeys returns by what a send may be known: it may have gone to one who was merged into its customer since.
func (s *Store) sendKeys(ctx context.Context, t tx, h activities.Handover) ([]string, error) {
	former, err := all(ctx, t, scanText, formerUserIDsSQL, h.CustomerID)
	if err != nil {
		return nil, fmt.Errorf("read former ids of customer %s: %w", h.CustomerID, err)
	}
	keys := []string{h.SendKey}
	for _, h.UserID = range former {
		key, err := s.sendKey(ctx, t, h)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// uniqueRun tells whether there can be no other run of the same touchpoint, key and number: then it is known by these,
// whenever its event is posted again. Other runs are numbered, and the first after the record was set back may be of a later
// event than the first before.
func uniqueRun(r journey.Run) bool { return r.Key != "" && r.Nth == 1 }

var pruneLostSQL = sqlText(`DELETE FROM lost_sends WHERE message_id IN
	(SELECT message_id FROM lost_sends WHERE learnt_at < $1 LIMIT $2)`)

// PruneLostSends forgets at most limit lost sends that were learnt of before a real instant, and returns how many.
func (s *Store) PruneLostSends(ctx context.Context, before time.Time, limit int) (int, error) {
	var pruned int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		pruned, err = t.exec(ctx, pruneLostSQL, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune lost sends: %w", err)
	}
	return int(pruned), nil
}

var countLostSQL = sqlText(`SELECT COUNT(*) FROM (SELECT 1 FROM lost_sends WHERE settled = '' LIMIT 10000) AS a`)

// CountLostSends returns how many sends the provider reported that the record does not know, and that no message was found
// to be yet. Counting stops at 10,000.
func (s *Store) CountLostSends(ctx context.Context) (int, error) {
	var n int
	if err := s.readOne(ctx, countLostSQL, nil, &n); err != nil {
		return 0, fmt.Errorf("count lost sends: %w", err)
	}
	return n, nil
}
