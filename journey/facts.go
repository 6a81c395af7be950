package journey

import "time"

// Facts are what is known about a customer. Conditions see them as `customer`.
//
// Most of them are what events have told, see learn. What Decide itself did (LastSent, Slots, Fired) stands here too,
// because later decisions depend on it. All lists and maps are bounded: they are read and written at every decision.
type Facts struct {
	// Traits are the newest values given by identify.
	Traits map[string]any `json:"traits,omitempty"`
	// Locale is the newest language tag seen in a trait or in an event's context.
	Locale string `json:"locale,omitempty"`
	// Timezone is an IANA zone name, as the trait timezone or else the newest context says. It may be no zone at all.
	Timezone string `json:"timezone,omitempty"`
	// Country is the country of the traits, or else of the newest context. Two letters are in upper case.
	Country string `json:"country,omitempty"`
	// FirstSeen is the timestamp of the earliest event.
	FirstSeen time.Time `json:"firstSeen,omitzero"`
	// LastSeen is the timestamp of the latest event.
	LastSeen time.Time `json:"lastSeen,omitzero"`

	// Orders are how many orders the customer bought: completed, and neither cancelled nor refunded in full. A repeated
	// order id counts once.
	Orders int64 `json:"orders,omitempty"`
	// TotalSpent is the sum of the totals of these orders less what was refunded of them, in the shop's currency.
	TotalSpent float64 `json:"totalSpent,omitempty"`
	// FirstOrderAt and LastOrderAt are the timestamps of the first and the last of these orders.
	FirstOrderAt time.Time `json:"firstOrderAt,omitzero"`
	LastOrderAt  time.Time `json:"lastOrderAt,omitzero"`
	// RecentOrders are the last orders, newest last, at most 20. Cancelled and refunded ones are among them.
	RecentOrders []Order `json:"recentOrders,omitempty"`
	// EarlyChanges are changes of orders that were not completed yet when they came, at most 10, newest last.
	EarlyChanges []OrderChange `json:"earlyChanges,omitempty"`
	// OlderGaps are the gaps between orders that are no longer among the recent ones.
	OlderGaps Gaps `json:"olderGaps,omitzero"`
	// Categories are what was bought of each product category, at most 50.
	Categories map[string]Bought `json:"categories,omitempty"`
	// FavouriteCategory is the one of which most was bought; of several the one bought last, then the first by name.
	FavouriteCategory string `json:"favouriteCategory,omitempty"`

	// FirstCampaign and LastCampaign are where the customer came from, the first and the last time it was told. Nil when
	// it never was.
	FirstCampaign *Campaign `json:"firstCampaign,omitempty"`
	LastCampaign  *Campaign `json:"lastCampaign,omitempty"`
	// Scores are the last answers by survey, at most 50; ScoredAt says when each was given.
	Scores   map[string]float64   `json:"scores,omitempty"`
	ScoredAt map[string]time.Time `json:"scoredAt,omitempty"`
	// Consents are the last consent or objection by message class. Without an entry nothing was said.
	Consents map[Class]Consent `json:"consents,omitempty"`
	// Topics are the last statement about each topic of messages, at most 50. Without an entry nothing was said.
	Topics map[string]Consent `json:"topics,omitempty"`
	// Preferences are how often the customer wants mail, and from when on.
	Preferences Preferences `json:"preferences,omitzero"`
	// OpenTaskIDs are the tasks about the customer that somebody has yet to do, oldest first, at most 100.
	OpenTaskIDs []string `json:"openTasks,omitempty"`
	// DoneTaskIDs are the tasks completed last, at most 20. They keep a late event from opening one again.
	DoneTaskIDs []string `json:"doneTasks,omitempty"`

	// Last is the newest timestamp of each event name that an absence rule counts from, at most 100 names.
	Last map[string]time.Time `json:"last,omitempty"`
	// Fired is the base instant for which each absence or date rule fired last.
	Fired map[string]time.Time `json:"fired,omitempty"`
	// LastSent is when the newest message of each class was handed over.
	LastSent map[Class]time.Time `json:"lastSent,omitempty"`
	// Done is what each run under way did, by run id: an edited map must not bring a run to it a second time.
	Done map[string][]Deed `json:"mailed,omitempty"`
	// Slots are the messages that count towards caps.
	Slots []Slot `json:"slots,omitempty"`
}

