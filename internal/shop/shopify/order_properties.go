package shopify

import (
	"klantreis/internal/shop"
)

// mostLines is how many lines of an order are told. An event has at most 32 KB.
const mostLines = 60

// orderProperties are those of Order Completed and Order Updated: amounts in the currency of the shop, in which all orders can
// be added up.
func (a *Adapter) orderProperties(o *order, refunds map[id]knownRefund) (map[string]any, error) {
	properties := map[string]any{"affiliation": a.Connection}
	put(properties, "order_number", o.Name)
	put(properties, "currency", o.Currency)
	put(properties, "status_url", o.StatusURL)
	if o.CheckoutToken != "" {
		properties["checkout_id"] = shop.Short(o.CheckoutToken)
	}
	if len(o.Codes) > 0 {
		put(properties, "coupon", o.Codes[0].Code)
	}
	total := o.Total
	if o.CurrentTotal != "" && len(o.Refunds) == 0 && o.CancelledAt.IsZero() {
		total = o.CurrentTotal // After an edit; a refund takes away from it, and is told by itself.
	}
	err := amounts(properties, o.Currency, map[string]shop.Decimal{
		"total": total, "revenue": o.Subtotal, "tax": o.Tax, "discount": o.Discounts, "shipping": o.Shipping.Shop.Amount,
	})
	if err != nil {
		return nil, err
	}
	if paid := o.TotalSet.Presentment; paid.Currency != "" && paid.Currency != o.Currency {
		m, err := paid.money()
		if err != nil {
			return nil, err
		}
		properties["presentment"] = presentment(m)
	}
	products, err := productsOf(o.Lines, o.Currency, func(l *line) int64 {
		if !o.CancelledAt.IsZero() {
			return l.Quantity
		}
		return l.ordered(refunds)
	})
	properties["products"] = products
	return properties, err
}

// amounts adds amounts that are told.
func amounts(to map[string]any, currency string, told map[string]shop.Decimal) error {
	for name, amount := range told {
		if amount == "" {
			continue
		}
		m, err := shop.Parse(amount, currency)
		if err != nil {
			return err
		}
		to[name] = m.Number()
	}
	return nil
}

// productsOf returns the lines of an order or a checkout as Segment has them. What an edit took away is not among them.
func productsOf(lines []line, currency string, count func(*line) int64) ([]any, error) {
	products := []any{}
	for i := range lines {
		l := &lines[i]
		quantity := count(l)
		if quantity <= 0 || len(products) == mostLines {
			continue
		}
		price, err := shop.Parse(l.Price, currency)
		if err != nil {
			return nil, err
		}
		product := map[string]any{"quantity": float64(quantity), "price": price.Number()}
		put(product, "product_id", string(l.ProductID))
		put(product, "variant_id", string(l.VariantID))
		put(product, "sku", l.SKU)
		put(product, "name", l.Title)
		put(product, "variant", l.Variant)
		put(product, "brand", l.Vendor)
		products = append(products, product)
	}
	return products, nil
}
