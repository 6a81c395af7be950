package workflows_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"klantreis/workflows"
)

// TestReplay runs today's code over recorded histories. Those named bad-... must be rejected, so that we know that the
// replayer would notice.
func TestReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	good, bad := 0, 0
	for _, file := range files {
		replayer := sdkworker.NewWorkflowReplayer()
		replayer.RegisterWorkflowWithOptions(workflows.CustomerJourney, workflow.RegisterOptions{Name: workflows.NameCustomerJourney})
		err := replayer.ReplayWorkflowHistoryFromJSONFile(nopLogger{}, file)
		if strings.HasPrefix(filepath.Base(file), "bad-") {
			require.Error(t, err, file)
			bad++
			continue
		}
		require.NoError(t, err, file)
		good++
	}
	require.NotZero(t, good)
	require.NotZero(t, bad, "a negative control")
}

type nopLogger struct{}

func (nopLogger) Debug(string, ...any) {}
func (nopLogger) Info(string, ...any)  {}
func (nopLogger) Warn(string, ...any)  {}
func (nopLogger) Error(string, ...any) {}
