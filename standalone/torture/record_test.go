package torture

import "time"

// What the record holds, as far as the checker looks at it.

type storedEvent struct {
	Seq                                 int64
	MessageID, UserID, CustomerID, Name string
	OrderID                             string
	Total                               float64
	Wakes                               bool
	Consumed                            bool
	ConsumedStep                        int64
}

type storedCustomer struct {
	ID, UserID string
	NextWake   time.Time // zero when nothing is due
	// Orders is how many orders the customer is known to have bought, and Spent what for.
	Orders int
	Spent  float64
}

type storedRun struct {
	ID, CustomerID, Touchpoint, Key, Status, Reason string
	Due                                             time.Time // zero when it waits for no time
}

type storedMessage struct {
	ID, CustomerID, RunID, Touchpoint, Template, Class, Status, Reason string
	ClaimedAt                                                          time.Time // zero when it never was
	// Resent is true once it was sent a second time.
	Resent, Consumed bool
}

type storedDecision struct {
	CustomerID, Kind, Reason, Touchpoint, RunID, Step, MessageID string
	EventSeq, DecidedIn                                          int64
}

type storedReport struct{ ID, MessageID, Kind string }
