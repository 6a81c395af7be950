package journey

import "time"

// Policy bounds what is sent to a customer, and when. Transactional messages are exempt.
type Policy struct {
	// Spread is over how long the instants are spread, by customer, that policy or an edit of the map makes the same for
	// many. Zero means not at all.
	Spread time.Duration
	// QuietHours are hours of the customer's day in which nothing is sent. May be nil.
	QuietHours *Hours
	// Windows are the hours in which messages of some classes may be sent at all.
	Windows []Window
	// Caps bound how many messages a customer gets.
	Caps []Cap
	// Held says what happens to a message that is held back.
	Held Held
	// Pauses hold messages back while a condition holds.
	Pauses []Pause
	// SoftOptIn says who may be mailed without having consented.
	SoftOptIn SoftOptIn
	// DoubleOptIn lets a consent count only once the customer confirmed it.
	DoubleOptIn bool
}

// Window is when messages of some classes may be sent.
type Window struct {
	// Classes are the classes that may be sent in these hours and, unless another window lists them, at no other time.
	Classes []Class
	// Hours are the hours, in the customer's time.
	Hours Hours
}

// Cap bounds the messages of some classes to a customer in any stretch of time of a length.
type Cap struct {
	// Classes are the classes that count together.
	Classes []Class
	// Max is how many there may be.
	Max int
	// Per is the length of the stretch.
	Per time.Duration
}

// Held says what happens to a message that is held back.
type Held struct {
	// For is how long it may be held. Defaults to three days.
	For time.Duration
	// Exit is true when the run ends after that; otherwise it goes on without the message.
	Exit bool
}

// Pause holds messages of some classes back while a condition holds.
type Pause struct {
	// Classes are the classes that are held.
	Classes []Class
	// If is a CEL condition on the customer.
	If string
}

// SoftOptIn says who may be mailed without having consented: customers, who did not object, for some time after an order.
type SoftOptIn struct {
	// Classes are the classes that may be sent.
	Classes []Class
	// For is how long after the last order.
	For time.Duration
}
