package sendgrid

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

const testKey = "SG.test-key.secret"

var testMail = activities.Mail{
	MessageID: "m-1",
	Category:  "order-confirmation",
	From:      activities.Address{Name: "De Winkel", Email: "winkel@example.com"},
	ReplyTo:   activities.Address{Email: "service@example.com"},
	To:        activities.Address{Name: "Jan", Email: "jan@example.com"},
	Subject:   "Je bestelling",
	HTML:      "<p>Dank je wel</p>",
	Text:      "Dank je wel",
	Headers:   map[string]string{"List-Unsubscribe": "<https://example.com/u/1>"},
}

// setup starts a server in SendGrid's place and returns a client for it.
func setup(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return New(Options{APIKey: testKey, Host: server.URL, Timeout: 5 * time.Second})
}

// mailError sends the test mail and returns the error that must follow.
func mailError(t *testing.T, client *Client) *activities.MailError {
	t.Helper()
	id, err := client.Send(t.Context(), testMail)
	require.Empty(t, id)
	var fault *activities.MailError
	require.ErrorAs(t, err, &fault)
	require.NotContains(t, err.Error(), testKey)
	require.NotContains(t, err.Error(), "@example.com")
	return fault
}

func TestSendPostsOneMail(t *testing.T) {
	t.Parallel()
	var got map[string]any
	client := setup(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "POST /v3/mail/send", r.Method+" "+r.URL.Path)
		require.Equal(t, "Bearer "+testKey, r.Header.Get("Authorization"))
		require.Equal(t, "application/json", r.Header.Get("Content-Type"))
		require.NoError(t, json.NewDecoder(r.Body).Decode(&got))
		w.Header().Set("X-Message-Id", "sg-1")
		w.WriteHeader(http.StatusAccepted)
	})

	id, err := client.Send(t.Context(), testMail)

	require.NoError(t, err)
	require.Equal(t, "sg-1", id)
	require.Equal(t, map[string]any{
		"personalizations": []any{map[string]any{
			"to":          []any{map[string]any{"email": "jan@example.com", "name": "Jan"}},
			"custom_args": map[string]any{"message_id": "m-1"},
		}},
		"from":       map[string]any{"email": "winkel@example.com", "name": "De Winkel"},
		"reply_to":   map[string]any{"email": "service@example.com"},
		"subject":    "Je bestelling",
		"categories": []any{"order-confirmation"},
		"headers":    map[string]any{"List-Unsubscribe": "<https://example.com/u/1>"},
		"content": []any{
			map[string]any{"type": "text/plain", "value": "Dank je wel"},
			map[string]any{"type": "text/html", "value": "<p>Dank je wel</p>"},
		},
	}, got)
}

func TestSendJudgesAnswers(t *testing.T) {
	t.Parallel()
	const refused = `{"errors":[{"message":"bad name for jan@example.com","field":"personalizations.0.to"},{"message":"no","field":null}]}`
	tests := []struct {
		name   string
		status int
		body   string
		want   activities.MailError
	}{
		{"refused", 400, refused, activities.MailError{Fault: activities.MailRefused, Message: "personalizations.0.to: bad name for [address]; no"}},
		{"wrong key", 401, `{"errors":[{"message":"key ` + testKey + ` revoked"}]}`, activities.MailError{Fault: activities.MailRefused, Message: "key [key] revoked"}},
		{"too large", 413, "", activities.MailError{Fault: activities.MailRefused, Message: "request entity too large"}},
		{"server gave up reading", 408, "", activities.MailError{Fault: activities.MailNotTaken, Message: "request timeout"}},
		{"too many", 429, `{"errors":[{"message":"too many requests","field":null}]}`, activities.MailError{Fault: activities.MailNotTaken, Message: "too many requests"}},
		{"broken", 500, "<html>jan@example.com</html>", activities.MailError{Fault: activities.MailNotTaken, Message: "internal server error"}},
		{"away", 503, "", activities.MailError{Fault: activities.MailNotTaken, Message: "service unavailable"}},
		{"not in the contract", 200, "", activities.MailError{Fault: activities.MailUnknown, Message: "ok"}},
		{"redirect is not followed", 307, "", activities.MailError{Fault: activities.MailUnknown, Message: "temporary redirect"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			client := setup(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				w.Header().Set("Location", "/v3/mail/send")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body) // A lost answer fails the test below.
			})
			test.want.Status = test.status

			require.Equal(t, &test.want, mailError(t, client))
			require.EqualValues(t, 1, requests.Load())
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Sun, 22 Nov 2026 10:00:00 GMT"
	tests := []struct {
		name   string
		status int
		header map[string]string
		want   time.Duration
	}{
		{"seconds", 429, map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"seconds on a 503", 503, map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"date", 429, map[string]string{"Date": date, "Retry-After": "Sun, 22 Nov 2026 10:00:30 GMT"}, 30 * time.Second},
		{"date without a date to compare", 429, map[string]string{"Retry-After": "Sun, 22 Nov 2026 10:00:30 GMT"}, 0},
		{"past date", 429, map[string]string{"Date": date, "Retry-After": "Sun, 22 Nov 2026 09:00:00 GMT"}, 0},
		{"rate limit reset", 429, map[string]string{"Date": date, "X-RateLimit-Reset": "1795341612"}, 12 * time.Second},
		{"reset of a 500 says nothing", 500, map[string]string{"Date": date, "X-RateLimit-Reset": "1795341612"}, 0},
		{"retry-after wins", 429, map[string]string{"Date": date, "Retry-After": "3", "X-RateLimit-Reset": "1795341612"}, 3 * time.Second},
		{"negative", 429, map[string]string{"Retry-After": "-1"}, 0},
		{"absurd", 429, map[string]string{"Retry-After": "999999999999999"}, time.Hour},
		{"nonsense", 429, map[string]string{"Date": date, "Retry-After": "soon", "X-RateLimit-Reset": "later"}, 0},
		{"silence", 429, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			for name, value := range test.header {
				header.Set(name, value)
			}
			require.Equal(t, test.want, retryAfter(test.status, header))
		})
	}
}

