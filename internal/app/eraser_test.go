package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// elsewhere is Temporal and the mail provider, each failing for a while.
type elsewhere struct {
	workflowFails, providerFails []error
	lingers                      int // how often the workflow is still there
	ended, told                  []string
}

func (f *elsewhere) remove(_ context.Context, customerID string) (bool, error) {
	if len(f.workflowFails) > 0 {
		err := f.workflowFails[0]
		f.workflowFails = f.workflowFails[1:]
		return false, err
	}
	f.ended = append(f.ended, customerID)
	f.lingers--
	return f.lingers < 0, nil
}

// Erase implements forgetter.
func (f *elsewhere) Erase(_ context.Context, addresses []string) (string, error) {
	if len(f.providerFails) > 0 {
		err := f.providerFails[0]
		f.providerFails = f.providerFails[1:]
		return "", err
	}
	f.told = append(f.told, addresses...)
	return "", nil
}

// erasing is a record with an eraser, and a clock.
type erasing struct {
	*elsewhere
	*eraser
	record *store.Store
	at     time.Time
}

func newErasing(t *testing.T, cfg config.Config, f *elsewhere) *erasing {
	t.Helper()
	e := &erasing{elsewhere: f, at: start}
	record, err := store.Open(t.Context(), string(cfg.Record.Database), func() time.Time { return e.at })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	e.record = record
	e.eraser = &eraser{record: record, workflow: f.remove, provider: f, now: func() time.Time { return e.at }, log: slog.New(slog.DiscardHandler)}
	return e
}

// work does all that is due.
func (e *erasing) work(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = e.look(t.Context())
		require.NoError(t, err)
	}
}

func (e *erasing) state(t *testing.T) store.ErasureState {
	t.Helper()
	states, err := e.record.Erasures(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, states, 1)
	return states[0]
}

// bothRecords runs a test on both databases, with a process that has a customer, jan, who ordered.
func bothRecords(t *testing.T, test func(t *testing.T, cfg config.Config)) {
	t.Helper()
	for name, change := range map[string]func(*config.Config){
		"sqlite":   func(*config.Config) {},
		"postgres": func(c *config.Config) { c.Record.Database = config.Secret(testserver.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := setup(t)
			change(&cfg)
			require.NoError(t, Migrate(t.Context(), cfg.Record, now))
			serve(t, cfg).order(t, "jan", "A1")
			test(t, cfg)
		})
	}
}

// TestErasuresGoOn has every step fail, and the process die in every one of them: another one goes on.
func TestErasuresGoOn(t *testing.T) {
	t.Parallel()
	bothRecords(t, func(t *testing.T, cfg config.Config) {
		f := &elsewhere{
			workflowFails: []error{errors.New("Temporal is away"), context.Canceled}, lingers: 2,
			providerFails: []error{
				&activities.MailError{Status: 429, Message: "too many requests", RetryAfter: time.Minute},
				&activities.MailError{Status: 403, Message: "access forbidden"},
				&activities.MailError{Message: "no answer in time"},
			},
		}
		e := newErasing(t, cfg, f)
		shown := &Erasures{record: e.record, now: e.now}
		erasure, err := shown.Erase(t.Context(), access.Actor{Kind: access.CommandLine, Name: "ann"}, "jan", "", false)
		require.NoError(t, err)
		require.NotEmpty(t, erasure.Steps)
		for range 40 {
			// The process dies after it took a step, and another one has no part in that.
			_, _, err := e.record.TakeErasureStep(t.Context(), e.at, e.at.Add(eraseLease))
			require.NoError(t, err)
			e = &erasing{elsewhere: f, eraser: newErasing(t, cfg, f).eraser, record: e.record, at: e.at}
			e.now = func() time.Time { return e.at }
			e.at = e.at.Add(eraseLease / 2)
			e.work(t)
			for _, s := range e.state(t).Steps {
				require.NotContains(t, s.Trouble, "jan")
			}
			if !e.state(t).DoneAt.IsZero() {
				break
			}
		}
		require.False(t, e.state(t).DoneAt.IsZero(), "%+v", e.state(t))
		require.Equal(t, []string{"jan@example.net"}, f.told)
		require.Contains(t, f.ended, erasure.CustomerID)
		_, err = e.record.Erase(t.Context(), store.Erasing{UserID: "jan"})
		require.ErrorIs(t, err, store.ErrNotFound)
		again, err := shown.Erase(t.Context(), access.Actor{}, "jan", "", false)
		require.NoError(t, err, "asked for twice")
		require.Equal(t, erasure.ID, again.ID)
	})
}

