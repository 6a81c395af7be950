package torture

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// evidence is everything that the checker looks at.
type evidence struct {
	// posted is what the shop knows, mails and reports are what the provider knows. The rest is what the record holds.
	posted  []posted
	mails   []mail
	reports []acknowledged
	// objectors are the users who did something to a mail by which they are not mailed any more, and what.
	objectors map[string][]string

	events    []storedEvent
	runs      []storedRun
	messages  []storedMessage
	decisions []storedDecision
	customers []storedCustomer
	// kept are the provider's reports, suppressed the customers of whom an address must not be mailed, and objecting those who
	// said that they do not want mails.
	kept                  []storedReport
	suppressed, objecting []string
	wakes                 int
	// forgotten are the customers who at some instant had an event that wakes and no wake row.
	forgotten []string
	// failed are workflows that failed, which none may.
	failed int
	// clock turns journey time into real time. at is when the evidence was taken.
	clock clock
	at    time.Time
	// patience is for how long a mail that nobody confirmed waits for its report.
	patience time.Duration
}

// clock is the record's clock.
type clock struct {
	J0, R0 time.Time
	Speed  float64
}

func (c clock) journey(real time.Time) time.Time {
	return c.J0.Add(time.Duration(float64(real.Sub(c.R0)) * c.Speed))
}

func (c clock) real(journey time.Time) time.Time {
	return c.R0.Add(time.Duration(float64(journey.Sub(c.J0)) / c.Speed))
}

// instant reads microseconds; 0 is none.
func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// gather reads the record, what the provider holds, and the ledger.
func (in *installation) gather(l *ledger) *evidence {
	in.t.Helper()
	e := &evidence{posted: l.all(), reports: readReports(in.t, in.folder)}
	require.NoError(in.t, json.Unmarshal([]byte(in.ask("/mails")), &e.mails))
	e.events = rows(in, `SELECT seq, message_id, user_id, COALESCE(customer_id, ''), name, properties, wakes = 1, consumed_step IS NOT NULL,
		COALESCE(consumed_step, 0) FROM events ORDER BY seq`, func(r *sql.Rows) (s storedEvent, err error) {
		var properties string
		err = r.Scan(&s.Seq, &s.MessageID, &s.UserID, &s.CustomerID, &s.Name, &properties, &s.Wakes, &s.Consumed, &s.ConsumedStep)
		var told struct {
			OrderID string  `json:"order_id"`
			Total   float64 `json:"total"`
		}
		_ = json.Unmarshal([]byte(properties), &told) // Those of an identify are empty.
		s.OrderID, s.Total = told.OrderID, told.Total
		return s, err
	})
	e.customers = rows(in, `SELECT id, user_id, COALESCE(next_wake, 0), facts FROM customers`, func(r *sql.Rows) (s storedCustomer, err error) {
		var next int64
		var facts []byte
		err = r.Scan(&s.ID, &s.UserID, &next, &facts)
		s.NextWake = instant(next)
		var known struct {
			Orders     int     `json:"orders"`
			TotalSpent float64 `json:"totalSpent"`
		}
		if err == nil {
			err = json.Unmarshal(facts, &known)
		}
		s.Orders, s.Spent = known.Orders, known.TotalSpent
		return s, err
	})
	e.runs = rows(in, `SELECT id, customer_id, touchpoint, run_key, status, reason, CASE WHEN status = 'active' THEN due ELSE 0 END FROM runs`,
		func(r *sql.Rows) (s storedRun, err error) {
			var due int64
			err = r.Scan(&s.ID, &s.CustomerID, &s.Touchpoint, &s.Key, &s.Status, &s.Reason, &due)
			s.Due = instant(due)
			return s, err
		})
	e.messages = rows(in, `SELECT id, customer_id, run_id, touchpoint, template, class, status, reason, claimed_at, resent = 1, consumed_step IS NOT NULL FROM messages`,
		func(r *sql.Rows) (s storedMessage, err error) {
			var claimed int64
			err = r.Scan(&s.ID, &s.CustomerID, &s.RunID, &s.Touchpoint, &s.Template, &s.Class, &s.Status, &s.Reason, &claimed, &s.Resent, &s.Consumed)
			s.ClaimedAt = instant(claimed)
			return s, err
		})
	e.decisions = rows(in, `SELECT customer_id, kind, reason, touchpoint, run_id, step, message_id, event_seq, decided_in FROM decisions`,
		func(r *sql.Rows) (s storedDecision, err error) {
			err = r.Scan(&s.CustomerID, &s.Kind, &s.Reason, &s.Touchpoint, &s.RunID, &s.Step, &s.MessageID, &s.EventSeq, &s.DecidedIn)
			return s, err
		})
	e.kept = rows(in, `SELECT id, message_id, kind FROM provider_events`, func(r *sql.Rows) (s storedReport, err error) {
		err = r.Scan(&s.ID, &s.MessageID, &s.Kind)
		return s, err
	})
	id := func(r *sql.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	}
	e.suppressed = rows(in, `SELECT customer_id FROM suppressions`, id)
	e.objecting = rows(in, `SELECT customer_id FROM consents WHERE given = 0 AND customer_id IS NOT NULL
		UNION SELECT customer_id FROM events WHERE name = 'Message Unsubscribed' AND customer_id IS NOT NULL`, id)
	e.wakes = in.number(`SELECT COUNT(*) FROM wakes`)
	e.clock = rows(in, `SELECT j0, r0, speed FROM clock`, func(r *sql.Rows) (c clock, err error) {
		var j0, r0 int64
		err = r.Scan(&j0, &r0, &c.Speed)
		c.J0, c.R0 = instant(j0), instant(r0)
		return c, err
	})[0]
	e.at = time.Now()
	return e
}

// rows reads all rows of a query.
func rows[T any](in *installation, query string, scan func(*sql.Rows) (T, error)) []T {
	in.t.Helper()
	found, err := in.record.QueryContext(context.Background(), query)
	require.NoError(in.t, err)
	defer found.Close()
	var all []T
	for found.Next() {
		one, err := scan(found)
		require.NoError(in.t, err)
		all = append(all, one)
	}
	require.NoError(in.t, found.Err())
	return all
}

// readReports reads what of the provider's reports the engine acknowledged.
func readReports(t *testing.T, folder string) []acknowledged {
	t.Helper()
	file, err := os.Open(acksFile(folder))
	require.NoError(t, err)
	defer file.Close()
	var all []acknowledged
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var one acknowledged
		if json.Unmarshal(lines.Bytes(), &one) == nil { // A kill may have left half a line.
			all = append(all, one)
		}
	}
	return all
}
