package replay

import "time"

// Order is what the shop's books say of one order.
type Order struct {
	// ID is the shop's order id.
	ID string
	// Purchased is when the customer ordered.
	Purchased time.Time
	// HandedOver is when the carrier got it, and Delivered when the customer did; zero when that never happened.
	HandedOver, Delivered time.Time
	// Cancelled is true when the books call the order cancelled. They do not say when.
	Cancelled bool
}

// last returns the latest instant that the books know of the order.
func (o Order) last() time.Time {
	last := o.Purchased
	for _, at := range []time.Time{o.HandedOver, o.Delivered} {
		if at.After(last) {
			last = at
		}
	}
	return last
}

// Faults counts what was wrong in the shop's books.
type Faults struct {
	// LeftOut are orders that were delivered less than 3 hours after their purchase, or before it. They are not replayed.
	LeftOut int
	// HandOvers are hand-overs to the carrier before the purchase or after the delivery. These orders are replayed
	// without their hand-over.
	HandOvers int
}

// repair drops what cannot have happened.
func repair(orders []Order) ([]Order, Faults) {
	var faults Faults
	good := make([]Order, 0, len(orders))
	for _, o := range orders {
		if !o.Delivered.IsZero() && o.Delivered.Sub(o.Purchased) < apart {
			faults.LeftOut++
			continue
		}
		early := !o.HandedOver.IsZero() && o.HandedOver.Before(o.Purchased)
		late := !o.Delivered.IsZero() && o.HandedOver.After(o.Delivered)
		if early || late {
			o.HandedOver = time.Time{}
			faults.HandOvers++
		}
		good = append(good, o)
	}
	return good, faults
}
