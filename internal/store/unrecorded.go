package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"klantreis/activities"
)

// Unrecorded is a message that a provider has and of which the record does not know that it was sent.
type Unrecorded struct {
	// MessageID is the message's id.
	MessageID string
	// Touchpoint is the touchpoint that planned it.
	Touchpoint string
	// UserID is the shop's id of the customer. Empty when the record does not know the customer either.
	UserID string
	// Address is where it went. Empty when no report says so.
	Address string
	// SentAt is the real instant of the earliest report.
	SentAt time.Time
	// Planned is true when the record knows the message, and would hand it over.
	Planned bool
	// Noted is true when the provider's report was stored already, so that it will not be handed over.
	Noted bool
}

var (
	reportedStatusSQL = sqlText(`SELECT m.id, m.status, m.customer_id FROM messages m WHERE m.id = ANY($1)`)
	knownMessagesSQL  = sqlText(`SELECT m.id, m.status FROM messages m WHERE m.id = ANY($1)`)
	notedSQL          = sqlText(`SELECT message_id, settled FROM lost_sends WHERE message_id = ANY($1)`)
	userIDsSQL        = sqlText(`SELECT id, user_id FROM customers WHERE id = ANY($1)`)
	openLostSQL       = sqlText(`SELECT message_id, touchpoint, customer_id, sent_at FROM lost_sends WHERE settled = ''
		ORDER BY sent_at, message_id`)
)

// FindUnrecorded looks which messages of this record the reports are about that the record does not know as sent, the earliest
// first. It changes nothing.
func (s *Store) FindUnrecorded(ctx context.Context, reports []activities.Report) ([]Unrecorded, error) {
	reports = storableReports(reports)
	var found []Unrecorded
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		earliest, err := s.earliestReports(ctx, t, reports)
		if err != nil {
			return err
		}
		found, err = unrecorded(ctx, t, earliest)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for what the record does not know: %w", err)
	}
	return found, nil
}

// CountOwn returns how many of the reports are about messages of this record: those that it knows, and those that bear its tag.
func (s *Store) CountOwn(ctx context.Context, reports []activities.Report) (int, error) {
	reports = storableReports(reports)
	ids := make([]string, len(reports))
	for i, report := range reports {
		ids[i] = report.MessageID
	}
	own := 0
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		known, err := pairs(ctx, t, knownMessagesSQL, ids)
		if err != nil {
			return err
		}
		for _, report := range reports {
			ours, err := s.ourSendKey(ctx, t, report.SendKey)
			if err != nil {
				return err
			}
			if ours || known[report.MessageID] != "" {
				own++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count reports about messages of this record: %w", err)
	}
	return own, nil
}

// earliestReports returns the earliest report of each message that is of this record, by the message's id.
func (s *Store) earliestReports(ctx context.Context, t tx, reports []activities.Report) (map[string]activities.Report, error) {
	earliest := map[string]activities.Report{}
	for _, report := range reports {
		ours, err := s.ourSendKey(ctx, t, report.SendKey)
		if err != nil {
			return nil, err
		}
		other, again := earliest[report.MessageID]
		if ours && (!again || report.At.Before(other.At)) {
			earliest[report.MessageID] = report
		}
	}
	return earliest, nil
}

func unrecorded(ctx context.Context, t tx, earliest map[string]activities.Report) ([]Unrecorded, error) {
	ids := slices.Sorted(maps.Keys(earliest))
	type known struct{ id, status, customerID string }
	messages, err := all(ctx, t, func(row scanner) (k known, err error) {
		err = row.Scan(&k.id, &k.status, &k.customerID)
		return k, err
	}, reportedStatusSQL, ids)
	if err != nil {
		return nil, err
	}
	noted, err := pairs(ctx, t, notedSQL, ids)
	if err != nil {
		return nil, err
	}
	planned := map[string]bool{}
	customers := map[string]string{}
	for id, report := range earliest {
		customers[id] = report.CustomerID
	}
	for _, m := range messages {
		customers[m.id] = m.customerID
		planned[m.id] = m.status == statusPlanned || m.status == statusClaimed
		if !planned[m.id] {
			delete(earliest, m.id)
		}
	}
	users, err := pairs(ctx, t, userIDsSQL, slices.Collect(maps.Values(customers)))
	if err != nil {
		return nil, err
	}
	found := make([]Unrecorded, 0, len(earliest))
	for id, r := range earliest {
		_, isNoted := noted[id]
		found = append(found, Unrecorded{
			MessageID: id, Touchpoint: r.Touchpoint, UserID: users[customers[id]], Address: r.Address, SentAt: r.At,
			Planned: planned[id], Noted: isNoted && !planned[id],
		})
	}
	slices.SortFunc(found, func(a, b Unrecorded) int {
		return cmp.Or(a.SentAt.Compare(b.SentAt), cmp.Compare(a.MessageID, b.MessageID))
	})
	return found, nil
}

// LostSends returns the sends of which the provider reported, that the record does not know, and that no message was found to
// be yet: the earliest first.
func (s *Store) LostSends(ctx context.Context) ([]Unrecorded, error) {
	var found []Unrecorded
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		var customers []string
		var err error
		found, err = all(ctx, t, func(row scanner) (u Unrecorded, err error) {
			var customerID string
			var at int64
			err = row.Scan(&u.MessageID, &u.Touchpoint, &customerID, &at)
			u.SentAt, u.Noted = instant(at), true
			customers = append(customers, customerID)
			return u, err
		}, openLostSQL)
		if err != nil {
			return err
		}
		users, err := pairs(ctx, t, userIDsSQL, customers)
		for i := range found {
			found[i].UserID = users[customers[i]]
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read lost sends: %w", err)
	}
	return found, nil
}
