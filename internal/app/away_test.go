package app

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/config"
)

// nowhere is an address at which nobody listens.
const nowhere = "127.0.0.1:1"

func TestAProcessStartsWithoutRedis(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Redis.URL = config.Secret("redis://" + nowhere)
	cfg.HTTP.IngestRate = 1
	a := serve(t, cfg)
	a.order(t, "user-1", "A1")
}

func TestAnAPIStartsWithoutTemporalAndAWorkerDoesNot(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Temporal.Address = nowhere
	cfg.SendGrid = config.SendGrid{APIKey: "key", Host: "http://" + nowhere}
	serve(t, cfg).order(t, "user-1", "A1")
	o := options()
	o.Roles = config.Roles{Worker: true}
	_, err := New(t.Context(), cfg, o)
	require.ErrorContains(t, err, "connect to Temporal at "+nowhere)
}

func TestWhatPagesAnswerWithoutTheRecord(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	sendGrid, key := newSigner(t)
	cfg.SendGrid.WebhookKey = key
	a := serve(t, cfg)
	require.NoError(t, a.record.Close())
	body := `[{"event":"processed","sg_event_id":"e1","timestamp":1,"message_id":"m_1"}]`
	for path, header := range map[string]http.Header{"/api/v1/customers/user-1": admin, "/api/v1/maps": admin, reportsPath: sendGrid.header(t, body)} {
		method := http.MethodGet
		if path == reportsPath {
			method = http.MethodPost
		}
		status, answer := a.do(t, method, path, body, header)
		require.Equal(t, http.StatusServiceUnavailable, status, "%s: %s", path, answer)
	}
	status, _ := a.do(t, http.MethodGet, "/healthz", "", nil)
	require.Equal(t, http.StatusOK, status)
}
