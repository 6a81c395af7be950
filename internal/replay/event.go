package replay

import (
	"fmt"
	"time"
)

// The names of the events that are posted.
const (
	completed = "Order Completed"
	fulfilled = "Order Fulfilled"
	delivered = "Order Delivered"
	refunded  = "Order Refunded"
	returned  = "Order Returned"
	cancelled = "Order Cancelled"
	reviewed  = "Product Reviewed"
)

// Event is one event in Segment's form, and when it is posted.
type Event struct {
	// Type is identify or track.
	Type string `json:"type"`
	// Name is the name of a track event.
	Name string `json:"event,omitempty"`
	// MessageID is the same for an event that is posted again.
	MessageID string `json:"messageId"`
	// UserID is the shop's id of the customer.
	UserID string `json:"userId"`
	// At is when it happened, in journey time.
	At time.Time `json:"timestamp"`
	// Traits are those of an identify event.
	Traits map[string]any `json:"traits,omitempty"`
	// Properties are those of a track event. All of them have an order_id.
	Properties map[string]any `json:"properties,omitempty"`

	// PostAt is when it is to be posted, in journey time; never before At.
	PostAt time.Time `json:"-"`
	// Offered and Taken are the journey instants at which it was posted and answered. Zero before that.
	Offered, Taken time.Time `json:"-"`
}

// order returns the order that the event is about; empty for an identify.
func (e Event) order() string {
	id, _ := e.Properties["order_id"].(string)
	return id
}

// track returns an event about an order.
func track(name string, o Order, user string, at time.Time) Event {
	return Event{
		Type: "track", Name: name, UserID: user, At: at, PostAt: at,
		MessageID:  fmt.Sprintf("%s/%s/%d", o.ID, name, at.Unix()),
		Properties: map[string]any{"order_id": o.ID},
	}
}
