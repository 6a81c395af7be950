package journey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The properties of Segment's specification for shops that are texts or numbers.
var (
	textProperties = []string{
		"order_id", "checkout_id", "cart_id", "product_id", "sku", "category", "name", "brand", "variant", "currency", "coupon",
		"payment_method", "shipping_method", "wishlist_id", "promotion_id", "coupon_id", "list_id", "affiliation",
	}
	numberProperties = []string{"total", "revenue", "subtotal", "value", "price", "quantity", "shipping", "tax", "discount"}

	onlyProperty  = regexp.MustCompile(`^!?\s*event\.(\w+)$`)
	eventProperty = regexp.MustCompile(`\bevent\.(\w+)`)
)

// reviewProperties reports conditions that are no question, and properties that are called otherwise in the specification.
func (p *parser) reviewProperties(m *Map) {
	m.eachCondition(func(text, path string) {
		if match := onlyProperty.FindStringSubmatch(strings.TrimSpace(text)); match != nil {
			p.reviewTruth(match[1], path)
		}
		p.reviewSpelling(text, path)
	})
	for i := range m.Touchpoints {
		t, path := &m.Touchpoints[i], fmt.Sprintf("touchpoints[%d]", i)
		p.reviewSpelling(t.Key, path+".key")
		p.reviewSpelling(t.Goal.By, path+".goal.by")
		eachStep(t.Steps, path+".do", func(s *Step, at string) { p.reviewSpelling(s.For.By, at+".waitFor.by") })
	}
}

// reviewTruth warns of a condition that is a text or a number only.
func (p *parser) reviewTruth(property, path string) {
	message := fmt.Sprintf("event.%s is not true or false, so the condition cannot be answered", property)
	switch {
	case slices.Contains(numberProperties, property):
		p.warnAt(path, message, fmt.Sprintf("compare it with something, such as event.%s > 0", property))
	case slices.Contains(textProperties, property):
		p.warnAt(path, message, fmt.Sprintf("ask whether it is there with has(event.%s)", property))
	}
}

// reviewSpelling warns of event.orderId, which is event.order_id in the specification.
func (p *parser) reviewSpelling(text, path string) {
	plain := func(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
	for _, match := range eventProperty.FindAllStringSubmatch(text, -1) {
		for _, known := range slices.Concat(textProperties, numberProperties) {
			if match[1] != known && plain(match[1]) == plain(known) {
				p.warnAt(path, fmt.Sprintf("events usually have %s, not %s", known, match[1]), "write event."+known)
			}
		}
	}
}
