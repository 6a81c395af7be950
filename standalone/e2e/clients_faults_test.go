package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
)

// TestOfficialClientsUnderFaults has each official client post a few hundred events over a net that answers 503 and 429 and cuts
// connections, while the engine is killed and started again. Nothing that a client calls delivered is missing, nothing is
// there twice, and in the end all is there.
func TestOfficialClientsUnderFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T) func(url, user string) (*heard, error){
		"analytics-go":   func(*testing.T) func(string, string) (*heard, error) { return postWithSegment },
		"rudder":         func(*testing.T) func(string, string) (*heard, error) { return postWithRudder },
		"analytics-node": func(t *testing.T) func(string, string) (*heard, error) { return postWithNode(nodeFolder(t)) },
	}
	for user, client := range tests {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			post := client(t)
			e := start(t)
			var passed atomic.Int64
			net, url := newFaultyNet(t, e, &passed)
			type result struct {
				heard *heard
				err   error
			}
			done := make(chan result, 1)
			go func() {
				h, err := post(url, user)
				done <- result{h, err}
			}()
			for _, n := range []int64{3, 8} {
				e.eventually(time.Minute, "the engine takes some", func() bool { return passed.Load() >= n })
				e.kill()
				e.run()
			}
			var got result
			select {
			case got = <-done:
			case <-time.After(2 * time.Minute):
				t.Fatal("the client is not done")
			}
			require.NoError(t, got.err)
			require.Empty(t, got.heard.Failed, "the client tries again until all is delivered")
			require.Len(t, got.heard.Delivered, manyEvents)
			require.Greater(t, net.seen.Load(), int64(manyEvents/perBatch+8), "there were faults")
			e.awaitMail(30*time.Second, user, "order-confirmation")
			e.quiet(time.Second, user, "order-confirmation", 1)
			require.Zero(t, e.stop())
			requireStoredOnce(t, e, user)
		})
	}
}

// requireStoredOnce demands that the record holds every event of a user, each once.
func requireStoredOnce(t *testing.T, e *engine, user string) {
	t.Helper()
	record, err := store.Open(context.Background(), "sqlite:"+filepath.Join(e.dir, "klantreis.db"), time.Now)
	require.NoError(t, err)
	defer func() { require.NoError(t, record.Close()) }()
	times := map[string]int{}
	require.NoError(t, record.Histories(context.Background(), func(h store.History) error {
		for _, event := range h.Events {
			if h.UserID == user && strings.HasPrefix(event.MessageID, user+"-") {
				times[event.MessageID]++
			}
		}
		return nil
	}))
	want := map[string]int{}
	for i := range manyEvents {
		want[fmt.Sprintf("%s-%d", user, i)] = 1
	}
	require.Equal(t, want, times)
}
