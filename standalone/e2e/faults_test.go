package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/cli"
	"klantreis/internal/testserver"
)

// shortOutage is how long parts stay away that no decision waits for. With KLANTREIS_OUTAGE it is that long.
func shortOutage(t *testing.T) time.Duration {
	t.Helper()
	return outage(t) / 8
}

const thanksMap = `
journey: thanks
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: thanks, phase: care, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: thanks}}]}
`

// answer is what an HTTP request was answered.
type answer struct {
	status     int
	retryAfter string
	body       string
	took       time.Duration
}

// tryPost posts events with ids of their own, and returns the answer. A status of 0 means that there was none.
func (e *engine) tryPost(events ...map[string]any) answer {
	body, err := json.Marshal(map[string]any{"batch": events})
	require.NoError(e.t, err)
	req, err := http.NewRequest(http.MethodPost, e.base+"/v1/batch", bytes.NewReader(body))
	require.NoError(e.t, err)
	req.SetBasicAuth(writeKey, "")
	return e.try(req)
}

// try makes a request.
func (e *engine) try(req *http.Request) answer {
	e.t.Helper()
	began := time.Now()
	client := &http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return answer{body: err.Error(), took: time.Since(began)}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(e.t, err)
	return answer{resp.StatusCode, resp.Header.Get("Retry-After"), string(text), time.Since(began)}
}

// tryGet gets a path without a key.
func (e *engine) tryGet(path string) answer {
	e.t.Helper()
	req, err := http.NewRequest(http.MethodGet, e.base+path, nil)
	require.NoError(e.t, err)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	return e.try(req)
}

// named gives an event a messageId, so that it can be posted again.
func named(event map[string]any, id string) map[string]any {
	event["messageId"] = id
	return event
}

// orderOf is the order of a new customer, which may be posted again.
func orderOf(user string) []map[string]any {
	return []map[string]any{
		named(identify(user, "en"), "who "+user), named(track(user, "Order Completed", "o-"+user), "order "+user),
	}
}

// requireOneEach waits until every user has the thanks for their order, and makes sure that nobody has two.
func (in *inside) requireOneEach(within time.Duration, users []string) {
	in.t.Helper()
	for _, user := range users {
		in.eventually(within, "the mail of "+user, func() bool { return len(in.mails(user, "thanks")) > 0 })
	}
	in.quiet(2*time.Second, users[0], "thanks", 1)
	for _, user := range users {
		require.Len(in.t, in.mails(user, "thanks"), 1, user)
	}
}

// TestRedisIsFlushedAndAway empties Redis in the middle of a run and takes it away, with all that uses it in use.
func TestRedisIsFlushedAndAway(t *testing.T) {
	t.Parallel()
	redisAddr := testserver.Redis(t)
	line := newWire(t, redisAddr)
	var log logbook
	in := startInsideWith(t, sqliteFile(t), mapFolder(t, thanksMap, "thanks"), 1, func(cfg *config.Config, o *app.Options) {
		cfg.Redis.URL = config.Secret("redis://" + line.addr())
		cfg.SendGrid.PerSecond, cfg.HTTP.IngestRate = 50, 1000
		o.Log = cli.Logger(&log, "info")
	})
	client := redis.NewClient(&redis.Options{Addr: redisAddr})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	var users []string
	order := func() {
		user := fmt.Sprintf("user%d", len(users))
		users = append(users, user)
		require.Equal(t, http.StatusOK, in.tryPost(orderOf(user)...).status)
	}
	for range 10 {
		order()
		require.NoError(t, client.FlushAll(t.Context()).Err())
	}
	line.cut()
	for back := time.Now().Add(shortOutage(t)); time.Now().Before(back); {
		order()
		in.awaitMail(20*time.Second, users[len(users)-1], "thanks")
	}
	require.Equal(t, http.StatusOK, in.tryGet("/readyz").status)
	for _, said := range []string{"redis is away; dispatchers poll meanwhile", "redis is away; nothing is limited meanwhile", "redis is away; each worker keeps to its share of the rate"} {
		require.Contains(t, log.String(), said)
		require.Equal(t, 1, strings.Count(log.String(), said), "once")
	}
	line.mend()
	in.eventually(30*time.Second, "the log says that Redis is back", func() bool {
		order()
		return strings.Contains(log.String(), "redis is back; limits hold again") && strings.Contains(log.String(), "redis is back; the rate is shared again")
	})
	in.requireOneEach(time.Minute, users)
}

