package app

import (
	"database/sql" //nolint:depguard // the test breaks what the record itself would never store
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/store"
	"klantreis/journey"
)

// damage changes what is stored, behind the back of everybody.
func damage(t *testing.T, cfg config.Config, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(string(cfg.Record.Database), "sqlite:")+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), query)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// decideAll decides about a customer as a worker does, at an instant, until there is nothing more to decide about.
func (a *App) decideAll(t *testing.T, userID string, at time.Time) store.Customer {
	t.Helper()
	customer, _, err := a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	acts := activities.New(activities.Options{Decider: a.record, Maps: a.maps, Clock: a.clock, Now: func() time.Time { return at }})
	for more, tries := true, 0; more && tries < 20; tries++ {
		result, err := acts.Decide(t.Context(), activities.DecideInput{CustomerID: customer.State.CustomerID})
		require.NoError(t, err)
		more = result.More
	}
	customer, _, err = a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	return customer
}

func TestParkedEventIsRetried(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		after time.Duration
		runs  int
	}{
		"while it is fresh":  {time.Hour, 3},
		"when it is too old": {50 * time.Hour, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := setup(t)
			a := serve(t, cfg)
			admin := http.Header{"Authorization": {"Bearer admin-token"}}
			for _, order := range []string{"A1", "A2", "A3"} {
				a.order(t, "jan", order)
			}
			damage(t, cfg, `UPDATE events SET properties = '{"order_id' WHERE message_id = 'order A2'`)
			customer := a.decideAll(t, "jan", start)
			require.Len(t, customer.State.Runs, 2, "the other orders are confirmed")

			_, answer := a.do(t, http.MethodGet, "/api/v1/parked", "", admin)
			require.Contains(t, answer, `"userId":"jan","messageId":"order A2","type":"track","name":"Order Completed"`)
			require.Contains(t, answer, `"code":"unreadable"`)
			require.Contains(t, answer, `"customers":[]`)
			_, metrics := a.do(t, http.MethodGet, "/metrics", "", bearerOf("admin-token"))
			require.Contains(t, metrics, "klantreis_events_parked 1")
			require.Contains(t, metrics, "klantreis_customers_troubled 0")

			damage(t, cfg, `UPDATE events SET properties = '{"order_id": "A2"}' WHERE message_id = 'order A2'`)
			status, answer := a.do(t, http.MethodPost, "/api/v1/parked/retry", "", admin)
			require.Equal(t, http.StatusOK, status)
			require.JSONEq(t, `{"retried":1}`, answer)
			customer = a.decideAll(t, "jan", start.Add(test.after))
			require.Len(t, customer.State.Runs, test.runs)
			require.EqualValues(t, 3, customer.State.Facts.Orders, "it counts however old it is")
			status, _ = a.do(t, http.MethodPost, "/api/v1/parked/4/retry", "", admin)
			require.Equal(t, http.StatusNotFound, status)

			story, err := Why(t.Context(), cfg.Record, now, "jan", "", 100)
			require.NoError(t, err)
			var words []string
			for _, d := range story.Decisions {
				if d.Kind == journey.DecidedParked || d.Kind == journey.DecidedRetried {
					words = append(words, d.Words)
				}
			}
			require.Equal(t, []string{
				"Put an event aside, Order Completed: nothing could be decided with it (unreadable).",
				"Took an event up again, Order Completed: somebody asked for it.",
			}, words)
		})
	}
}
