package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

func TestAlive(t *testing.T) {
	t.Parallel()
	sc := get("/healthz")
	sc.content = []string{`{"status":"alive"}`}
	sc.run(t, setup(t))
}

func TestReady(t *testing.T) {
	t.Parallel()
	fine := api.PingerFunc(func(context.Context) error { return nil })
	away := api.PingerFunc(func(context.Context) error { return errors.New("postgres://user:secret@db: refused") })
	cases := []struct {
		name    string
		pingers map[string]api.Pinger
		status  int
		content string
	}{
		{"nothing to ask", nil, 200, `{"ready":true}`},
		{"all there", map[string]api.Pinger{"record": fine, "redis": fine}, 200, `{"ready":true}`},
		{"one away", map[string]api.Pinger{"record": away, "redis": fine}, 503, `{"ready":false,"notReady":["record"]}`},
		{"all away", map[string]api.Pinger{"temporal": away, "record": away, "redis": away}, 503, `{"ready":false,"notReady":["record","redis","temporal"]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(o *api.Options) { o.Pingers = c.pingers })
			response, body := send(t, b, get("/readyz"))
			require.Equal(t, c.status, response.StatusCode)
			require.JSONEq(t, c.content, body)
			if c.status != http.StatusOK {
				require.Contains(t, b.log.String(), "refused")
			}
		})
	}
}

func TestReadyDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := api.PingerFunc(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		b := setup(t, func(o *api.Options) { o.Pingers = map[string]api.Pinger{"record": silent, "redis": silent} })
		began := time.Now()
		response, body := send(t, b, get("/readyz"))
		require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
		require.JSONEq(t, `{"ready":false,"notReady":["record","redis"]}`, body)
		require.Equal(t, 2*time.Second, time.Since(began))
	})
}
