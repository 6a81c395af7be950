package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// Customer is a customer as the record has it.
type Customer struct {
	// UserID is the shop's id of the customer.
	UserID string
	// State is what the engine knows, with all runs.
	State journey.State
	// NextWake is the next due instant, in journey time. Zero when nothing waits for time.
	NextWake time.Time
	// Step counts the customer's decisions.
	Step int64
}

var customerSQL = sqlText(`SELECT id, user_id, phase, phase_since, facts, next_wake, step FROM customers
	WHERE id = COALESCE((SELECT customer_id FROM customer_aliases WHERE user_id = $1), (SELECT id FROM customers WHERE user_id = $1))`)

// CustomerByUserID returns a customer by the shop's id, and false when there is none. The id of a customer who was merged
// into another one stands for that one.
func (s *Store) CustomerByUserID(ctx context.Context, userID string) (Customer, bool, error) {
	var found []Customer
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		if found, err = all(ctx, t, scanCustomer, customerSQL, storableText(userID)); err != nil || len(found) == 0 {
			return err
		}
		state := &found[0].State
		state.Runs, err = all(ctx, t, scanRun, customerRunsSQL, state.CustomerID)
		return err
	})
	if err != nil {
		return Customer{}, false, fmt.Errorf("read customer: %w", err)
	}
	if len(found) == 0 {
		return Customer{}, false, nil
	}
	return found[0], true, nil
}

func scanCustomer(row scanner) (Customer, error) {
	var c Customer
	var since int64
	var facts []byte
	var next *int64
	if err := row.Scan(&c.State.CustomerID, &c.UserID, &c.State.Phase, &since, &facts, &next, &c.Step); err != nil {
		return c, err
	}
	c.State.PhaseSince = instant(since)
	if next != nil {
		c.NextWake = instant(*next)
	}
	return c, json.Unmarshal(facts, &c.State.Facts)
}

// MessageState is a message and what became of it.
type MessageState struct {
	journey.Message
	// Status is planned, claimed, sent, notsent, withdrawn or unknown.
	Status string
	// Reason is why, and Detail says more. Empty until the message is settled.
	Reason journey.Reason
	Detail string
	// ClaimedAt is when it was last claimed, in real time. Zero when that claim was given back.
	ClaimedAt time.Time
	// SettledAt is when it was sent or given up, in journey time.
	SettledAt time.Time
	// ProviderID is the provider's id of it.
	ProviderID string
	// Delivery is what the provider reported last of how it fares, and DeliveryAt its real instant.
	Delivery   activities.ReportKind
	DeliveryAt time.Time
	// Subscription is ReportUnsubscribed or ReportResubscribed, whichever its reader did last, and SubscriptionAt the real
	// instant. Empty when they did neither.
	Subscription   activities.ReportKind
	SubscriptionAt time.Time
	// Opens counts how often it was opened, as far as can be told by people, and MachineOpens how often by machines.
	Opens, MachineOpens int64
	// FirstOpenedAt is the real instant of the first that counts in Opens.
	FirstOpenedAt time.Time
	// Clicks counts how often a link in it was followed, and FirstClickedAt is the real instant of the first time.
	Clicks         int64
	FirstClickedAt time.Time
}

var messagesSQL = sqlText(`SELECT id, run_id, touchpoint, step, template, channel, class, planned_at, kind, persona,
	status, reason, detail, claimed_at, settled_at, provider_id, delivery, delivery_at,
	subscription, subscription_at, opens, machine_opens, first_opened_at, clicks, first_clicked_at
	FROM messages WHERE customer_id = $1 ORDER BY planned_at, id`)

// Messages returns all messages of a customer in the order in which they fell due.
func (s *Store) Messages(ctx context.Context, customerID string) ([]MessageState, error) {
	var messages []MessageState
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		messages, err = all(ctx, t, scanMessageState, messagesSQL, customerID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return messages, nil
}

func scanMessageState(row scanner) (MessageState, error) {
	var m MessageState
	var planned, claimed, settled, delivered, subscribed, opened, clicked int64
	err := row.Scan(&m.ID, &m.RunID, &m.Touchpoint, &m.Step, &m.Template, &m.Channel, &m.Class, &planned, &m.Kind, &m.Persona,
		&m.Status, &m.Reason, &m.Detail, &claimed, &settled, &m.ProviderID, &m.Delivery, &delivered,
		&m.Subscription, &subscribed, &m.Opens, &m.MachineOpens, &opened, &m.Clicks, &clicked)
	m.PlannedAt, m.ClaimedAt, m.SettledAt, m.DeliveryAt = instant(planned), instant(claimed), instant(settled), instant(delivered)
	m.SubscriptionAt, m.FirstOpenedAt, m.FirstClickedAt = instant(subscribed), instant(opened), instant(clicked)
	return m, err
}

// Counts are the sizes of the record.
type Counts struct {
	// Customers are all customers.
	Customers int64
	// Events are the events that were ever stored. The number may be a little too high, because it is not counted but
	// read from the order of arrival.
	Events int64
	// WaitingRuns are the runs that are under way.
	WaitingRuns int64
}

var countsSQL = sqlText(`SELECT (SELECT COUNT(*) FROM customers), (SELECT COALESCE(MAX(seq), 0) FROM events),
	(SELECT COUNT(*) FROM runs WHERE status = 'active')`)

// Counts returns the sizes of the record.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := s.readOne(ctx, countsSQL, nil, &c.Customers, &c.Events, &c.WaitingRuns)
	if err != nil {
		return Counts{}, fmt.Errorf("count: %w", err)
	}
	return c, nil
}
