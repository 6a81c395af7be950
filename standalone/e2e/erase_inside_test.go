package e2e

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	sdkclient "go.temporal.io/sdk/client"

	"klantreis/internal/sandbox"
	"klantreis/internal/testserver"
	"klantreis/workflows"
)

// executions returns how many executions of a customer's workflow Temporal can find.
func (in *inside) executions(customerID string) int {
	in.t.Helper()
	found, err := in.temporal.ListWorkflow(context.Background(), &workflowservice.ListWorkflowExecutionsRequest{
		Query: "WorkflowId = '" + workflows.CustomerWorkflowID(customerID) + "'",
	})
	require.NoError(in.t, err)
	return len(found.GetExecutions())
}

// TestWhoIsErasedLeavesTemporalAndTheProvider erases a customer whose workflow waits, while the provider is down at first.
func TestWhoIsErasedLeavesTemporalAndTheProvider(t *testing.T) {
	t.Parallel()
	records := map[string]func(*testing.T) string{"sqlite": sqliteFile, "postgres": func(t *testing.T) string { return testserver.Postgres(t) }}
	for name, database := range records {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := startInside(t, database(t), mapFolder(t, referenceMap, "first", "second"), 0)
			in.post(identify("anna", "en"), track("anna", "Order Completed", "1001"), identify("bert", "en"), track("bert", "Order Completed", "1002"))
			for _, user := range []string{"anna", "bert"} {
				in.awaitMail(time.Minute, user, "reference")
			}
			anna, bert := in.customerID("anna"), in.customerID("bert")
			in.eventually(time.Minute, "the workflow can be found", func() bool { return in.executions(anna) > 0 })
			require.NoError(t, in.box.SetFaults(sandbox.FaultPlan{Fault: sandbox.FaultUnavailable, Next: 2}))
			in.ask(http.MethodDelete, "/api/v1/customers/anna", nil, http.StatusAccepted)
			in.awaitErasure()
			in.eventually(time.Minute, "nothing can be found any more", func() bool { return in.executions(anna) == 0 })
			_, err := in.temporal.DescribeWorkflowExecution(t.Context(), workflows.CustomerWorkflowID(anna), "")
			var none *serviceerror.NotFound
			require.ErrorAs(t, err, &none)
			require.Empty(t, in.mails("anna", "reference"))
			require.Len(t, in.mails("bert", "reference"), 1)
			require.Positive(t, in.executions(bert))

			// A dispatcher that had claimed her wake row before starts the workflow again: it finds nobody, and goes again.
			_, err = in.temporal.SignalWithStartWorkflow(t.Context(), workflows.CustomerWorkflowID(anna), workflows.SignalWoken, nil,
				sdkclient.StartWorkflowOptions{ID: workflows.CustomerWorkflowID(anna), TaskQueue: workflows.TaskQueue}, workflows.NameCustomerJourney, workflows.CustomerJourneyInput{CustomerID: anna})
			require.NoError(t, err)
			in.eventually(time.Minute, "it can be found", func() bool { return in.executions(anna) > 0 })
			in.eventually(3*time.Minute, "it is removed again", func() bool { return in.executions(anna) == 0 })
		})
	}
}
