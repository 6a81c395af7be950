package webhook_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/webhook"
)

// The vector that the libraries of Standard Webhooks are tested with.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

// vectorTime is the instant of every call in the tests.
var vectorTime = time.Unix(1614265330, 0)

func newClient(t *testing.T, o webhook.Options) *webhook.Client {
	t.Helper()
	o.Secret, o.Now = vectorSecret, func() time.Time { return vectorTime }
	client, err := webhook.New(o)
	require.NoError(t, err)
	return client
}

// call makes one call to an address, with the body of the vector.
func call(t *testing.T, client *webhook.Client, url string) error {
	t.Helper()
	return client.Call(t.Context(), activities.WebhookCall{ID: vectorID, URL: url, Body: []byte(vectorBody)})
}

func TestACallIsSigned(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(receiver.Close)
	require.NoError(t, call(t, newClient(t, webhook.Options{AllowPrivate: true}), receiver.URL+"/hooks?key=k"))
	require.Equal(t, "POST /hooks?key=k", got.Method+" "+got.RequestURI)
	require.Equal(t, vectorBody, string(body))
	require.Equal(t, "application/json", got.Header.Get("Content-Type"))
	require.Equal(t, vectorID, got.Header.Get("Webhook-Id"))
	require.Equal(t, "1614265330", got.Header.Get("Webhook-Timestamp"))
	require.Equal(t, vectorSignature, got.Header.Get("Webhook-Signature"))
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status     int
		retryAfter string
		want       *activities.WebhookError // nil when it is taken
	}{
		"taken":                 {status: 200},
		"taken for later":       {status: 202},
		"gone":                  {status: 410, want: &activities.WebhookError{Final: true, Status: 410, Message: "gone"}},
		"refused":               {status: 400, want: &activities.WebhookError{Final: true, Status: 400, Message: "bad request"}},
		"no such page":          {status: 404, want: &activities.WebhookError{Final: true, Status: 404, Message: "not found"}},
		"too slow a request":    {status: 408, want: &activities.WebhookError{Status: 408, Message: "request timeout"}},
		"too many":              {status: 429, retryAfter: "120", want: &activities.WebhookError{Status: 429, RetryAfter: 2 * time.Minute, Message: "too many requests"}},
		"until an instant":      {status: 503, retryAfter: "Thu, 25 Feb 2021 15:03:10 GMT", want: &activities.WebhookError{Status: 503, RetryAfter: time.Minute, Message: "service unavailable"}},
		"until an instant past": {status: 503, retryAfter: "Thu, 25 Feb 2021 15:00:00 GMT", want: &activities.WebhookError{Status: 503, Message: "service unavailable"}},
		"until nonsense":        {status: 503, retryAfter: "soon", want: &activities.WebhookError{Status: 503, Message: "service unavailable"}},
		"until yesterday":       {status: 503, retryAfter: "-86400", want: &activities.WebhookError{Status: 503, Message: "service unavailable"}},
		"down":                  {status: 500, want: &activities.WebhookError{Status: 500, Message: "internal server error"}},
		"elsewhere":             {status: 307, want: &activities.WebhookError{Status: 307, Message: "temporary redirect"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.Header().Set("Location", "/elsewhere")
				if tt.retryAfter != "" {
					w.Header().Set("Retry-After", tt.retryAfter)
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, "the answer may hold anything, such as jan@example.net")
			}))
			t.Cleanup(receiver.Close)
			err := call(t, newClient(t, webhook.Options{AllowPrivate: true}), receiver.URL)
			require.Equal(t, 1, calls, "and a redirect is not followed")
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.want, err)
		})
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	hung := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hung }))
	t.Cleanup(func() { close(hung); slow.Close() })
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cut.Close)
	away := httptest.NewServer(nil)
	away.Close()
	tests := map[string]struct {
		url, says string
		final     bool
	}{
		"slow":          {slow.URL + "/secret", "no answer in time", false},
		"cut":           {cut.URL + "/secret", "EOF", false},
		"away":          {away.URL + "/secret", "connection refused", false},
		"no such host":  {"http://no-such-host.invalid/secret", "no-such-host.invalid", false},
		"no address":    {"http://[::1/secret", "its address cannot be used", true},
		"another thing": {"ftp://127.0.0.1/secret", "unsupported protocol scheme", false},
	}
	client := newClient(t, webhook.Options{AllowPrivate: true, Timeout: 300 * time.Millisecond})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := call(t, client, tt.url)
			fault, ok := errors.AsType[*activities.WebhookError](err)
			require.True(t, ok, "%v", err)
			require.Contains(t, fault.Message, tt.says)
			require.Equal(t, tt.final, fault.Final)
			require.Zero(t, fault.Status)
			require.NotContains(t, err.Error(), "secret", "a receiver's address may hold a key")
		})
	}
}

func TestNothingInsideIsCalled(t *testing.T) {
	t.Parallel()
	calls := 0
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ }))
	t.Cleanup(inside.Close)
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	client := newClient(t, webhook.Options{})
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "[::]", "127.1.2.3", "169.254.169.254",
		"[0:0:0:0:0:ffff:7f00:1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[fe80::1]", "[fd00:ec2::254]", "10.0.0.1", "192.168.0.1",
	} {
		err := call(t, client, "https://"+host+port)
		fault, ok := errors.AsType[*activities.WebhookError](err)
		require.True(t, ok, "%s: %v", host, err)
		require.True(t, fault.Final, host)
		require.Contains(t, fault.Message, "--webhook-allow-private", host)
	}
	// What some resolvers take for an address and others for a name: it is refused, or there is no such name.
	for _, host := range []string{"2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "①②⑦.0.0.1", "localhost.", "127.0.0.1.", "user@127.0.0.1"} {
		_, ok := errors.AsType[*activities.WebhookError](call(t, client, "https://"+host+port))
		require.True(t, ok, host)
	}
	require.Zero(t, calls)

	err := call(t, client, "http://example.com")
	require.ErrorContains(t, err, "does not begin with https://")
}

func TestALargeCallIsNotMade(t *testing.T) {
	t.Parallel()
	err := newClient(t, webhook.Options{}).Call(t.Context(), activities.WebhookCall{
		ID: vectorID, URL: "https://example.com", Body: make([]byte, 300<<10),
	})
	require.Equal(t, &activities.WebhookError{Final: true, Message: "it would hold more than 256 kB"}, err)
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{
		"none": "", "without its prefix": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "no base64": "whsec_!", "too short": "whsec_c2VjcmV0",
	} {
		_, err := webhook.New(webhook.Options{Secret: secret})
		require.ErrorContains(t, err, "must be whsec_", name)
	}
}
