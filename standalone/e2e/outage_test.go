package e2e

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"klantreis/internal/testserver"
	"klantreis/workflows"
)

// outage is how long the record stays away: long enough for decisions to time out and workflows to rest. KLANTREIS_OUTAGE
// sets another length, such as 10m.
func outage(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("KLANTREIS_OUTAGE")
	if text == "" {
		return 40 * time.Second
	}
	d, err := time.ParseDuration(text)
	require.NoError(t, err)
	return d
}

func TestNothingFailsWhileTheRecordIsAway(t *testing.T) {
	t.Parallel()
	away := outage(t)
	postgres := testserver.StartPostgres(t)
	// The wait of 7 days falls due while the record is away.
	in := startInside(t, postgres.URL, mapFolder(t, referenceMap, "first", "second"), (7*24*time.Hour).Seconds()/(10*time.Second).Seconds())
	users := []string{"anna", "bert", "cora"}
	ids := map[string]string{}
	for _, user := range users {
		in.post(identify(user, "en"), track(user, "Order Completed", "o-"+user))
		in.awaitMail(10*time.Second, user, "reference")
		ids[user] = in.customerID(user)
	}
	postgres.Stop()
	ctx := context.Background()
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for back := time.After(away); ; {
		for _, user := range users {
			require.NoError(t, in.temporal.SignalWorkflow(ctx, workflows.CustomerWorkflowID(ids[user]), "", workflows.SignalWoken, nil))
		}
		select {
		case <-tick.C:
			continue
		case <-back:
		}
		break
	}
	for _, user := range users {
		d, err := in.temporal.DescribeWorkflowExecution(ctx, workflows.CustomerWorkflowID(ids[user]), "")
		require.NoError(t, err)
		require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, d.WorkflowExecutionInfo.Status, user)
	}
	postgres.Start()
	for _, user := range users {
		in.eventually(2*time.Minute, "the second mail of "+user, func() bool { return len(in.mails(user, "reference")) == 2 })
		in.eventually(time.Minute, "the workflow of "+user+" completes", func() bool {
			d, err := in.temporal.DescribeWorkflowExecution(ctx, workflows.CustomerWorkflowID(ids[user]), "")
			require.NoError(t, err)
			return d.WorkflowExecutionInfo.Status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
		})
	}
	for _, user := range users {
		in.quiet(time.Second, user, "reference", 2)
	}
}