// TestTemporalIsAway takes orders while Temporal cannot be reached; they are carried out when it is back.
func TestTemporalIsAway(t *testing.T) {
	t.Parallel()
	var line *wire
	var log logbook
	in := startInsideWith(t, sqliteFile(t), mapFolder(t, thanksMap, "thanks"), 1, func(cfg *config.Config, o *app.Options) {
		line = newWire(t, cfg.Temporal.Address)
		cfg.Temporal.Address = line.addr()
		o.Log = cli.Logger(&log, "warn")
	})
	in.post(orderOf("before")...)
	in.awaitMail(20*time.Second, "before", "thanks")
	for name, away := range map[string]func(){"unreachable": line.cut, "silent": line.hush} {
		away()
		users := []string{name + "1", name + "2", name + "3"}
		for _, user := range users {
			require.Equal(t, http.StatusOK, in.tryPost(orderOf(user)...).status)
		}
		require.Equal(t, http.StatusOK, in.tryGet("/readyz").status, "the shop can be served")
		in.eventually(30*time.Second, name, func() bool {
			return strings.Contains(log.String(), "dispatch: signal customers; trying again") &&
				strings.Contains(in.tryGet("/metrics").body, "klantreis_wakes_lag_seconds")
		})
		in.hold(shortOutage(t))
		require.Empty(t, in.mails(users[0], "thanks"))
		line.mend()
		in.requireOneEach(2*time.Minute, users)
	}
}

// hold lets time pass in which a part stays away.
func (in *inside) hold(d time.Duration) {
	in.t.Helper()
	<-time.After(d)
}

// TestWhatIsAnsweredWithoutTheRecord makes PostgreSQL unreachable and then silent. Nothing is acknowledged meanwhile, every
// answer comes in time, and what is posted again is carried out once.
func TestWhatIsAnsweredWithoutTheRecord(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(testserver.StartPostgres(t).URL)
	require.NoError(t, err)
	line := newWire(t, address.Host)
	var log logbook
	in := startInsideWith(t, address.String(), mapFolder(t, thanksMap, "thanks"), 1, func(cfg *config.Config, o *app.Options) {
		through := *address
		through.Host = line.addr()
		cfg.Record.Database = config.Secret(through.String())
		o.Log = cli.Logger(&log, "warn")
	})
	in.post(orderOf("before")...)
	in.awaitMail(20*time.Second, "before", "thanks")
	for name, away := range map[string]func(){"unreachable": line.cut, "silent": line.hush} {
		away()
		users := []string{name + "1", name + "2", name + "3"}
		for _, user := range users {
			got := in.tryPost(orderOf(user)...)
			require.Equal(t, http.StatusServiceUnavailable, got.status, "%s: %+v", name, got)
			require.Equal(t, "5", got.retryAfter)
			require.Contains(t, got.body, `"code":"unavailable"`)
			require.Less(t, got.took, 15*time.Second, name)
		}
		ready := in.tryGet("/readyz")
		require.Equal(t, http.StatusServiceUnavailable, ready.status)
		require.Contains(t, ready.body, `"notReady":["record"]`)
		require.Contains(t, log.String(), "store events")
		line.mend()
		in.eventually(time.Minute, "ready again", func() bool { return in.tryGet("/readyz").status == http.StatusOK })
		for _, user := range users {
			in.eventually(time.Minute, "the events of "+user+" are taken", func() bool { return in.tryPost(orderOf(user)...).status == http.StatusOK })
		}
		in.requireOneEach(2*time.Minute, users)
	}
	require.Contains(t, in.tryGet("/metrics").body, `outcome="failed"`)
}
