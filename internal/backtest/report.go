package backtest

import (
	"time"

	"klantreis/journey"
)

// Report is what a backtest found. It has no order of its own anywhere: equal backtests give equal reports.
type Report struct {
	// Since and Until are the time that counts. A zero Since is the beginning.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until"`
	// Customers and Events are how many were played.
	Customers int `json:"customers"`
	Events    int `json:"events"`
	// Map is what the map would have done, and Against what the other one would have done.
	Map     Result  `json:"map"`
	Against *Result `json:"against,omitempty"`
	// More are the customers to whom the map would have sent more messages than the other one, and Fewer those to whom it
	// would have sent fewer, of all touchpoints together. Nil without another map.
	More  *Surplus `json:"more,omitempty"`
	Fewer *Surplus `json:"fewer,omitempty"`
	// Differences are between the two, for the touchpoints that differ.
	Differences []Difference `json:"differences,omitempty"`
}

// Surplus is how many messages one map would have sent beyond those of another, to how many people.
type Surplus struct {
	Messages int `json:"messages"`
	People   int `json:"people"`
}

// Result is what one map would have done.
type Result struct {
	// Journey is the map's name.
	Journey string `json:"journey"`
	// Started, Sent and People are the sums of all touchpoints; somebody who would have got two messages is one of People.
	Started int `json:"started"`
	Sent    int `json:"sent"`
	People  int `json:"people"`
	// Busiest is the hour with the most messages.
	Busiest Hour `json:"busiest"`
	// Touchpoints are in the order of the map.
	Touchpoints []Touchpoint `json:"touchpoints"`
}

// Touchpoint is what would have happened at one touchpoint.
type Touchpoint struct {
	// ID is the touchpoint's.
	ID string `json:"id"`
	// Started are the runs that began, Sent the messages, and People who would have got one or more.
	Started int `json:"started"`
	Sent    int `json:"sent"`
	People  int `json:"people"`
	// Busiest is the hour with the most messages.
	Busiest Hour `json:"busiest"`
	// Decisions counts everything that was decided, by kind and reason.
	Decisions map[journey.DecisionKind]map[journey.Reason]int `json:"decisions"`
}

// Hour is an hour, and how many messages were sent in it. The zero Hour says that none was sent at all.
type Hour struct {
	// From is when it begins, in UTC. Of equally busy hours it is the first.
	From time.Time `json:"from,omitzero"`
	// Sent are the messages.
	Sent int `json:"sent"`
}

// Difference is what the map would have done otherwise than the one it was compared with.
type Difference struct {
	// Touchpoint is the touchpoint's id. OnlyIn is "map" or "against" when only one of the two has it.
	Touchpoint string `json:"touchpoint"`
	OnlyIn     string `json:"onlyIn,omitempty"`
	// Was is its id in the other map, when it is called differently there.
	Was string `json:"was,omitempty"`
	// Started and Sent are under the map less those under the other one.
	Started int `json:"started"`
	Sent    int `json:"sent"`
	// Gained are the customers who would have got messages under the map only, Lost those under the other one only.
	Gained People `json:"gained"`
	Lost   People `json:"lost"`
}

// People are some customers.
type People struct {
	// Count is how many.
	Count int `json:"count"`
	// Examples are the userIds of the first of them, at most five.
	Examples []string `json:"examples,omitempty"`
}
