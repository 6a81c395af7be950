package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/sandbox"
	"klantreis/internal/sendgrid"
)

const apiKey = "SG.sandbox.key"

// bundle is a sandbox on the network with the real adapter as its client.
type bundle struct {
	*sandbox.Sandbox
	api, inbox string
	client     *sendgrid.Client
}

func setup(t *testing.T, opts sandbox.Options) *bundle {
	t.Helper()
	opts.APIKey = apiKey
	opts.Backoff = time.Millisecond
	opts.Now = time.Now
	s, err := sandbox.New(opts)
	require.NoError(t, err)
	api, inbox := httptest.NewServer(s.APIHandler()), httptest.NewServer(s.InboxHandler())
	t.Cleanup(func() {
		require.NoError(t, s.Stop())
		api.Close()
		inbox.Close()
	})
	return &bundle{
		Sandbox: s, api: api.URL, inbox: inbox.URL,
		client: sendgrid.New(sendgrid.Options{APIKey: apiKey, Host: api.URL, Timeout: 5 * time.Second}),
	}
}

func testMail(id string) activities.Mail {
	return activities.Mail{
		MessageID: id,
		Category:  "order-confirmation",
		From:      activities.Address{Name: "De Winkel", Email: "winkel@example.com"},
		ReplyTo:   activities.Address{Email: "service@example.com"},
		To:        activities.Address{Name: "Jan", Email: "jan@example.com"},
		Subject:   "Bestelling " + id,
		HTML:      `<p>Dank je wel</p><a href="https://shop.example.com/?a=1&amp;b=2">Bekijk</a>`,
		Text:      "Dank je wel",
		Headers:   map[string]string{"List-Unsubscribe": "<https://shop.example.com/u/1>"},
	}
}

// send hands over a mail that must be taken, and returns its X-Message-Id.
func (b *bundle) send(t *testing.T, mail activities.Mail) string {
	t.Helper()
	id, err := b.client.Send(t.Context(), mail)
	require.NoError(t, err)
	require.NotEmpty(t, id)
	return id
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// request makes one request and follows no redirect.
func request(t *testing.T, method, url, body string, header map[string]string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	client := http.Client{
		Timeout:       time.Minute, // The largest request takes seconds on a busy machine.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(req)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{status: response.StatusCode, header: response.Header, body: string(content)}
}

// getJSON reads a document of the inbox's API.
func getJSON(t *testing.T, url string) map[string]any {
	t.Helper()
	got := request(t, http.MethodGet, url, "", nil)
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	var out map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	return out
}

var withKey = map[string]string{"Authorization": "Bearer " + apiKey, "Content-Type": "application/json"}

// receiver is the shop's end of the webhook: it checks every signature and passes on what was posted.
type receiver struct {
	url string
	// batches get every batch that was posted, also those that were refused.
	batches chan []sendgrid.Event
	raw     chan []byte
}

// receive starts a receiver that refuses the first posts.
func receive(t *testing.T, publicKey string, refuse int32) *receiver {
	t.Helper()
	var posts atomic.Int32
	verifier, err := sendgrid.NewVerifier(publicKey)
	require.NoError(t, err)
	out := &receiver{batches: make(chan []sendgrid.Event, 100), raw: make(chan []byte, 100)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = verifier.Verify(r.Header, body, time.Time{}) // whenever it was signed
		}
		if err != nil {
			t.Errorf("receive reports: %v", err)
			return
		}
		events, err := sendgrid.ParseEvents(body)
		if err != nil {
			t.Errorf("receive reports: %v", err)
		}
		if posts.Add(1) <= refuse {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		out.batches <- events
		out.raw <- body
	}))
	t.Cleanup(server.Close)
	out.url = server.URL
	return out
}

// next returns the next batch.
func (r *receiver) next(t *testing.T) []sendgrid.Event {
	t.Helper()
	select {
	case batch := <-r.batches:
		return batch
	case <-time.After(5 * time.Second):
		require.Fail(t, "no reports within 5 seconds")
		return nil
	}
}

// kinds lists what the reports say.
func kinds(events []sendgrid.Event) []string {
	var out []string
	for _, event := range events {
		out = append(out, event.Kind)
	}
	return out
}

// settled waits until all reports were taken and marked.
func settled(t *testing.T, s *sandbox.Sandbox, posted int64) {
	t.Helper()
	require.Eventually(t, func() bool {
		stats := s.Stats().Webhook
		return stats.Posted >= posted && stats.Pending == 0
	}, 5*time.Second, time.Millisecond)
}
