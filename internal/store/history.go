package store

import (
	"context"
	"errors"
	"fmt"

	"klantreis/activities"
	"klantreis/journey"
)

// History is everything that happened to one customer.
type History struct {
	// CustomerID is our own id of the customer, UserID the shop's.
	CustomerID, UserID string
	// Events are all events of the customer, in order of arrival.
	Events []journey.Event
}

// historyPage is how many customers are read at once. So no transaction is open for long, and no more than their events
// are in memory.
const historyPage = 100

var (
	historyCustomersSQL = sqlText(`SELECT id, user_id FROM customers WHERE id > $1 ORDER BY id LIMIT $2`)
	// The two halves have an index each.
	historyEventsSQL = sqlText(`SELECT e.customer_id, ` + eventColumns + ` FROM (
			SELECT * FROM events WHERE customer_id = ANY($1) AND consumed_step IS NOT NULL
			UNION ALL SELECT * FROM events WHERE customer_id = ANY($1) AND consumed_step IS NULL
		) AS e ORDER BY e.customer_id, e.seq`)
	visitorEventsSQL = sqlText(`SELECT COUNT(*) FROM events WHERE customer_id IS NULL`)
)

// Histories calls each with the history of every customer who has events, in the order of CustomerID, and ends with the
// first error. Customers and events that come meanwhile may be missing.
func (s *Store) Histories(ctx context.Context, each func(History) error) error {
	after := ""
	for {
		page, last, err := s.historyPage(ctx, after)
		if err != nil {
			return fmt.Errorf("read histories: %w", err)
		}
		for _, h := range page {
			if err := each(h); err != nil {
				return err
			}
		}
		if last == "" {
			return nil
		}
		after = last
	}
}

// historyPage reads the customers that come after an id, and the last id; empty when there are no more.
func (s *Store) historyPage(ctx context.Context, after string) (page []History, last string, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		page, err = all(ctx, t, func(row scanner) (h History, err error) {
			err = row.Scan(&h.CustomerID, &h.UserID)
			return h, err
		}, historyCustomersSQL, after, historyPage)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].CustomerID
		return addEvents(ctx, t, page)
	})
	some := page[:0]
	for _, h := range page {
		if len(h.Events) > 0 {
			some = append(some, h)
		}
	}
	return some, last, err
}

// addEvents adds the events to the customers of a page, who are in order.
func addEvents(ctx context.Context, t tx, page []History) error {
	ids := make([]string, len(page))
	places := map[string]int{}
	for i, h := range page {
		ids[i], places[h.CustomerID] = h.CustomerID, i
	}
	_, err := all(ctx, t, func(row scanner) (struct{}, error) {
		var customerID string
		var stored storedEvent
		if err := row.Scan(append([]any{&customerID}, stored.into()...)...); err != nil {
			return struct{}{}, err
		}
		event, err := stored.event()
		if fault := (*activities.Fault)(nil); errors.As(err, &fault) {
			err = nil // the rest of the customer's history can be read
		}
		h := &page[places[customerID]]
		h.Events = append(h.Events, event)
		return struct{}{}, err
	}, historyEventsSQL, ids)
	return err
}

// VisitorEvents returns how many events are stored of visitors who are not known as a customer.
func (s *Store) VisitorEvents(ctx context.Context) (int64, error) {
	var n int64
	if err := s.readOne(ctx, visitorEventsSQL, nil, &n); err != nil {
		return 0, fmt.Errorf("count the events of visitors: %w", err)
	}
	return n, nil
}

// JourneyClock returns the clock of the record: real time when none is stored yet.
func (s *Store) JourneyClock(ctx context.Context) (journey.Clock, error) {
	var clock journey.Clock
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		clock, err = readClock(ctx, t)
		return err
	})
	return clock, err
}
