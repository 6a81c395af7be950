package shopify

import (
	"strings"

	"klantreis/internal/shop"
)

// knownCheckout is what is known of a checkout.
type knownCheckout struct {
	Started bool `json:"started,omitempty"`
}

// checkout returns what a checkout tells. It is nobody's until somebody says who they are; who completed it by then has an
// order already.
func (a *Adapter) checkout(c *checkout) ([]shop.Change, error) {
	if c.Token == "" {
		return nil, missing("token")
	}
	by, changes := a.who(c.Customer, c.Email, c.UpdatedAt, c.Shipping, c.Billing)
	properties, err := c.properties()
	if err != nil {
		return nil, err
	}
	object := shop.Short(c.Token)
	return append(changes, compared(kindCheckout, object, func(known *knownCheckout) (string, []event) {
		if known.Started || by.userID == "" || !c.CompletedAt.IsZero() || len(c.Lines) == 0 {
			return by.userID, nil
		}
		known.Started = true
		var told []event
		if shop.IsGuest(by.userID) {
			told = append(told, a.guest(by, kindCheckout, id(object), c.UpdatedAt.Time))
		}
		started := a.track("Checkout Started", kindCheckout, id(object), "started", by.userID, c.CreatedAt.Time, properties)
		started.Context = localeContext(c.Locale)
		return by.userID, append(told, started)
	})), nil
}

// properties are those of Checkout Started.
func (c *checkout) properties() (map[string]any, error) {
	properties := map[string]any{"checkout_id": shop.Short(c.Token)}
	put(properties, "currency", c.Currency)
	put(properties, "url", c.URL)
	if err := amounts(properties, c.Currency, map[string]shop.Decimal{"total": c.Total, "value": c.Total, "tax": c.Tax, "discount": c.Discounts}); err != nil {
		return nil, err
	}
	products, err := productsOf(c.Lines, c.Currency, func(l *line) int64 { return l.Quantity })
	properties["products"] = products
	return properties, err
}

// buyer is whose an order or a checkout is.
type buyer struct {
	// userID is empty when nobody knows who it is.
	userID, email string
	addresses     []*address
}

// who returns whose an order or a checkout is, and what it tells about a customer.
func (a *Adapter) who(c *customer, email string, version instant, addresses ...*address) (buyer, []shop.Change) {
	email = strings.TrimSpace(email)
	if c == nil || c.ID == "" {
		return buyer{userID: shop.GuestUserID(email), email: email, addresses: addresses}, nil
	}
	if c.Email == "" {
		c.Email = email
	}
	if c.UpdatedAt.IsZero() {
		c.UpdatedAt = version
	}
	return buyer{userID: string(c.ID)}, a.told(c, true)
}

// localeContext is the context of an event in which somebody saw the shop in a language.
func localeContext(locale string) map[string]any {
	if locale == "" || len(locale) > 35 {
		return nil
	}
	return map[string]any{"locale": locale}
}
