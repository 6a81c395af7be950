package api

import (
	"time"

	"klantreis/journey"
)

// Delivery is what the mail provider reported of a message. Instants are in journey time.
type Delivery struct {
	// State is how it fares: processed, deferred, delivered, dropped, blocked, bounced or complained.
	State string `json:"state,omitempty"`
	// At is when that happened.
	At time.Time `json:"at,omitzero"`
	// Opens counts how often it was opened, as far as can be told by people.
	Opens int64 `json:"opens,omitempty"`
	// FirstOpenedAt is the first time.
	FirstOpenedAt time.Time `json:"firstOpenedAt,omitzero"`
	// MachineOpens counts how often it was opened by machines.
	MachineOpens int64 `json:"machineOpens,omitempty"`
	// Clicks counts how often a link in it was followed.
	Clicks int64 `json:"clicks,omitempty"`
	// FirstClickedAt is the first time.
	FirstClickedAt time.Time `json:"firstClickedAt,omitzero"`
	// Subscription is unsubscribed or resubscribed, whichever its reader did last with the provider.
	Subscription string `json:"subscription,omitempty"`
	// SubscriptionAt is when.
	SubscriptionAt time.Time `json:"subscriptionAt,omitzero"`
}

// Suppression says that an address, or a customer whatever the address, must not be mailed.
type Suppression struct {
	// Reason is bounced, invalid, complained, unsubscribed or objected. The last three still let transactional messages through.
	Reason journey.SuppressionReason `json:"reason"`
	// Since is when that happened, in journey time.
	Since time.Time `json:"since"`
	// Source says who told it.
	Source string `json:"source"`
}
