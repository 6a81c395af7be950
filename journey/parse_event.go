package journey

import "slices"

// knownEvents are the names of Segment's e-commerce specification, the four that it lacks, those that the engine makes, and
// the types of the events that have no name of their own.
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
	ConsentRequested, PreferencesChanged,
	MessageDelivered, MessageOpened, MessageClicked, MessageBounced, MessageComplained, MessageUnsubscribed,
	TypeIdentify, TypePage, TypeScreen, TypeGroup, TypeAlias,
}

// checkEventName warns of a name that looks like a slip.
func (p *parser) checkEventName(name, path string) {
	switch {
	case name == TypeTrack:
		p.warnAt(path, "no event is called track", "events of that type have names of their own")
		return
	case slices.Contains(knownEvents, name):
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

// checkEvents warns of event names that look wrong.
func (p *parser) checkEvents(t *Touchpoint, path string) {
	p.checkEventNames(t.On, path+".on")
	p.checkEventNames(t.Cancel, path+".cancel")
	p.checkEventNames(t.Observe, path+".observe")
	p.checkEventNames(t.Absence.Without, path+".absence.without")
	p.checkEventNames(t.Goal.On, path+".goal.on")
	eachStep(t.Steps, path+".do", func(s *Step, at string) {
		p.checkEventNames(s.For.On, at+".waitFor.on")
	})
	p.checkKeys(t, path)
}
