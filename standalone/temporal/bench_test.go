package temporal

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	sdkclient "go.temporal.io/sdk/client"
)

// inFlight is how many workflows the benchmark keeps under way, as a dispatcher would.
const inFlight = 32

// BenchmarkNewWorkflow measures workflows that are new: signalled with start, run one local activity, complete.
func BenchmarkNewWorkflow(b *testing.B) {
	f := filepath.Join(b.TempDir(), "temporal.db")
	if v := os.Getenv("KT_VIS"); v != "" { if err := prepareFile(b.Context(), f+v); err != nil { b.Fatal(err) } }
	s := start(b, f)
	client, _ := connect(b, s.Addr())
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	var r0, r1 syscall.Rusage
	syscall.Getrusage(0, &r0)
	for range inFlight {
		group.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				run, err := client.SignalWithStartWorkflow(b.Context(), fmt.Sprintf("customer-%d", n), signalName, nil,
					sdkclient.StartWorkflowOptions{TaskQueue: queue}, touch)
				if err != nil {
					b.Error(err)
					return
				}
				if err := run.Get(b.Context(), nil); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	syscall.Getrusage(0, &r1)
	cpu := func(r syscall.Rusage) float64 { return float64(r.Utime.Nano()+r.Stime.Nano())/1e6 }
	b.ReportMetric((cpu(r1)-cpu(r0))/float64(b.N), "cpu-ms/wf")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "workflows/s")
}
