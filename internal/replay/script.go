package replay

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"
)

// Script is everything that is posted in a replay.
type Script struct {
	// Events are the events in the order of posting.
	Events []Event
	// Faults is what was wrong in the shop's books.
	Faults Faults
	// Orders and Customers are how many there are.
	Orders, Customers int
	// Repeated are events posted twice under the same messageId, and Resent those posted again under a new one.
	Repeated, Resent int
	// Shifted are drawn events that were moved, because they lay too near to a mail that falls due or to another event of
	// the order. Real ones need not be: they all come before the first mail that waits.
	Shifted int
}

// Count returns how many events with a name are posted, repeated ones included.
func (s Script) Count(name string) int {
	n := 0
	for _, e := range s.Events {
		if e.Name == name {
			n++
		}
	}
	return n
}

// NewScript turns orders into events. The books say who was delivered what and when; the seed draws who ordered, what
// they cancelled, returned and reviewed, and which events the shop posts twice. An order's own draws depend on nothing
// but the seed and the order. Drawn events keep away from mails that fall due, each of which may be late by as much as late,
// in journey time.
func NewScript(orders []Order, seed uint64, late time.Duration) Script {
	orders, faults := repair(orders)
	slices.SortStableFunc(orders, func(a, b Order) int { return a.Purchased.Compare(b.Purchased) })
	s := Script{Faults: faults, Orders: len(orders)}
	for _, own := range customers(orders, rand.New(rand.NewPCG(seed, 1))) {
		s.Customers++
		s.customer(fmt.Sprintf("cust-%d", s.Customers), own, seed, late)
	}
	slices.SortStableFunc(s.Events, func(a, b Event) int { return a.PostAt.Compare(b.PostAt) })
	return s
}

// customers deals the orders out, oldest first: of ten customers six have one order, and the others two to five that
// followed each other soon.
func customers(orders []Order, rng *rand.Rand) [][]Order {
	const nearby = 30
	rest := slices.Clone(orders)
	var groups [][]Order
	for len(rest) > 0 {
		size := 1
		if rng.Float64() >= 0.6 {
			size = 2 + rng.IntN(4)
		}
		group := []Order{rest[0]}
		rest = rest[1:]
		for next := 0; len(group) < size && len(rest) > 0; {
			next = min(next+rng.IntN(nearby), len(rest)-1)
			group = append(group, rest[next])
			rest = slices.Delete(rest, next, next+1)
		}
		groups = append(groups, group)
	}
	return groups
}

// customer adds the events of one customer, who is known some hours before the first order.
func (s *Script) customer(user string, orders []Order, seed uint64, late time.Duration) {
	locale := "nl"
	if s.Customers%3 == 0 {
		locale = "en"
	}
	known := slices.MinFunc(orders, func(a, b Order) int { return a.Purchased.Compare(b.Purchased) }).Purchased.Add(-6 * time.Hour)
	s.Events = append(s.Events, Event{
		Type: "identify", UserID: user, MessageID: user + "/identify", At: known, PostAt: known,
		Traits: map[string]any{"email": user + "@replay.example", "locale": locale},
	})
	for _, o := range orders {
		hash := fnv.New64a()
		hash.Write([]byte(o.ID))
		s.order(user, o, rand.New(rand.NewPCG(seed, hash.Sum64())), late)
	}
}

// order adds the events of one order: those of the books, those that are drawn, and those that are posted again.
func (s *Script) order(user string, o Order, rng *rand.Rand, late time.Duration) {
	placed := track(completed, o, user, o.Purchased)
	price := float64(500+rng.IntN(20_000)) / 100
	quantity := 1 + rng.IntN(3)
	placed.Properties["total"] = price * float64(quantity)
	placed.Properties["currency"] = "BRL"
	placed.Properties["products"] = []map[string]any{{"name": "Product " + o.ID[:4], "price": price, "quantity": quantity}}

	events := []Event{placed}
	if !o.HandedOver.IsZero() {
		events = append(events, track(fulfilled, o, user, o.HandedOver))
	}
	if !o.Delivered.IsZero() {
		events = append(events, track(delivered, o, user, o.Delivered))
	}
	table := newTimetable(o, late)
	for _, drawn := range aftercare(o, rng) {
		events = append(events, track(drawn.name, o, user, table.place(drawn.at)))
	}
	s.Shifted += table.shifted
	s.Events = append(s.Events, events...)
	for _, e := range events {
		s.again(e, rng)
	}
}

// again now and then posts an event a second time: the same one, or the same fact under a new messageId. The latter comes
// within the day in which the engine still takes it for fresh.
func (s *Script) again(e Event, rng *rand.Rand) {
	switch dice := rng.Float64(); {
	case dice < 0.04:
		e.PostAt = e.At.Add(between(rng, 0, 30*time.Hour))
		s.Repeated++
	case dice < 0.07:
		e.PostAt = e.At.Add(between(rng, 2*time.Hour, 20*time.Hour))
		e.MessageID += "/again"
		s.Resent++
	default:
		return
	}
	s.Events = append(s.Events, e)
}
