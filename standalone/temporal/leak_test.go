package temporal

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStopEndsTheServersGoroutines is not parallel, so that no other server is running.
func TestStopEndsTheServersGoroutines(t *testing.T) {
	s := start(t, newFile(t))
	client, stop := connect(t, s.Addr())
	begin(t, client, "customer", 10*time.Millisecond)
	require.Equal(t, "Hello Anna", result(t, client, "customer"))
	require.NotEmpty(t, serverGoroutines())
	stop()
	s.Stop()
	ended := func() bool { return len(serverGoroutines()) == 0 }
	require.Eventually(t, ended, 10*time.Second, 20*time.Millisecond)
}

// serverGoroutines returns the stacks of goroutines in which code of the server runs.
func serverGoroutines() []string {
	all := make([]byte, 16<<20)
	var found []string
	for stack := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
		if strings.Contains(stack, "go.temporal.io/server/") {
			found = append(found, stack)
		}
	}
	return found
}
