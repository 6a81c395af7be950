package store

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// Statements that run for every event, decision or claim must find their rows by an index, however large the record is.
func TestHotStatementsUseIndexes(t *testing.T) {
	hot := map[string]struct {
		q     statement
		args  []any
		index string
	}{
		"find customers":       {selectCustomersSQL, []any{[]string{"u"}}, "customers"},
		"find devices":         {selectDevicesSQL, []any{[]string{"a"}}, "devices"},
		"adopt":                {adoptEventsSQL, []any{[]string{"a"}, int64(0)}, "events_visitor"},
		"unconsumed events":    {unconsumedSQL, []any{"c", eventLimit}, "events_unconsumed"},
		"horizon":              {horizonSQL, []any{"c", 1}, "events_unconsumed"},
		"events at handover":   {handoverEventsSQL, []any{"c"}, "events_unconsumed"},
		"past events":          {namedSQL, []any{"c", []string{"n"}, 0}, "events_past"},
		"open messages":        {openSQL, []any{"c", "h", "p"}, "messages_unconsumed"},
		"waiting wakes":        {sqlText(`SELECT customer_id FROM wakes WHERE signalled_at IS NULL ORDER BY urgent DESC, since LIMIT $1`), []any{10}, "wakes_waiting"},
		"stale wakes":          {sqlText(`SELECT customer_id FROM wakes WHERE signalled_at IS NOT NULL AND stale_at < $1 ORDER BY stale_at LIMIT $2`), []any{1, 10}, "wakes_stale"},
		"overdue":              {sqlText(`SELECT id FROM customers WHERE next_wake < $1 ORDER BY next_wake LIMIT $2`), []any{1, 10}, "customers_next_wake"},
		"customer decisions":   {customerDecisionsSQL, []any{10, 99, "c"}, "decisions_customer"},
		"behind":               {sqlText(`SELECT id FROM customers WHERE active_runs > 0 AND map_version < $1 ORDER BY map_version LIMIT $2`), []any{2, 10}, "customers_behind"},
		"all behind":           {sqlText(`SELECT id FROM customers WHERE step > 0 AND map_version < $1 ORDER BY map_version LIMIT $2`), []any{2, 10}, "customers_version"},
		"newcomers":            {sqlText(`SELECT id FROM customers WHERE step = 0 AND created_at < $1 ORDER BY created_at LIMIT $2`), []any{1, 10}, "customers_new"},
		"count behind":         {behindSQL, nil, "customers_behind"},
		"oldest version":       {oldestVersionSQL, nil, "customers_version"},
		"standing":             {standingSQL, nil, "runs_active"},
		"standing runs":        {standingRunsSQL, []any{"t", "s", 1, "", 0, 10}, "runs_active"},
		"first received":       {firstReceivedSQL, []any{1}, "provider_events_received"},
		"next received":        {nextReceivedSQL, []any{1, 2, 3}, "provider_events_received"},
		"lost sends":           {sqlText(`SELECT message_id FROM lost_sends WHERE settled = '' AND send_key = $1`), []any{"k"}, "lost_sends_open"},
		"suppressed":           {suppressionsSQL, []any{[]string{"h"}}, "suppressions"},
		"consents":             {consentsSQL, []any{"c", 10, 10}, "consents_customer"},
		"visitors' consents":   {consentsSQL, []any{"c", 10, 10}, "consents_visitor"},
		"known consents":       {knownConsentsSQL, []any{[]string{"m"}}, "consents_message"},
		"histories":            {historyEventsSQL, []any{[]string{"c", "d"}}, "events_past"},
		"oldest events":        {pruneEventsSQL, []any{[]int64{1, 2}}, "primary key of events"},
		"portion of events":    {oldestEventsSQL, []any{0, 10}, "primary key of events"},
		"runs that may ask":    {pruneEventsSQL, []any{[]int64{1, 2}}, "runs_"},
		"unread events":        {wakeUnreadSQL, []any{[]int64{1}, 1, 10}, "primary key of events"},
		"oldest visitors":      {oldestVisitorEventsSQL, []any{1, 10}, "events_visitor_oldest"},
		"visitors' events":     {pruneVisitorEventsSQL, []any{[]int64{1}}, "events"},
		"forgotten consents":   {pruneVisitorConsentsSQL, []any{[]string{"a"}}, "consents_visitor"},
		"forgotten devices":    {pruneDevicesSQL, []any{[]string{"a"}}, "events_visitor"},
		"old tasks":            {pruneTasksSQL, []any{1, 10}, "tasks_done"},
		"old audit lines":      {pruneAuditSQL, []any{1, 10}, "primary key of audit"},
		"old decisions":        {pruneDecisionsSQL, []any{1, 10}, "primary key of decisions"},
		"old reports":          {pruneReportsSQL, []any{1, 10}, "provider_events_received"},
		"old messageIds":       {pruneMessageIDsSQL, []any{1, 10}, "message_ids_received"},
		"old rejected events":  {pruneRejectedSQL, []any{1, 10}, "rejected_events_received"},
		"old lost sends":       {pruneLostSQL, []any{1, 10}, "lost_sends_learnt"},
		"old sessions":         {pruneSessionsSQL, []any{1, 1, 10}, "sessions_"},
		"answer to a question": {answerSQL, []any{"c", "n", "m"}, "events_past"},
		"unconsumed answer":    {answerSQL, []any{"c", "n", "m"}, "events_unconsumed"},
		"whom news concerns":   {concernedSQL, []any{"632", "", 0, 10}, "events_product"},
		"oldest news":          {nextNewsSQL, nil, "shop_news_oldest"},
	}
	each(t, func(t *testing.T, r *record) {
		var events []journey.Event
		for i := range 2000 {
			events = append(events, track(fmt.Sprint(i), fmt.Sprintf("u-%d", i%1000), fmt.Sprint(i), "wake"))
		}
		r.ingest(t, waking, events...)
		execute(t, r, "UPDATE events SET consumed_step = 1 WHERE seq % 2 = 0")
		if r.dialect == postgres {
			execute(t, r, "ANALYZE")
		}
		for name, test := range hot {
			require.NoError(t, r.run(t.Context(), r.writer, nil, func(ctx context.Context, tx tx) error {
				// Going through this index in its order ends at the limit.
				plan := strings.ReplaceAll(explain(ctx, t, tx, test.q, test.args), "SCAN events USING INDEX events_visitor_oldest", "events_visitor_oldest")
				require.Contains(t, plan, indexName(tx, test.index), "%s\n%s", name, plan)
				require.NotContains(t, plan, "Seq Scan on events", "%s\n%s", name, plan)
				require.NotContains(t, plan, "SCAN events", "%s\n%s", name, plan)
				return nil
			}), name)
		}
	})
}

// indexName returns what a plan calls an index. SQLite's primary keys have no name.
func indexName(t tx, index string) string {
	table, primary := strings.CutPrefix(index, "primary key of ")
	switch {
	case !primary:
		return index
	case t.dialect == postgres:
		return table + "_pkey"
	default:
		return "USING INTEGER PRIMARY KEY"
	}
}

// explain returns the plan of a statement. A small table may be read whole, so PostgreSQL is told that this is dear.
func explain(ctx context.Context, t *testing.T, tx tx, q statement, args []any) string {
	t.Helper()
	prefix := "EXPLAIN QUERY PLAN "
	if tx.dialect == postgres {
		prefix = "EXPLAIN "
		_, err := tx.inner.ExecContext(ctx, "SET LOCAL enable_seqscan = off")
		require.NoError(t, err)
	}
	lines, err := all(ctx, tx, func(row scanner) (line string, err error) {
		if tx.dialect == postgres {
			return scanText(row)
		}
		var id, parent, unused int
		err = row.Scan(&id, &parent, &unused, &line)
		return line, err
	}, statement{postgres: prefix + q.postgres, sqlite: prefix + q.sqlite}, args...)
	require.NoError(t, err)
	return strings.Join(lines, "\n")
}
