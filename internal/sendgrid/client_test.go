package sendgrid

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

const testKey = "SG.test-key.secret"

var testMail = activities.Mail{
	MessageID: "m-1", SendKey: "k-1", CustomerID: "c-1",
	Category: "order-confirmation",
	From:     activities.Address{Name: "De Winkel", Email: "winkel@example.com"},
	ReplyTo:  activities.Address{Email: "service@example.com"},
	To:       activities.Address{Name: "Jan", Email: "jan@example.com"},
	Subject:  "Je bestelling",
	HTML:     "<p>Dank je wel</p>",
	Text:     "Dank je wel",
	Headers:  map[string]string{"List-Unsubscribe": "<https://example.com/u/1>"},
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
	var line string
	var header http.Header
	var body []byte
	client := setup(t, func(w http.ResponseWriter, r *http.Request) {
		line, header = r.Method+" "+r.URL.Path, r.Header
		body, _ = io.ReadAll(r.Body) // A short body fails the test below.
		w.Header().Set("X-Message-Id", "sg-1")
		w.WriteHeader(http.StatusAccepted)
	})

	id, err := client.Send(t.Context(), testMail)

	require.NoError(t, err)
	require.Equal(t, "sg-1", id)
	require.Equal(t, "POST /v3/mail/send", line)
	require.Equal(t, "Bearer "+testKey, header.Get("Authorization"))
	require.Equal(t, "application/json", header.Get("Content-Type"))
	var got map[string]any
	require.NoError(t, json.Unmarshal(body, &got))
	require.Equal(t, map[string]any{
		"personalizations": []any{map[string]any{
			"to":          []any{map[string]any{"email": "jan@example.com", "name": "Jan"}},
			"custom_args": map[string]any{"message_id": "m-1", "send_key": "k-1", "customer_id": "c-1"},
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
		{"wrong key", 401, `{"errors":[{"message":"key ` + testKey + ` revoked"}]}`, activities.MailError{Fault: activities.MailNotTaken, Message: "key [key] revoked"}},
		{"too large", 413, "", activities.MailError{Fault: activities.MailRefused, Message: "request entity too large"}},
		{"server gave up reading", 408, "", activities.MailError{Fault: activities.MailNotTaken, Message: "request timeout"}},
		{"too many", 429, `{"errors":[{"message":"too many requests","field":null}]}`, activities.MailError{Fault: activities.MailNotTaken, Message: "too many requests"}},
		{"broken", 500, "<html>jan@example.com</html>", activities.MailError{Fault: activities.MailNotTaken, Message: "internal server error"}},
		{"away", 503, "", activities.MailError{Fault: activities.MailNotTaken, Message: "service unavailable"}},
		{"not in the contract", 200, "", activities.MailError{Fault: activities.MailUnknown, Message: "ok"}},
		{"redirect is not followed", 307, "", activities.MailError{Fault: activities.MailNotTaken, Message: "temporary redirect"}},
		{"another host, or a page to sign in", 302, "", activities.MailError{Fault: activities.MailNotTaken, Message: "found"}},
		{"moved for good", 301, "", activities.MailError{Fault: activities.MailNotTaken, Message: "moved permanently"}},
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
