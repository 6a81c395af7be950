package torture

import "time"

// The events of the shop.
const (
	completed = "Order Completed"
	fulfilled = "Order Fulfilled"
	delivered = "Order Delivered"
	refunded  = "Order Refunded"
	returned  = "Order Returned"
	cancelled = "Order Cancelled"
	reviewed  = "Product Reviewed"
	viewed    = "Product Viewed"
	joined    = "Club Joined"
	withdrawn = "Consent Withdrawn"
	bounce    = "bounce"
	identify  = "identify"
	alias     = "alias"
)

// event is one event in Segment's form.
type event struct {
	Type      string `json:"type"`
	Name      string `json:"event,omitempty"`
	MessageID string `json:"messageId"`
	UserID    string `json:"userId,omitempty"`
	// Device is the id of a visitor who may not be known yet.
	Device string `json:"anonymousId,omitempty"`
	// Former is the id that an alias joins to UserID.
	Former     string         `json:"previousId,omitempty"`
	At         time.Time      `json:"timestamp"`
	Traits     map[string]any `json:"traits,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

func (e event) order() string {
	id, _ := e.Properties["order_id"].(string)
	return id
}

// zone is the time zone that a customer tells.
func (e event) zone() string {
	name, _ := e.Traits["timezone"].(string)
	return name
}

// class is the class of messages that a customer does not want any more.
func (e event) class() string {
	name, _ := e.Properties["class"].(string)
	return name
}

func (e event) name() string {
	if e.Name == "" {
		return e.Type
	}
	return e.Name
}
