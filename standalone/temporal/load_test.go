package temporal

import (
	"bytes"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	sdkclient "go.temporal.io/sdk/client"
)

// inFlight is how many workflows are kept under way, as a dispatcher would.
const inFlight = 32

// touchAll runs n new workflows: each is signalled with start, runs one local activity and completes.
func touchAll(t testing.TB, client sdkclient.Client, n int) {
	ids := make(chan int)
	var group sync.WaitGroup
	for range inFlight {
		group.Go(func() {
			for id := range ids {
				run, err := client.SignalWithStartWorkflow(t.Context(), fmt.Sprintf("customer-%d", id), signalName, nil,
					sdkclient.StartWorkflowOptions{TaskQueue: queue}, touch)
				if err == nil {
					err = run.Get(t.Context(), nil)
				}
				if err != nil {
					t.Errorf("workflow %d: %v", id, err)
				}
			}
		})
	}
	for id := range n {
		ids <- id
	}
	close(ids)
	group.Wait()
}

func TestLoadNeverFindsTheFileLocked(t *testing.T) {
	t.Parallel()
	var out syncBuffer
	s, err := Start(t.Context(), Options{DataFile: newFile(t), Logger: slog.New(slog.NewTextHandler(&out, nil))})
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	client, _ := connect(t, s.Addr())
	touchAll(t, client, 3*inFlight)
	require.NotContains(t, out.String(), "locked")
}

func BenchmarkNewWorkflow(b *testing.B) {
	s := start(b, newFile(b))
	client, _ := connect(b, s.Addr())
	touchAll(b, client, 1)
	b.ResetTimer()
	touchAll(b, client, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "workflows/s")
}

func BenchmarkStart(b *testing.B) {
	b.Run("new file", func(b *testing.B) {
		for b.Loop() {
			s := start(b, newFile(b))
			b.StopTimer()
			s.Stop()
			b.StartTimer()
		}
	})
	b.Run("existing file", func(b *testing.B) {
		file := newFile(b)
		start(b, file).Stop()
		for b.Loop() {
			s := start(b, file)
			b.StopTimer()
			s.Stop()
			b.StartTimer()
		}
	})
}

// syncBuffer is a buffer for many writers.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns what was written.
func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
