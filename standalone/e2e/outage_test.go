package e2e

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

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

// TestAMailThatWasNotTakenIsSentAlthoughTheRecordWasAway lets the record go away while the provider refuses a mail for now,
// so that the claim cannot be given back. It is a service mail, which is never sent when nobody knows.
func TestAMailThatWasNotTakenIsSentAlthoughTheRecordWasAway(t *testing.T) {
	t.Parallel()
	postgres := testserver.StartPostgres(t)
	in := startInside(t, postgres.URL, mapFolder(t, referenceMap, "first", "second"), 1)
	away := make(chan struct{})
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		postgres.Stop()
		close(away)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	in.refuse.Store(&refuse)
	in.post(identify("anna", "en"), track("anna", "Order Completed", "o-1"))
	<-away
	in.eventually(30*time.Second, "the attempt ends without having given its claim back", func() bool {
		listed, err := in.temporal.ListOpenWorkflow(context.Background(), &workflowservice.ListOpenWorkflowExecutionsRequest{})
		require.NoError(t, err)
		require.Len(t, listed.Executions, 1)
		d, err := in.temporal.DescribeWorkflowExecution(context.Background(), listed.Executions[0].Execution.WorkflowId, "")
		require.NoError(t, err)
		return len(d.PendingActivities) == 1 && d.PendingActivities[0].GetLastFailure() != nil &&
			strings.Contains(d.PendingActivities[0].LastFailure.Message, "release message")
	})
	postgres.Start()
	in.awaitMail(time.Minute, "anna", "reference")
	in.quiet(time.Second, "anna", "reference", 1)
}
