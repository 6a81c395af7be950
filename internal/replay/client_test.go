package replay

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func newTestClient(t *testing.T, handler http.Handler) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &Client{Base: server.URL, WriteKey: "wk", AdminToken: "at", HTTP: server.Client()}
}

func TestClient(t *testing.T) {
	t.Parallel()
	clock := Clock{J0: noon, R0: time.Now().UTC().Add(-day).Round(0), Speed: 60}
	c := newTestClient(t, newFakeEngine(clock, "").serve("wk", "at"))
	require.NoError(t, c.Ready(t.Context()))
	got, err := c.Clock(t.Context())
	require.NoError(t, err)
	require.Equal(t, clock, got)

	require.NoError(t, c.Post(t.Context(), tell(completed, 1)))
	future := tell(completed, 100*24)
	future[1].MessageID = "other"
	require.ErrorContains(t, c.Post(t.Context(), future), "events were refused: [")
	mails, err := c.Messages(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, mails, 1)
	require.Equal(t, "anna@replay.example", mails[0].Email)
	require.Equal(t, "order-confirmation 1001 nl", mails[0].Subject)
	require.WithinDuration(t, time.Now(), mails[0].Created, time.Minute)
	mails, err = c.Messages(t.Context(), 1, 10)
	require.NoError(t, err)
	require.Empty(t, mails)
}

func TestClientTellsWhatWentWrong(t *testing.T) {
	t.Parallel()
	stranger := newTestClient(t, newFakeEngine(Clock{}, "").serve("another", "another"))
	_, err := stranger.Clock(t.Context())
	require.EqualError(t, err, "read the clock: status 401: who are you?")
	_, err = stranger.Messages(t.Context(), 0, 1)
	require.EqualError(t, err, "read the inbox: status 401: who are you?")
	require.EqualError(t, stranger.Post(t.Context(), nil), "post 0 events: status 401: who are you?")

	stopped := newTestClient(t, newFakeEngine(Clock{}, "").serve("wk", "at"))
	_, err = stopped.Clock(t.Context())
	require.ErrorContains(t, err, "does not run")

	garbage := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }))
	_, err = garbage.Clock(t.Context())
	require.ErrorContains(t, err, "read the clock: invalid character")
	garbage.Base = "http://127.0.0.1:0"
	require.Error(t, garbage.Ready(t.Context()))
}
