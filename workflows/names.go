package workflows

// The names on the wire. They are part of every recorded history: a Go identifier may be renamed, these never.
const (
	// NameCustomerJourney is the workflow type.
	NameCustomerJourney = "CustomerJourney"
	// SignalWoken tells a customer's workflow that the record holds something new. It carries nothing.
	SignalWoken = "woken"
	// QueryState answers where the workflow stands, as a State.
	QueryState = "state"
	// ActivityDecide, ActivitySend and ActivityWebhook are the activity types.
	ActivityDecide  = "Decide"
	ActivitySend    = "Send"
	ActivityWebhook = "Webhook"
)

// The task queues.
const (
	// TaskQueue carries the workflows and their local activities.
	TaskQueue = "klantreis"
	// SendTaskQueue carries the sends, so that a slow provider never delays a decision.
	SendTaskQueue = "klantreis-send"
	// WebhookTaskQueue carries the calls of other systems, so that a slow one never delays a mail.
	WebhookTaskQueue = "klantreis-webhook"
)

// CustomerWorkflowID returns the id of the workflow of a customer.
func CustomerWorkflowID(customerID string) string {
	return "customer/" + customerID
}
