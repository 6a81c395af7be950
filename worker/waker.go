package worker

import (
	"context"
	"fmt"

	sdkclient "go.temporal.io/sdk/client"

	"klantreis/workflows"
)

// Waker wakes customers' workflows.
type Waker struct {
	// Client is the connection to Temporal.
	Client sdkclient.Client
}

// Wake tells the customer's workflow that the record holds something new, and starts it when there is none. Waking a
// workflow twice is harmless.
func (w Waker) Wake(ctx context.Context, customerID string) error {
	options := sdkclient.StartWorkflowOptions{
		ID:        workflows.CustomerWorkflowID(customerID),
		TaskQueue: workflows.TaskQueue,
	}
	in := workflows.CustomerJourneyInput{CustomerID: customerID}
	_, err := w.Client.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalWoken, nil, options, workflows.NameCustomerJourney, in)
	if err != nil {
		return fmt.Errorf("wake customer %s: %w", customerID, err)
	}
	return nil
}
