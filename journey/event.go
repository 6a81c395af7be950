package journey

import "time"

// The types of event, as in Segment's specification. Only track events have names of their own;
// the others are known to a map by their type ("identify", "page", ...).
const (
	TypeIdentify = "identify"
	TypeTrack    = "track"
	TypePage     = "page"
	TypeScreen   = "screen"
	TypeGroup    = "group"
	TypeAlias    = "alias"
)

// Event is one fact about a customer or a visitor, in Segment's form.
type Event struct {
	// Seq orders events by arrival. The record gives it out; zero before that.
	Seq int64
	// MessageID is the sender's own id of the event; it deduplicates retries.
	MessageID string
	// Type is one of the Type constants.
	Type string
	// Name is the event name of a track event ("Order Completed"), otherwise the Type.
	Name string
	// UserID is the shop's id of the customer. Empty for a visitor.
	UserID string
	// AnonymousID is the device's id. May be empty.
	AnonymousID string
	// PreviousID is the id that an alias event joins to UserID.
	PreviousID string
	// GroupID is the company of a group event.
	GroupID string
	// Timestamp is when it happened, in journey time, never after ReceivedAt.
	Timestamp time.Time
	// ReceivedAt is when it reached us, in journey time.
	ReceivedAt time.Time
	// Age is how old the event was at receipt, in the clock that its timestamp came in.
	Age time.Duration
	// Dormant is true when nothing listened to the event when it arrived, so that it was only stored. Its age counts until
	// the decision that sees it, because a newer map may listen to it long after.
	Dormant bool
	// Imported is true for history that was brought in afterwards. It tells facts and moves phases like any event, but starts
	// nothing, however young it is.
	Imported bool
	// Properties describe a track, page or screen event.
	Properties map[string]any
	// Traits describe the customer (identify) or the company (group).
	Traits map[string]any
	// Context is what the client library knows: locale, campaign, page, ...
	Context map[string]any
}

// Email returns the mail address of the customer that the event tells; "" when it tells none.
func (e Event) Email() string {
	if e.Type == TypeIdentify {
		if address, ok := e.Traits["email"].(string); ok {
			return address
		}
	}
	traits, _ := e.Context["traits"].(map[string]any)
	address, _ := traits["email"].(string)
	return address
}
