package store

import (
	"context"
	"fmt"
	"slices"

	"klantreis/journey"
)

// An alias may come before anything else of the id that it joins to a customer: clients send at the same time what happened
// one after the other. It then announces the id. Until it comes as a userId it is a device, as far as anybody knows; when it
// does, it means the customer. It says nothing about anybody else: two aliases of one id that nobody has join nobody.

var (
	deleteCustomersSQL = sqlText(`DELETE FROM customers WHERE id = ANY($1)`)
	// announceSQL leaves an id that means somebody already; no customer ever had the empty former id.
	announceSQL = sqlText(`INSERT INTO customer_aliases (user_id, customer_id, former_id, merged_at) VALUES ($1, $2, '', $3)
		ON CONFLICT (user_id) DO NOTHING`)
)

// reserve makes a customer of every previous id of an alias that nobody has. Who makes the same customer at the same time
// waits, and finds what announce leaves; without that, the one would not see the alias and the other not the customer, and
// they would stay two for ever. It locks customers, like findCustomers.
func (s *Store) reserve(ctx context.Context, t tx, events []journey.Event, ids *identities) error {
	var former []string
	for _, event := range events {
		if event.Type == journey.TypeAlias && event.UserID != "" && event.PreviousID != "" && ids.customers[event.PreviousID] == "" {
			former = append(former, event.PreviousID)
		}
	}
	if len(former) == 0 {
		return nil
	}
	slices.Sort(former)
	former = slices.Compact(former)
	rows := make([]customerRow, len(former))
	for i, userID := range former {
		rows[i] = customerRow{newCustomerID(), userID, micros(s.now())}
	}
	if _, err := t.exec(ctx, insertCustomersSQL, records{rows}); err != nil {
		return fmt.Errorf("reserve the previous ids of aliases: %w", err)
	}
	known, err := pairs(ctx, t, selectCustomersSQL, former)
	if err != nil {
		return fmt.Errorf("find the previous ids of aliases: %w", err)
	}
	ids.reserved = map[string]string{}
	for _, row := range rows {
		if known[row.UserID] == row.ID {
			ids.reserved[row.UserID] = row.ID
		} else {
			ids.customers[row.UserID] = known[row.UserID] // somebody made it a moment ago
		}
	}
	return dropOthers(ctx, t, rows, known)
}

// announce lets the previous ids that nobody has mean the customers of their aliases, those that no other customer has as a
// device, and gives up what was reserved.
func (s *Store) announce(ctx context.Context, t tx, events []journey.Event, ids identities) error {
	for _, event := range events {
		owner := ids.customers[event.UserID]
		if event.Type != journey.TypeAlias || ids.reserved[event.PreviousID] == "" || ids.devices[event.PreviousID] != owner {
			continue
		}
		if _, err := t.exec(ctx, announceSQL, event.PreviousID, owner, micros(s.now())); err != nil {
			return fmt.Errorf("announce the previous id of an alias: %w", err)
		}
	}
	var reserved []string
	for _, id := range ids.reserved {
		reserved = append(reserved, id)
	}
	if len(reserved) == 0 {
		return nil
	}
	slices.Sort(reserved)
	if _, err := t.exec(ctx, deleteCustomersSQL, reserved); err != nil {
		return fmt.Errorf("give up the previous ids of aliases: %w", err)
	}
	return nil
}