func TestSendWithoutConnectionIsNotTaken(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	tests := []struct{ name, host string }{
		{"refused", "http://" + listener.Addr().String()},
		{"no such host", "http://sendgrid.invalid"},
		{"no host at all", "http://"},
		{"not a URL", "http://%zz"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fault := mailError(t, New(Options{APIKey: testKey, Host: test.host}))
			require.Equal(t, activities.MailNotTaken, fault.Fault)
			require.Zero(t, fault.Status)
		})
	}
}

func TestSendWithEndedContextIsNotTaken(t *testing.T) {
	t.Parallel()
	client := setup(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := client.Send(ctx, testMail)

	var fault *activities.MailError
	require.ErrorAs(t, err, &fault)
	require.Equal(t, activities.MailNotTaken, fault.Fault)
}

func TestSendTimesOutAsUnknown(t *testing.T) {
	t.Parallel()
	client := setup(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only to notice that the client has gone.
		<-r.Context().Done()
	})
	client.timeout = 50 * time.Millisecond

	fault := mailError(t, client)

	require.Equal(t, activities.MailUnknown, fault.Fault)
	require.Equal(t, "no answer in time", fault.Message)
}

func TestAcceptedWithCutAnswerIsAccepted(t *testing.T) {
	t.Parallel()
	client := setup(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Message-Id", "sg-1")
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusAccepted)
	})

	id, err := client.Send(t.Context(), testMail)

	require.NoError(t, err)
	require.Equal(t, "sg-1", id)
}

// TestCutConnectionIsNeverRepeated lets the server answer once and then cut the same connection after the request came:
// the case in which net/http repeats what it holds to be repeatable.
func TestCutConnectionIsNeverRepeated(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	client := setup(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // A short body shows in the count below.
		if requests.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	_, err := client.Send(t.Context(), testMail)
	require.NoError(t, err)

	fault := mailError(t, client)

	require.Equal(t, activities.MailUnknown, fault.Fault)
	require.EqualValues(t, 2, requests.Load())
}

func TestSealedBodyGivesNothingAway(t *testing.T) {
	t.Parallel()
	body := &onceBody{ReadCloser: io.NopCloser(strings.NewReader("mail"))}
	require.True(t, body.seal())
	_, err := body.Read(make([]byte, 4))
	require.ErrorIs(t, err, errSealed)

	read := &onceBody{ReadCloser: io.NopCloser(strings.NewReader("mail"))}
	_, err = read.Read(make([]byte, 2))
	require.NoError(t, err)
	require.False(t, read.seal())
	rest, err := io.ReadAll(read)
	require.NoError(t, err)
	require.Equal(t, "il", string(rest))
}

func TestOwnHTTPClientIsUsedWithoutItsPolicies(t *testing.T) {
	t.Parallel()
	own := &http.Client{Timeout: time.Nanosecond, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		require.Nil(t, r.GetBody)
		return &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{}, Body: http.NoBody}, nil
	})}

	_, err := New(Options{APIKey: testKey, HTTPClient: own}).Send(t.Context(), testMail)

	require.NoError(t, err)
	require.Equal(t, time.Nanosecond, own.Timeout)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
