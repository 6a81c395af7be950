package journey

import "slices"

// The events that say how a message fares. The engine makes them from what the mail provider reports.
const (
	// MessageDelivered: the receiving server took it.
	MessageDelivered = "Message Delivered"
	// MessageOpened: a person opened it, as far as can be told; opens by machines do not count.
	MessageOpened = "Message Opened"
	// MessageClicked: a link in it was followed.
	MessageClicked = "Message Clicked"
	// MessageBounced: it did not arrive.
	MessageBounced = "Message Bounced"
	// MessageComplained: its reader reported it as spam.
	MessageComplained = "Message Complained"
	// MessageUnsubscribed: its reader unsubscribed.
	MessageUnsubscribed = "Message Unsubscribed"
)

var messageEvents = []string{
	MessageDelivered, MessageOpened, MessageClicked, MessageBounced, MessageComplained, MessageUnsubscribed,
}

// aboutMessage tells whether the event says how a message fares.
func (e Event) aboutMessage() bool { return slices.Contains(messageEvents, e.Name) }

// namesRun tells whether the event is by itself about the run that sent a message. A shop may post answers of surveys of its
// own, which name none.
func (e Event) namesRun() bool {
	return e.aboutMessage() || e.Name == SurveyAnswered && e.Properties["run_id"] != nil
}

// unattended tells whether a machine made the event, and the customer was not there.
func (e Event) unattended() bool { return e.Name == MessageDelivered || e.Name == MessageBounced }
