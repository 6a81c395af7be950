package journey

import (
	"maps"
	"slices"
	"time"
)

const (
	// maxLines is how many lines of one order are remembered.
	maxLines = 50
	// maxCategories is of how many product categories it is remembered how much was bought.
	maxCategories = 50
)

// orderLines reads the products of an order.
func orderLines(e Event) []Line {
	products, _ := e.Properties["products"].([]any)
	if len(products) == 0 {
		return nil
	}
	lines := make([]Line, 0, min(len(products), maxLines))
	for _, product := range products {
		p, ok := product.(map[string]any)
		if !ok {
			continue
		}
		if len(lines) == maxLines {
			break
		}
		lines = append(lines, lineOf(p))
	}
	return lines
}

func lineOf(product map[string]any) Line {
	part := func(name string) string { return truncate(text(product[name])) }
	line := Line{ProductID: part("product_id"), SKU: part("sku"), Name: part("name"), Category: part("category"), Quantity: 1}
	if n, ok := number(product["quantity"]); ok && n > 0 {
		line.Quantity = n
	}
	if n, ok := number(product["price"]); ok {
		line.Price = n
	}
	return line
}

// bought counts what an order has of each category, or takes it back with a sign of -1. Of an order whose lines are
// forgotten nothing is taken back.
func (f *Facts) bought(o Order, sign float64) {
	if !slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Category != "" }) {
		return
	}
	categories := maps.Clone(f.Categories)
	if categories == nil {
		categories = make(map[string]Bought, 1)
	}
	for _, line := range o.Lines {
		if line.Category == "" {
			continue
		}
		b := categories[line.Category]
		b.Quantity = rounded(finiteSum(b.Quantity, sign*line.Quantity))
		if sign > 0 {
			b.At = later(b.At, o.At)
		}
		categories[line.Category] = b
	}
	maps.DeleteFunc(categories, func(_ string, b Bought) bool { return b.Quantity <= 0 })
	forget(categories, maxCategories, func(b Bought) time.Time { return b.At })
	f.Categories, f.FavouriteCategory = categories, favourite(categories)
}

// favourite returns the category of which most was bought; of several the one bought last, then the first by name.
func favourite(categories map[string]Bought) string {
	best := ""
	for name, b := range categories {
		than, found := categories[best]
		later := b.At.Compare(than.At)
		switch {
		case !found, b.Quantity > than.Quantity, b.Quantity == than.Quantity && (later > 0 || later == 0 && name < best):
			best = name
		}
	}
	return best
}
