package worker

import (
	"context"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	sdkclient "go.temporal.io/sdk/client"

	"klantreis/workflows"
)

// Remover removes customers' workflows from Temporal, with their histories and what can be searched for.
type Remover struct {
	// Client is the connection to Temporal, and Namespace where the workflows are.
	Client    sdkclient.Client
	Namespace string
}

// removedAtOnce is how many executions of a workflow one call removes.
const removedAtOnce = 100

// Remove ends the customer's workflow, and has every execution of it deleted that there is or was. Temporal does so a little
// later: it answers true once there is none. Removing a workflow any number of times is harmless.
func (r Remover) Remove(ctx context.Context, customerID string) (gone bool, err error) {
	id := workflows.CustomerWorkflowID(customerID)
	if err := absent(r.Client.TerminateWorkflow(ctx, id, "", "the customer was erased")); err != nil {
		return false, fmt.Errorf("end the workflow: %w", err)
	}
	service := r.Client.WorkflowService()
	found, err := service.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: r.Namespace, PageSize: removedAtOnce, Query: fmt.Sprintf("WorkflowId = '%s'", id),
	})
	if err != nil {
		return false, fmt.Errorf("look for the workflow: %w", err)
	}
	executions := []*commonpb.WorkflowExecution{}
	for _, info := range found.GetExecutions() {
		executions = append(executions, info.GetExecution())
	}
	// What can be searched for may lag behind.
	current, err := r.Client.DescribeWorkflowExecution(ctx, id, "")
	if err := absent(err); err != nil {
		return false, fmt.Errorf("look at the workflow: %w", err)
	}
	if latest := current.GetWorkflowExecutionInfo().GetExecution(); latest != nil {
		executions = append(executions, latest)
	}
	for _, execution := range executions {
		_, err := service.DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
			Namespace: r.Namespace, WorkflowExecution: execution,
		})
		if err := absent(err); err != nil {
			return false, fmt.Errorf("delete the workflow: %w", err)
		}
	}
	return len(executions) == 0, nil
}

// absent makes no error of what is not there.
func absent(err error) error {
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return nil
	}
	return err
}
