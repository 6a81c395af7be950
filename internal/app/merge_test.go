package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// batch posts events, given as JSON with commas between.
func (a *App) batch(t *testing.T, events string) {
	t.Helper()
	status, answer := a.do(t, http.MethodPost, "/v1/batch", `{"writeKey":"write-key","batch":[`+events+`]}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.NotContains(t, answer, "rejected")
}

// shownID returns the userId on the card of a customer; empty when there is none.
func (a *App) shownID(t *testing.T, userID string) string {
	t.Helper()
	_, answer := a.do(t, http.MethodGet, "/api/v1/customers/"+userID, "", http.Header{"Authorization": {"Bearer admin-token"}})
	var card struct{ UserID string }
	require.NoError(t, json.Unmarshal([]byte(answer), &card))
	return card.UserID
}

const (
	trackOld = `{"type":"track","userId":"old","event":"X"}`
	trackNew = `{"type":"track","userId":"new","event":"X"}`
	aliasNew = `{"type":"alias","previousId":"old","userId":"new","messageId":"alias"}`
)

func TestAliasMakesTwoCustomersOne(t *testing.T) {
	t.Parallel()
	for name, batches := range map[string][]string{
		"both are known":            {trackOld, trackNew, aliasNew},
		"only the former is known":  {trackOld, aliasNew},
		"all at once":               {trackOld + "," + aliasNew + "," + trackNew},
		"in the wrong order":        {aliasNew + "," + trackNew + "," + trackOld},
		"the alias before them":     {aliasNew, trackOld, trackNew},
		"the alias first of all":    {trackNew, aliasNew, trackOld},
		"the alias before, twice":   {aliasNew, aliasNew, trackOld},
		"again":                     {trackOld, aliasNew, aliasNew, trackOld},
		"the alias is heard twice":  {trackOld + "," + aliasNew, trackNew + "," + aliasNew},
		"a chain":                   {trackOld, `{"type":"alias","previousId":"old","userId":"mid"},{"type":"alias","previousId":"mid","userId":"new"}`},
		"a device that knows both":  {`{"type":"track","anonymousId":"d","event":"X"}`, `{"type":"track","anonymousId":"d","userId":"old","event":"X"}`, aliasNew},
		"there and back":            {trackOld, aliasNew, `{"type":"alias","previousId":"new","userId":"old"}`},
		"with somebody else beside": {trackOld + `,{"type":"track","userId":"other","event":"X"}`, aliasNew + `,{"type":"alias","previousId":"phone","userId":"other"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, setup(t))
			for _, events := range batches {
				a.batch(t, events)
			}
			require.Equal(t, "new", a.shownID(t, "old"))
			require.Equal(t, "new", a.shownID(t, "new"))
			ids, err := a.record.CustomerIDs(t.Context(), []string{"phone"})
			require.NoError(t, err)
			require.Empty(t, ids, "an alias of a device makes nobody")
		})
	}
}

func TestMergeByAPerson(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	a := serve(t, cfg)
	a.batch(t, trackOld+","+trackNew+`,{"type":"track","userId":"third","event":"X"}`)
	admin := http.Header{"Authorization": {"Bearer admin-token"}}
	status, answer := a.do(t, http.MethodPost, "/api/v1/customers/new/merge", `{"userId":"old"}`, admin)
	require.Equal(t, http.StatusOK, status, answer)
	require.JSONEq(t, `{"merged":true}`, answer)
	status, _ = a.do(t, http.MethodPost, "/api/v1/customers/new/merge", `{"userId":"nobody"}`, admin)
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, "new", a.shownID(t, "old"))

	merged, err := MergeCustomers(t.Context(), cfg.Record, now, access.Actor{Kind: access.CommandLine, Name: "ann"}, "third", "old")
	require.NoError(t, err)
	require.True(t, merged)
	require.Equal(t, "new", a.shownID(t, "third"))
	changes, err := a.record.Audit(t.Context(), store.AuditFilter{Action: "customer.merge", Limit: 10})
	require.NoError(t, err)
	require.Len(t, changes, 2, "once by the API, once by a command")
	require.Equal(t, access.Actor{Kind: access.CommandLine, Name: "ann"}, changes[0].By)
	require.Equal(t, access.BuiltIn, changes[1].By.Name)
	require.NotContains(t, string(changes[0].Was), "third", "only our own ids")
	_, err = MergeCustomers(t.Context(), cfg.Record, now, access.Actor{Kind: access.CommandLine, Name: "ann"}, "nobody", "new")
	require.ErrorIs(t, err, ErrNoCustomer)
}

