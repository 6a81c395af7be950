package woo

import (
	"slices"
	"strings"
)

// Mapper makes events of what one shop says.
type Mapper struct {
	// Shop is the name of the connection. It is part of the ids of all events.
	Shop string
	// Delivered are the statuses of orders that mean that the customer has everything. WooCommerce itself knows no such
	// status; extensions add "delivered". A shop that completes its orders when they arrive names "completed".
	Delivered []string
}

// delivered tells whether an order of the status has arrived.
func (m *Mapper) delivered(status text) bool { return slices.Contains(m.Delivered, string(status)) }

// messageID returns the id of an event about an object, which is the same however often the shop tells it.
func (m *Mapper) messageID(kind string, id text, what string) string {
	return strings.Join([]string{"woo", m.Shop, kind, string(id), what}, ":")
}
