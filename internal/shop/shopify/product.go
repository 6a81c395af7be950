package shopify

import (
	"strconv"
	"time"

	"klantreis/internal/shop"
)

// knownProduct is what is known of a product.
type knownProduct struct {
	Version  time.Time           `json:"version,omitzero"`
	Variants map[id]knownVariant `json:"variants,omitempty"`
}

type knownVariant struct {
	Price   int64 `json:"price"`
	InStock bool  `json:"inStock"`
}

// product returns what a product tells: that something costs less, or can be had again. It is nobody's: whom it concerns is
// found by who looked at it.
func (a *Adapter) product(p *product) ([]shop.Change, error) {
	if p.ID == "" {
		return nil, missing("id")
	}
	now := make(map[id]knownVariant, len(p.Variants))
	for _, v := range p.Variants {
		price, err := shop.Parse(v.Price, "")
		if err != nil {
			return nil, err
		}
		now[v.ID] = knownVariant{Price: price.Minor, InStock: v.Tracked == "" || v.Policy == "continue" || v.Quantity > 0}
	}
	return []shop.Change{compared(kindProduct, string(p.ID), func(known *knownProduct) (string, []event) {
		if p.UpdatedAt.Before(known.Version) || p.Status != "" && p.Status != "active" {
			return "", nil
		}
		told := a.productNews(p, known.Variants, now)
		*known = knownProduct{Version: p.UpdatedAt.Time, Variants: now}
		return "", told
	})}, nil
}

// productNews compares the variants of a product. Of several that cost less, the cheapest is told; of several that can be
// had again, the first.
func (a *Adapter) productNews(p *product, before, now map[id]knownVariant) []event {
	var cheaper, back *variant
	for i := range p.Variants {
		v := &p.Variants[i]
		was, known := before[v.ID]
		if !known {
			continue
		}
		is := now[v.ID]
		if is.Price < was.Price && (cheaper == nil || is.Price < now[cheaper.ID].Price) {
			cheaper = v
		}
		if is.InStock && !was.InStock && back == nil {
			back = v
		}
	}
	version := strconv.FormatInt(p.UpdatedAt.Unix(), 36)
	var told []event
	if cheaper != nil {
		properties := a.productProperties(p, cheaper)
		properties["former_price"] = shop.Money{Minor: before[cheaper.ID].Price}.Number()
		told = append(told, a.track("Product Price Dropped", kindProduct, p.ID, "price-"+version, "", p.UpdatedAt.Time, properties))
	}
	if back != nil {
		told = append(told, a.track("Product Back In Stock", kindProduct, p.ID, "stock-"+version, "", p.UpdatedAt.Time, a.productProperties(p, back)))
	}
	return told
}

func (a *Adapter) productProperties(p *product, v *variant) map[string]any {
	properties := map[string]any{"product_id": string(p.ID), "variant_id": string(v.ID)}
	put(properties, "name", p.Title)
	put(properties, "brand", p.Vendor)
	put(properties, "category", p.Type)
	put(properties, "sku", v.SKU)
	if v.Title != "Default Title" {
		put(properties, "variant", v.Title)
	}
	if p.Handle != "" {
		put(properties, "handle", p.Handle)
	}
	if p.Image != nil {
		put(properties, "image_url", p.Image.Src)
	}
	if price, err := shop.Parse(v.Price, ""); err == nil {
		properties["price"] = price.Number()
	}
	return properties
}