// TestTheLiveMapJoins merges two customers whose runs have one key under two names of one touchpoint.
func TestTheLiveMapJoins(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	m := merger{record: a.record, maps: a.maps, woken: func() {}}
	joiner, err := m.joiner(t.Context())
	require.NoError(t, err)
	require.NotNil(t, joiner.(*journey.Map).Touchpoints)

	m.record, m.maps = openRecord(t, setup(t)), nil
	t.Cleanup(func() { require.NoError(t, m.record.Close()) })
	joiner, err = m.joiner(t.Context())
	require.NoError(t, err)
	require.Nil(t, joiner.(*journey.Map).Touchpoints, "no map is live")
}

// TestEventsBesideAnAliasThatFails are stored all the same.
func TestEventsBesideAnAliasThatFails(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	a.batch(t, trackOld)
	// A map that is live but cannot be read now.
	v := &versions{live: 1}
	v.reading(func(context.Context, int64) error { return errors.New("the record is slow") })
	i := ingestor{record: a.record, maps: newMaps(v), woken: func() {}, log: slog.New(slog.DiscardHandler)}
	_, err := i.Ingest(t.Context(), []journey.Event{
		{MessageID: "1", Type: journey.TypeAlias, Name: journey.TypeAlias, UserID: "new", PreviousID: "old", Timestamp: start, ReceivedAt: start},
		{MessageID: "2", Type: journey.TypeTrack, Name: "X", UserID: "new", Timestamp: start, ReceivedAt: start},
	})
	require.ErrorContains(t, err, "alias: ")
	ids, err := a.record.CustomerIDs(t.Context(), []string{"old", "new"})
	require.NoError(t, err)
	require.Len(t, ids, 2)
	require.NotEqual(t, ids["old"], ids["new"])
	a.batch(t, `{"type":"alias","previousId":"old","userId":"new","messageId":"1"}`)
	require.Equal(t, "new", a.shownID(t, "old"), "its sender tried again")
}

// TestAnAliasThatTakesTooLongStopsNoOtherEvent: a worker stands still in the middle of a decision about a customer whom an alias
// names.
func TestAnAliasThatTakesTooLongStopsNoOtherEvent(t *testing.T) {
	t.Parallel()
	url := testserver.Postgres(t)
	require.NoError(t, Migrate(t.Context(), config.Record{Database: config.Secret(url)}, time.Now))
	record, err := store.Open(t.Context(), url, time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	event := func(id, typ, user, previous string) journey.Event {
		return journey.Event{MessageID: id, Type: typ, Name: typ, UserID: user, PreviousID: previous, Timestamp: start, ReceivedAt: start}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	i := ingestor{record: record, maps: newMaps(record), woken: func() {}, log: slog.New(slog.DiscardHandler)}
	_, err = i.Ingest(ctx, []journey.Event{
		event("1", journey.TypeTrack, "old", ""), event("2", journey.TypeTrack, "new", ""),
		event("3", journey.TypeTrack, "phone", ""), event("4", journey.TypeTrack, "ann", ""),
	})
	require.NoError(t, err)

	old, _, err := record.CustomerByUserID(ctx, "old")
	require.NoError(t, err)
	still, goOn, decided := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := record.Decide(context.WithoutCancel(ctx), old.State.CustomerID, 0, func(context.Context, journey.Input) (journey.Outcome, error) {
			close(still)
			<-goOn
			return journey.Outcome{}, nil
		})
		decided <- err
	}()
	<-still

	i.woken = func() {
		if _, found, _ := record.CustomerByUserID(ctx, "other"); found {
			stop() // the sender gives up once the events are stored
		}
	}
	_, err = i.Ingest(ctx, []journey.Event{
		event("5", journey.TypeAlias, "new", "old"), event("6", journey.TypeAlias, "ann", "phone"), event("7", journey.TypeTrack, "other", ""),
	})
	require.Error(t, err, "its sender is told to try again")
	for user, of := range map[string]string{"other": "other", "phone": "ann", "old": "old"} {
		customer, found, err := record.CustomerByUserID(t.Context(), user)
		require.NoError(t, err)
		require.True(t, found, user)
		require.Equal(t, of, customer.UserID)
	}
	close(goOn)
	require.NoError(t, <-decided)
}
