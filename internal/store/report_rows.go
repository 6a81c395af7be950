package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"klantreis/activities"
)

// reportRow is a report on its way into the record.
type reportRow struct {
	ID         string `json:"id"`
	MessageID  string `json:"message_id"`
	Kind       string `json:"kind"`
	HappenedAt int64  `json:"happened_at"`
	Detail     string `json:"detail"`
	URL        string `json:"url"`
	ReceivedAt int64  `json:"received_at"`
	HandedAt   int64  `json:"handed_at"`
}

var insertReportsSQL = sqlText(`INSERT INTO provider_events (id, message_id, kind, happened_at, detail, url, received_at, handed_at)
	SELECT id, message_id, kind, happened_at, detail, url, received_at, handed_at
	FROM json_to_recordset($1::json) AS r (id text, message_id text, kind text, happened_at bigint, detail text, url text,
		received_at bigint, handed_at bigint)
	WHERE true ORDER BY id ON CONFLICT (id) DO NOTHING RETURNING id`)

// insertReports stores the reports about known messages and returns those that are new, the earliest first. The address
// that a report is about is not stored.
func (s *Store) insertReports(ctx context.Context, t tx, reports []activities.Report, messages map[string]*reported) ([]activities.Report, error) {
	now := s.now()
	byID := map[string]activities.Report{}
	for _, report := range reports {
		if m := messages[report.MessageID]; m != nil {
			report.At = m.during(report.At, now)
			byID[report.ID] = report
		}
	}
	rows := make([]reportRow, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		report := byID[id]
		rows = append(rows, reportRow{
			ID: id, MessageID: report.MessageID, Kind: string(report.Kind), HappenedAt: micros(report.At), Detail: report.Detail,
			URL: report.URL, ReceivedAt: micros(now), HandedAt: micros(messages[report.MessageID].claimedAt),
		})
	}
	inserted, err := all(ctx, t, scanText, insertReportsSQL, records{rows})
	if err != nil {
		return nil, fmt.Errorf("insert reports: %w", err)
	}
	fresh := make([]activities.Report, len(inserted))
	for i, id := range inserted {
		fresh[i] = byID[id]
	}
	slices.SortFunc(fresh, func(a, b activities.Report) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return fresh, nil
}

// during moves the instant of a report to where it can lie. A provider may stamp to the second, and by a clock of its own;
// but nothing is reported of a message before it was claimed, nor before it happened.
func (m *reported) during(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		at = now
	}
	if at.Before(m.claimedAt) {
		at = m.claimedAt
	}
	return at.Truncate(time.Microsecond)
}
