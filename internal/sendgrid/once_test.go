package sendgrid

import (
	"context"
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
	client.timeout = time.Second

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

// TestALateMailDoesNotLeave lets the time of a mail pass while its connection is made.
func TestALateMailDoesNotLeave(t *testing.T) {
	t.Parallel()
	var whole atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			whole.Add(1)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	mail := testMail
	mail.Until = now.Add(5 * time.Second)
	for _, tt := range []struct {
		frozen time.Duration
		fault  activities.MailFault
	}{{5 * time.Second, ""}, {6 * time.Second, activities.MailLate}, {time.Hour, activities.MailLate}} {
		client := New(Options{APIKey: testKey, Host: server.URL, Now: func() time.Time { return now.Add(tt.frozen) }})
		whole.Store(0)
		_, err := client.Send(t.Context(), mail)
		if tt.fault == "" {
			require.NoError(t, err)
			require.EqualValues(t, 1, whole.Load())
			continue
		}
		var fault *activities.MailError
		require.ErrorAs(t, err, &fault)
		require.Equal(t, tt.fault, fault.Fault)
		require.Equal(t, "too late to begin", fault.Message)
		require.Zero(t, whole.Load())
	}
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
