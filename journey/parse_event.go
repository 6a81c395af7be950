package journey

import "slices"

// knownEvents are the names of Segment's e-commerce specification, the four that it lacks, and the types of the events
// that have no name of their own.
var knownEvents = []string{
	"Products Searched", "Product List Viewed", "Product List Filtered",
	"Promotion Viewed", "Promotion Clicked",
	"Product Clicked", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed",
	"Checkout Started", "Checkout Step Viewed", "Checkout Step Completed", "Payment Info Entered",
	"Order Updated", "Order Completed", "Order Refunded", "Order Cancelled",
	"Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed",
	"Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart",
	"Product Shared", "Cart Shared", "Product Reviewed",
	"Order Fulfilled", "Order Delivered", "Order Returned", "Quote Requested",
	"Survey Answered", "Contact Recorded", "Task Created", "Task Completed", "Consent Given", "Consent Withdrawn",
	TypeIdentify, TypePage, TypeScreen, TypeGroup, TypeAlias,
}

const orderKey = "event.order_id"

// withoutOrderID are the known events that, by Segment's specification, say nothing of an order.
var withoutOrderID = []string{
	"Products Searched", "Product List Viewed", "Product List Filtered",
	"Promotion Viewed", "Promotion Clicked",
	"Product Clicked", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed",
	"Checkout Step Viewed", "Checkout Step Completed",
	"Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart",
	"Product Shared", "Cart Shared", "Product Reviewed", "Quote Requested",
}

// checkEventName warns of a name that looks like a slip.
func (p *parser) checkEventName(name, path string) {
	if slices.Contains(knownEvents, name) {
		return
	}
	if hint := suggest(name, knownEvents); hint != "" {
		p.warnAt(path, name+" is not a usual event name", hint)
	}
}

// checkEventNames does so for a list, whose items have paths of their own only when it was written as one.
func (p *parser) checkEventNames(names []string, path string) {
	for i, name := range names {
		p.checkEventName(name, p.itemPath(path, i))
	}
}

// checkEvents warns of event names that look wrong, and of events that a run by order would never match because they
// usually do not say of which order they speak. A waitFor with its own by shows that the shop's events do say it.
func (p *parser) checkEvents(t *Touchpoint, path string) {
	p.checkEventNames(t.On, path+".on")
	p.checkEventNames(t.Cancel, path+".cancel")
	p.checkEventNames(t.Observe, path+".observe")
	p.checkEventNames(t.Absence.Without, path+".absence.without")
	p.checkEventNames(t.Goal.On, path+".goal.on")
	correlated := map[string]bool{}
	eachStep(t.Steps, path+".do", func(s *Step, at string) {
		p.checkEventNames(s.For.On, at+".waitFor.on")
		for _, name := range s.For.On {
			correlated[name] = correlated[name] || s.For.By != ""
		}
	})
	for _, name := range t.Goal.On {
		correlated[name] = correlated[name] || t.Goal.By != ""
	}
	if t.Key != orderKey {
		return
	}
	p.checkOrderID(t.Cancel, correlated, path+".cancel")
	p.checkOrderID(t.Goal.On, correlated, path+".goal.on")
	eachStep(t.Steps, path+".do", func(s *Step, at string) {
		if s.For.By == "" {
			p.checkOrderID(s.For.On, correlated, at+".waitFor.on")
		}
	})
}

func (p *parser) checkOrderID(names []string, correlated map[string]bool, path string) {
	for _, name := range names {
		if slices.Contains(withoutOrderID, name) && !correlated[name] {
			p.warnAt(path, name+" usually has no order_id, so it would match no run", "send order_id with it, and say so in a waitFor with by: "+orderKey)
		}
	}
}
