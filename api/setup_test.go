package api_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/journey"
)

const (
	writeKey   = "wk_test"
	adminToken = "admin-token-of-the-tests"
	basicAuth  = "Basic d2tfdGVzdDo=" // wk_test with an empty password
)

// receivedAt is when every request of the tests arrives.
var receivedAt = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// fakeIngestor keeps what it is given, and knows an event that it has seen.
type fakeIngestor struct {
	mu     sync.Mutex
	events []journey.Event
	calls  int
	// failures is how many calls fail before one succeeds.
	failures int
}

func (f *fakeIngestor) Ingest(_ context.Context, events []journey.Event) (api.IngestResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.failures > 0 {
		f.failures--
		return api.IngestResult{}, errors.New("the record is away")
	}
	var result api.IngestResult
	for _, e := range events {
		if f.has(e.MessageID) {
			result.Duplicates++
			continue
		}
		f.events = append(f.events, e)
		result.Stored++
	}
	return result, nil
}

func (f *fakeIngestor) has(messageID string) bool {
	for _, e := range f.events {
		if e.MessageID == messageID {
			return true
		}
	}
	return false
}

func (f *fakeIngestor) stored() []journey.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.events
}

// bundle is a server with everything that it was given.
type bundle struct {
	*api.Server
	ingestor *fakeIngestor
	registry *prometheus.Registry
	log      *strings.Builder
}

// setup returns a server; change, when given, sees its options first.
func setup(t *testing.T, change ...func(*api.Options)) *bundle {
	t.Helper()
	b := &bundle{ingestor: &fakeIngestor{}, registry: prometheus.NewRegistry(), log: &strings.Builder{}}
	accounts := newFakeAccounts()
	options := api.Options{
		Ingestor:   b.ingestor,
		Keys:       api.WriteKeys{"other": "wk_other", "test": writeKey},
		Customers:  fakeCustomers{},
		Maps:       fakeMaps{},
		Accounts:   accounts,
		Passwords:  accounts,
		AdminToken: adminToken,
		Now:        func() time.Time { return receivedAt },
		Log:        slog.New(slog.NewTextHandler(b.log, nil)),
		Registerer: b.registry,
		Gatherer:   b.registry,
	}
	for _, f := range change {
		f(&options)
	}
	b.Server = api.New(options)
	return b
}

// scenario is one request as data, and what must come of it.
type scenario struct {
	name    string
	method  string // POST when empty
	url     string
	headers map[string]string // basicAuth and JSON when nil
	body    string
	status  int
	content []string // what the answer must contain
	stored  []string // the events stored, by messageId or by userId when none was given
}

func (sc scenario) run(t *testing.T, b *bundle) *http.Response {
	t.Helper()
	response, body := send(t, b, sc)
	require.Equal(t, sc.status, response.StatusCode, body)
	for _, fragment := range sc.content {
		require.Contains(t, body, fragment)
	}
	var stored []string
	for _, e := range b.ingestor.stored() {
		if strings.HasPrefix(e.MessageID, "api-") {
			stored = append(stored, e.UserID+e.AnonymousID)
		} else {
			stored = append(stored, e.MessageID)
		}
	}
	require.Equal(t, sc.stored, stored)
	return response
}

func send(t *testing.T, h http.Handler, sc scenario) (*http.Response, string) {
	t.Helper()
	method := sc.method
	if method == "" {
		method = http.MethodPost
	}
	headers := sc.headers
	if headers == nil {
		headers = map[string]string{"Authorization": basicAuth, "Content-Type": "application/json"}
	}
	r := httptest.NewRequestWithContext(t.Context(), method, sc.url, strings.NewReader(sc.body))
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	require.NoError(t, err)
	return w.Result(), string(body)
}

func runScenarios(t *testing.T, scenarios []scenario, change ...func(*api.Options)) {
	t.Helper()
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			sc.run(t, setup(t, change...))
		})
	}
}