func TestWhatCouldNotBeErasedIsNamed(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	a := serve(t, cfg)
	a.order(t, "jan", "A1")
	f := &elsewhere{}
	for range 5 {
		f.providerFails = append(f.providerFails, &activities.MailError{Status: 403, Message: "access forbidden"})
	}
	e := newErasing(t, cfg, f)
	admin := bearerOf("admin-token")
	status, answer := a.do(t, http.MethodDelete, "/api/v1/customers/jan", `{"reason":"mail of jan@example.net"}`, admin)
	require.Equal(t, http.StatusBadRequest, status, answer)
	status, answer = a.do(t, http.MethodDelete, "/api/v1/customers/jan", `{"reason":"a letter","suppress":true}`, admin)
	require.Equal(t, http.StatusAccepted, status, answer)
	e.work(t)
	_, answer = a.do(t, http.MethodGet, "/api/v1/erasures", "", admin)
	require.Contains(t, answer, `SendGrid answered 403: access forbidden (its API key needs the scope recipients.erasejob.create`)
	require.Contains(t, answer, `"suppressed":true`)
	_, metrics := a.do(t, http.MethodGet, "/metrics", "", admin)
	require.Contains(t, metrics, "klantreis_erasures_open 1")
	require.Contains(t, metrics, "klantreis_erasures_troubled 1")
	for range 10 {
		e.at = e.at.Add(time.Hour)
		e.work(t)
	}
	_, metrics = a.do(t, http.MethodGet, "/metrics", "", admin)
	require.Contains(t, metrics, "klantreis_erasures_open 0")
	one, found, err := a.record.SuppressionFor(t.Context(), "jan@example.net", "jan")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "erasure", one.Source)
}

// TestNobodyIsMailedAfterTheAnswer erases a customer whose mail was claimed a moment ago: the answer waits until it has gone.
func TestNobodyIsMailedAfterTheAnswer(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	_, err := r.record.Claim(t.Context(), r.messageID, "token", start.Add(-handoverLasts+50*time.Millisecond), func(context.Context, activities.Handover) (journey.Reason, error) {
		return "", nil
	})
	require.NoError(t, err)
	began := time.Now()
	status, answer := r.do(t, http.MethodDelete, "/api/v1/customers/jan", "", bearerOf("admin-token"))
	require.Equal(t, http.StatusAccepted, status, answer)
	require.GreaterOrEqual(t, time.Since(began), 50*time.Millisecond)
	var erasure api.Erasure
	require.NoError(t, json.Unmarshal([]byte(answer), &erasure))
	for _, s := range erasure.Steps {
		require.Equal(t, s.Step == store.StepProvider, s.NextAt.After(start), "the provider is told after it can have the mail")
	}
	status, _ = r.do(t, http.MethodGet, r.path, "", nil)
	require.Equal(t, http.StatusOK, status, "her link still works")
	status, _ = r.do(t, http.MethodPost, r.path, oneClick, http.Header{"Content-Type": {urlencoded}})
	require.Equal(t, http.StatusOK, status)
	one, found, err := r.record.SuppressionOf(t.Context(), "jan@example.net")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "page", one.Source)
}

