package store

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"klantreis/journey"
)

// identities are the ids that a batch of events speaks of.
type identities struct {
	// customers are the customers' own ids by userId.
	customers map[string]string
	// devices are the owners by anonymousId. Nobody's device is "".
	devices map[string]string
	// linked are the devices that this batch gives an owner.
	linked map[string]string
	// reserved are rows that keep others from making customers of the previous ids of aliases meanwhile, by these ids.
	reserved map[string]string
	// receivedAt is when the batch was received.
	receivedAt time.Time
}

// resolve returns the customer of every event, "" for a visitor's, after making the customers and links that the events
// ask for. Earlier events of the devices it links become the customer's; those that wake are added to wakes.
//
// It locks in one order: customers, then devices, each sorted.
func (s *Store) resolve(ctx context.Context, t tx, events []journey.Event, wakes *wakeBumps) ([]string, error) {
	ids := identities{linked: map[string]string{}}
	var err error
	if ids.customers, wakes.newcomers, err = s.findCustomers(ctx, t, events); err != nil {
		return nil, err
	}
	if err = s.reserve(ctx, t, events, &ids); err != nil {
		return nil, err
	}
	if ids.devices, err = findDevices(ctx, t, ids.devicesOf(events)); err != nil {
		return nil, err
	}
	for _, event := range events {
		ids.link(event)
		if event.ReceivedAt.After(ids.receivedAt) {
			ids.receivedAt = event.ReceivedAt
		}
	}
	owners := make([]string, len(events))
	for i, event := range events {
		owners[i] = ids.owner(event)
	}
	if err := s.announce(ctx, t, events, ids); err != nil {
		return nil, err
	}
	return owners, ids.adopt(ctx, t, wakes)
}

// link gives the devices that an event names to its customer, unless they are somebody's already.
func (ids *identities) link(event journey.Event) {
	if event.UserID == "" {
		return
	}
	for _, device := range ids.devicesOf([]journey.Event{event}) {
		if ids.devices[device] == "" {
			ids.devices[device] = ids.customers[event.UserID]
			ids.linked[device] = ids.customers[event.UserID]
		}
	}
}

// owner returns the customer that an event belongs to, once all links are made: a visitor's event belongs to whom the
// device was given later in the batch.
func (ids *identities) owner(event journey.Event) string {
	if event.UserID != "" {
		return ids.customers[event.UserID]
	}
	return ids.devices[event.AnonymousID]
}

// devicesOf returns the anonymousIds that events name: sorted, each once.
func (ids *identities) devicesOf(events []journey.Event) []string {
	found := map[string]bool{}
	for _, event := range events {
		if event.AnonymousID != "" {
			found[event.AnonymousID] = true
		}
		// The previous id of an alias is a device, unless it is known as a customer.
		if event.Type == journey.TypeAlias && event.PreviousID != "" && ids.customers[event.PreviousID] == "" {
			found[event.PreviousID] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

var (
	// selectCustomersSQL finds merged customers last, so that they count.
	selectCustomersSQL = sqlText(`SELECT user_id, id FROM customers WHERE user_id = ANY($1)
		UNION ALL SELECT user_id, customer_id FROM customer_aliases WHERE user_id = ANY($1)`)
	insertCustomersSQL = sqlText(`INSERT INTO customers (id, user_id, created_at)
		SELECT id, user_id, created_at FROM json_to_recordset($1::json) AS r (id text, user_id text, created_at bigint)
		WHERE true ORDER BY user_id ON CONFLICT (user_id) DO NOTHING`)
)

// customerRow is a customer on the way into the record.
type customerRow struct {
	ID        string `json:"id"`
	UserID    string `json:"user_id"`
	CreatedAt int64  `json:"created_at"`
}

// findCustomers returns the customers by userId, making those that are new, and the ids of those. A previous id is looked up
// but never made.
func (s *Store) findCustomers(ctx context.Context, t tx, events []journey.Event) (known map[string]string, newcomers map[string]bool, err error) {
	named, wanted := map[string]bool{}, map[string]bool{}
	for _, event := range events {
		named[event.UserID], wanted[event.UserID] = true, true
		if event.Type == journey.TypeAlias {
			named[event.PreviousID] = true
		}
	}
	delete(named, "")
	delete(wanted, "")
	if len(wanted) == 0 {
		return map[string]string{}, nil, nil
	}
	known, err = pairs(ctx, t, selectCustomersSQL, slices.Sorted(maps.Keys(named)))
	if err != nil {
		return nil, nil, fmt.Errorf("find customers: %w", err)
	}
	maps.DeleteFunc(wanted, func(userID string, _ bool) bool { return known[userID] != "" })
	if len(wanted) == 0 {
		return known, nil, nil
	}
	made, err := s.makeCustomers(ctx, t, slices.Sorted(maps.Keys(wanted)))
	maps.Copy(known, made)
	newcomers = map[string]bool{}
	for _, id := range made {
		newcomers[id] = true
	}
	return known, newcomers, err
}

// makeCustomers makes customers and returns them by userId. Somebody else may be making the same ones: the insert then
// waits for them, and the ids read after it are theirs.
func (s *Store) makeCustomers(ctx context.Context, t tx, userIDs []string) (map[string]string, error) {
	rows := make([]customerRow, len(userIDs))
	for i, userID := range userIDs {
		rows[i] = customerRow{newCustomerID(), userID, micros(s.now())}
	}
	if _, err := t.exec(ctx, insertCustomersSQL, records{rows}); err != nil {
		return nil, fmt.Errorf("make customers: %w", err)
	}
	made, err := pairs(ctx, t, selectCustomersSQL, userIDs)
	if err != nil {
		return nil, fmt.Errorf("find new customers: %w", err)
	}
	return made, dropOthers(ctx, t, rows, made)
}

// dropOthers removes customers that were made although an alias, which was not to be seen yet, says that their ids are
// somebody else's.
func dropOthers(ctx context.Context, t tx, rows []customerRow, made map[string]string) error {
	var others []string
	for _, row := range rows {
		if made[row.UserID] != row.ID {
			others = append(others, row.ID)
		}
	}
	if len(others) == 0 {
		return nil
	}
	if _, err := t.exec(ctx, deleteCustomersSQL, others); err != nil {
		return fmt.Errorf("remove customers who are others: %w", err)
	}
	return nil
}

// newCustomerID returns a random id, which says nothing about the customer.
func newCustomerID() string {
	var random [10]byte
	_, _ = rand.Read(random[:]) // It never fails: the program ends instead.
	return "c_" + strings.ToLower(base32.StdEncoding.EncodeToString(random[:]))
}

// pairs returns the two text columns of a query as a map.
func pairs(ctx context.Context, t tx, q statement, args ...any) (map[string]string, error) {
	found, err := all(ctx, t, func(row scanner) (pair [2]string, err error) {
		err = row.Scan(&pair[0], &pair[1])
		return pair, err
	}, q, args...)
	byFirst := make(map[string]string, len(found))
	for _, pair := range found {
		byFirst[pair[0]] = pair[1]
	}
	return byFirst, err
}
