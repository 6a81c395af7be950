package journey

import (
	"fmt"
	"regexp"
	"slices"
)

// The properties that Segment's specification gives to some events of a shop and not to others, and that runs are told
// apart by.
const (
	orderProperty   = "order_id"
	productProperty = "product_id"
	cartProperty    = "cart_id"
)

var (
	propertyKey = regexp.MustCompile(`^event\.(\w+)$`)

	// lookingEvents say of products what was looked at, and of no order.
	lookingEvents = []string{
		"Products Searched", "Product List Viewed", "Product List Filtered", "Promotion Viewed", "Promotion Clicked",
		"Cart Viewed", "Cart Shared", "Checkout Step Viewed", "Checkout Step Completed",
	}
	productEvents = []string{
		"Product Clicked", "Product Viewed", "Product Added", "Product Removed", "Product Shared", "Product Reviewed",
		"Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart",
	}
	cartEvents  = []string{"Product Added", "Product Removed", "Cart Viewed", "Cart Shared", "Wishlist Product Added to Cart"}
	orderEvents = []string{
		"Order Completed", "Order Updated", "Order Refunded", "Order Cancelled", "Order Fulfilled", "Order Delivered", "Order Returned",
		"Checkout Started", "Payment Info Entered", "Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed",
	}
	// without are the events that by the specification lack a property. Of all others nobody can say.
	withoutProperty = map[string][]string{
		orderProperty:   slices.Concat(lookingEvents, productEvents, []string{"Quote Requested"}),
		productProperty: slices.Concat(lookingEvents, orderEvents),
		cartProperty:    except(slices.Concat(lookingEvents, productEvents, orderEvents), cartEvents),
	}
)

func except(all, some []string) []string {
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(some, name) })
}

// lacks tells whether an event usually has no such key.
func lacks(key, event string) bool {
	match := propertyKey.FindStringSubmatch(key)
	return match != nil && slices.Contains(withoutProperty[match[1]], event)
}

// checkKeys warns of events that would start or match no run, because they usually do not have the key. A waitFor or goal
// that says by shows that the shop's events have it.
func (p *parser) checkKeys(t *Touchpoint, path string) {
	if t.Key == "" {
		return
	}
	sure := map[string]bool{}
	note := func(names []string, by string) {
		for _, name := range names {
			sure[name] = sure[name] || by != ""
		}
	}
	note(t.Goal.On, t.Goal.By)
	eachStep(t.Steps, "", func(s *Step, _ string) { note(s.For.On, s.For.By) })

	key := propertyOf(t.Key)
	p.checkKey(t.Key, t.On, nil, path+".on", fmt.Sprintf("usually has no %s, so it would start nothing", key), "")
	match := fmt.Sprintf("usually has no %s, so it would match no run", key)
	hint := fmt.Sprintf("send %s with it, and say so in a waitFor with by: %s", key, t.Key)
	p.checkKey(t.Key, t.Cancel, sure, path+".cancel", match, hint)
	p.checkKey(t.Key, t.Goal.On, sure, path+".goal.on", match, hint)
	eachStep(t.Steps, path+".do", func(s *Step, at string) {
		if s.For.By == "" {
			p.checkKey(t.Key, s.For.On, sure, at+".waitFor.on", match, hint)
		}
	})
}

func (p *parser) checkKey(key string, names []string, sure map[string]bool, path, message, hint string) {
	for i, name := range names {
		if lacks(key, name) && !sure[name] {
			p.warnAt(p.itemPath(path, i), name+" "+message, hint)
		}
	}
}

// propertyOf returns the property that a key consists of.
func propertyOf(key string) string {
	if match := propertyKey.FindStringSubmatch(key); match != nil {
		return match[1]
	}
	return key
}