// TestALateAliasOfWhoWasErased joins nobody to them.
func TestALateAliasOfWhoWasErased(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	a.order(t, "jan", "A1")
	a.order(t, "piet", "A2")
	_, err := (&Erasures{record: a.record, now: now}).Erase(t.Context(), access.Actor{}, "jan", "", false)
	require.NoError(t, err)
	for _, alias := range []string{`"userId":"jan","previousId":"piet"`, `"userId":"piet","previousId":"jan"`} {
		status, answer := a.do(t, http.MethodPost, "/v1/alias", `{"writeKey":"write-key",`+alias+`,"timestamp":"2026-02-01T00:00:00Z"}`, nil)
		require.Equal(t, http.StatusOK, status, answer)
	}
	known, err := a.record.CustomerIDs(t.Context(), []string{"jan", "piet"})
	require.NoError(t, err)
	require.Len(t, known, 1)
	customer, found, err := a.record.CustomerByUserID(t.Context(), "piet")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "piet", customer.UserID)
}

func TestExportOfACustomer(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	a.order(t, "jan", "A1")
	status, answer := a.do(t, http.MethodGet, "/api/v1/customers/jan/export", "", bearerOf("admin-token"))
	require.Equal(t, http.StatusOK, status)
	var export struct {
		Format, UserID string
		Complete       bool
		Events         []struct{ Traits, Properties map[string]any }
		Customers      []map[string]any
		Suppressions   []any
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &export), answer)
	require.Equal(t, ExportFormat, export.Format)
	require.Equal(t, "jan", export.UserID)
	require.True(t, export.Complete)
	require.Len(t, export.Events, 2)
	require.Equal(t, "jan@example.net", export.Events[0].Traits["email"])
	require.Equal(t, "A1", export.Events[1].Properties["order_id"])
	require.Equal(t, "jan", export.Customers[0]["user_id"])
	require.NotNil(t, export.Suppressions)

	failing := &exportWriter{w: brokenPipe{}, at: start}
	require.Error(t, failing.row("events", nil))
	var whole strings.Builder
	require.ErrorIs(t, (&Erasures{record: a.record, now: now}).Export(t.Context(), "nobody", &whole), ErrUnknownCustomer)
	require.Empty(t, whole.String())
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestErasuresAreCarriedOutAgain sets the record back to a backup from before an erasure.
func TestErasuresAreCarriedOutAgain(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	a := open(t, cfg)
	a.handler()
	running := serve(t, cfg)
	running.order(t, "jan", "A1")
	running.order(t, "piet", "A2")
	backup := t.TempDir() + "/backup.db"
	require.NoError(t, a.record.Backup(t.Context(), backup))
	e := &Erasures{record: a.record, now: now}
	_, err := e.Erase(t.Context(), access.Actor{}, "jan", "", true)
	require.NoError(t, err)
	running.order(t, "kees", "A3")
	_, err = e.Erase(t.Context(), access.Actor{}, "kees", "", false)
	require.NoError(t, err)
	list, err := e.Hashes(t.Context())
	require.NoError(t, err)
	text, err := json.Marshal(list)
	require.NoError(t, err)
	require.NotContains(t, string(text), "jan")

	restored, err := OpenErasures(t.Context(), config.Record{Database: config.Secret("sqlite:" + backup)}, now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, restored.Close()) })
	for _, want := range []int{1, 0} {
		n, err := restored.Again(t.Context(), access.Actor{}, list)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	known, err := restored.record.CustomerIDs(t.Context(), []string{"jan", "piet", "kees"})
	require.NoError(t, err)
	require.Len(t, known, 1)
	require.NotEmpty(t, known["piet"])
	_, found, err := restored.record.SuppressionOf(t.Context(), "jan@example.net")
	require.NoError(t, err)
	require.True(t, found)
	same, err := restored.Hashes(t.Context())
	require.NoError(t, err)
	require.Equal(t, list, same)
}