// Order is what is remembered of one order.
type Order struct {
	// ID is the shop's order id.
	ID string `json:"id" cel:"id"`
	// At is when it was completed.
	At time.Time `json:"at" cel:"at"`
	// Total is its value, in the shop's currency.
	Total float64 `json:"total" cel:"total"`
	// Currency is the ISO 4217 code that came with it. Empty when none did.
	Currency string `json:"currency,omitempty" cel:"currency"`
	// Status is completed, fulfilled, delivered, returned, refunded or cancelled, whichever of these that happened comes last
	// in this row. Refunded means in full.
	Status string `json:"status" cel:"status"`
	// Refunds are the refunds of parts of it, at most 20.
	Refunds []Refund `json:"refunds,omitempty" cel:"refunds"`
	// Lines are what was ordered, at most 50. Only the last 5 orders have them.
	Lines []Line `json:"lines,omitempty" cel:"lines"`
}

// Line is one product of an order. Texts are cut at 100 bytes.
type Line struct {
	// ProductID is the shop's id of the product.
	ProductID string `json:"productId,omitempty" cel:"product_id"`
	// SKU is its stock keeping unit.
	SKU string `json:"sku,omitempty" cel:"sku"`
	// Name is what the product is called.
	Name string `json:"name,omitempty" cel:"name"`
	// Category is the shop's category of the product.
	Category string `json:"category,omitempty" cel:"category"`
	// Quantity is how much of it was ordered; 1 when the order did not say.
	Quantity float64 `json:"quantity,omitempty" cel:"quantity"`
	// Price is the price of one, in the shop's currency.
	Price float64 `json:"price,omitempty" cel:"price"`
}

// Refund is money given back for a part of an order. Two with one timestamp are the same one.
type Refund struct {
	// At is when it was given back.
	At time.Time `json:"at" cel:"at"`
	// Amount is how much, in the shop's currency; at least zero.
	Amount float64 `json:"amount" cel:"amount"`
}

// OrderChange is what became of an order.
type OrderChange struct {
	// ID is the shop's order id.
	ID string `json:"id"`
	// Status is as in Order. Empty for a refund of a part.
	Status string `json:"status,omitempty"`
	// Refund is the refund of a part. Zero when it is none.
	Refund Refund `json:"refund,omitzero"`
}

// Bought is what was bought of one product category.
type Bought struct {
	// Quantity is how much.
	Quantity float64 `json:"quantity"`
	// At is when the last of it was.
	At time.Time `json:"at"`
}

// Campaign is where a customer came from, in the words of UTM parameters. Texts are cut at 100 bytes.
type Campaign struct {
	// Source is who sent the customer, such as a search engine.
	Source string `json:"source,omitempty" cel:"source"`
	// Medium is by what means, such as email or cpc.
	Medium string `json:"medium,omitempty" cel:"medium"`
	// Name is the campaign's name.
	Name string `json:"name,omitempty" cel:"name"`
	// Term is the keyword.
	Term string `json:"term,omitempty" cel:"term"`
	// Content tells advertisements of one campaign apart.
	Content string `json:"content,omitempty" cel:"content"`
	// At is when it was told.
	At time.Time `json:"at" cel:"at"`
}

// Consent is the last that a customer said about being sent messages of a class.
type Consent struct {
	// Given is true for a consent and false for an objection.
	Given bool `json:"given"`
	// At is when it was said.
	At time.Time `json:"at"`
	// Confirmed is true for a consent that the customer confirmed, by a link in a mail for example.
	Confirmed bool `json:"confirmed,omitempty"`
}

// Slot is a message that counts towards the caps of its class.
type Slot struct {
	// MessageID is the message.
	MessageID string `json:"id"`
	// Class is its class.
	Class Class `json:"class"`
	// At is the instant at which it counts: of the handover, or of the plan before.
	At time.Time `json:"at"`
	// Pending is true until it is settled. Until then it counts as if it went now, because nobody knows when it will.
	Pending bool `json:"pending,omitempty"`
}

// Email returns the customer's mail address, or "" when it is not known.
func (f Facts) Email() string {
	address, _ := f.Traits["email"].(string)
	return address
}

// OpenTasks returns how many tasks about the customer somebody has yet to do.
func (f Facts) OpenTasks() int64 { return int64(len(f.OpenTaskIDs)) }

// Consent returns what the customer last said about messages of the class; known is false when they said nothing.
func (f Facts) Consent(class Class) (given, known bool) {
	c, known := f.Consents[class]
	return c.Given, known
}
