package temporal

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWorkflowRuns(t *testing.T) {
	t.Parallel()
	b := time.Now()
	s := start(t, filepath.Join(t.TempDir(), "temporal.db"))
	t.Log("start", time.Since(b))
	b = time.Now()
	client, _ := connect(t, s.Addr())
	begin(t, client, "customer", 100*time.Millisecond)
	require.Equal(t, "Hello Anna", result(t, client, "customer"))
	t.Log("done", time.Since(b))
	b = time.Now()
	s.Stop()
	t.Log("stop", time.Since(b))
}
