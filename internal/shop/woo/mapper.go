package woo

import (
	"slices"

	"klantreis/internal/shop"
)

// mapper makes events of what one shop says.
type mapper struct {
	// shop is the name of the connection.
	shop string
	// arrived are the statuses of orders that mean that the customer has everything.
	arrived []string
}

// delivered tells whether an order of the status has arrived.
func (m *mapper) delivered(status text) bool { return slices.Contains(m.arrived, string(status)) }

// messageID returns the id of an event about an object, which is the same however often the shop tells it.
func (m *mapper) messageID(kind string, id text, what string) string {
	return shop.MessageID(m.shop, kind, string(id), what)
}

// userID returns the userId of who has an account, or else of the guest with an address; "" for nobody.
func userID(customerID, email text) string {
	if id := customerID.id(); id != "" {
		return id
	}
	if (address{Email: email}).anonymised() {
		return ""
	}
	return shop.GuestUserID(string(email))
}
