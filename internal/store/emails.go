package store

import (
	"context"
	"encoding/json"
	"fmt"

	"klantreis/journey"
)

var (
	knownEmailsSQL = statement{
		postgres: `SELECT user_id, COALESCE(facts::json->'traits'->>'email', '') FROM customers`,
		sqlite:   `SELECT user_id, COALESCE(facts->>'$.traits.email', '') FROM customers`,
	}
	// toldEmailsSQL reads what no decision has seen yet, as after an import of customers.
	toldEmailsSQL = sqlText(`SELECT c.user_id, e.traits FROM events e JOIN customers c ON c.id = e.customer_id
		WHERE e.consumed_step IS NULL AND e.type = 'identify' ORDER BY e.seq`)
)

// UserIDsByEmail returns the shop's ids of the customers who have one of some addresses, by the normal form of the address.
// It reads all customers.
func (s *Store) UserIDsByEmail(ctx context.Context, wanted map[string]bool) (map[string][]string, error) {
	emails := map[string]string{} // by userId
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		_, err := all(ctx, t, func(row scanner) (none struct{}, err error) {
			var userID, address string
			if err = row.Scan(&userID, &address); address != "" {
				emails[userID] = journey.NormalAddress(address)
			}
			return none, err
		}, knownEmailsSQL)
		if err != nil {
			return err
		}
		_, err = all(ctx, t, func(row scanner) (none struct{}, err error) {
			var userID, text string
			var traits struct {
				Email string `json:"email"`
			}
			if err = row.Scan(&userID, &text); err != nil {
				return none, err
			}
			// Traits whose email is no text tell none.
			if json.Unmarshal([]byte(text), &traits) == nil && traits.Email != "" {
				emails[userID] = journey.NormalAddress(traits.Email)
			}
			return none, nil
		}, toldEmailsSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for customers by address: %w", err)
	}
	found := map[string][]string{}
	for userID, address := range emails {
		if wanted[address] {
			found[address] = append(found[address], userID)
		}
	}
	return found, nil
}
