package woo

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"klantreis/journey"
)

// product is what is read of a product or of one of its variations.
type product struct {
	ID         text           `json:"id"`
	ParentID   text           `json:"parent_id"`
	Name       text           `json:"name"`
	Permalink  text           `json:"permalink"`
	SKU        text           `json:"sku"`
	Status     text           `json:"status"`
	Price      text           `json:"price"`
	Stock      text           `json:"stock_status"`
	ModifiedAt gmt            `json:"date_modified_gmt"`
	Categories list[category] `json:"categories"`
	Images     list[image]    `json:"images"`
}

type category struct {
	Name text `json:"name"`
}

type image struct {
	Src text `json:"src"`
}

// knownProduct is what is known of a product.
type knownProduct struct {
	Modified time.Time `json:"modified,omitzero"`
	Price    text      `json:"price,omitempty"`
	Stock    text      `json:"stock,omitempty"`
}

const (
	published = "publish"
	inStock   = "instock"
)

// compareProduct returns what is known of a product now, and what happened to it. One that nobody can see has no news: its
// price and stock are looked at again once it is published.
func (m *mapper) compareProduct(p *product, known knownProduct) (knownProduct, []journey.Event) {
	if p.ModifiedAt.Before(known.Modified) || p.Status != "" && p.Status != published {
		return known, nil
	}
	var told []journey.Event
	version := strconv.FormatInt(p.ModifiedAt.Unix(), 36)
	price, priced := exact(p.Price)
	former, wasPriced := exact(known.Price)
	if priced && wasPriced && price.Cmp(former) < 0 {
		properties := p.properties()
		properties["former_price"], _ = former.Float64()
		told = append(told, m.productEvent(p, "Product Price Dropped", "price-"+version, properties))
	}
	if known.Stock != "" && known.Stock != inStock && p.Stock == inStock {
		told = append(told, m.productEvent(p, "Product Back In Stock", "stock-"+version, p.properties()))
	}
	now := knownProduct{Modified: p.ModifiedAt.Time, Price: p.Price, Stock: p.Stock}
	if !priced {
		now.Price = known.Price
	}
	return now, told
}

func (m *mapper) productEvent(p *product, name, what string, properties map[string]any) journey.Event {
	return journey.Event{
		MessageID: m.messageID("product", p.ID, what), Type: journey.TypeTrack, Name: name, Timestamp: p.ModifiedAt.Time,
		Properties: properties,
	}
}

// properties says what is sold, as Segment's product events do. A variation is a variant of its product.
func (p *product) properties() map[string]any {
	said := texts(map[string]text{"name": p.Name, "url": p.Permalink, "sku": p.SKU})
	said["product_id"] = string(p.ID)
	if parent := p.ParentID.id(); parent != "" {
		said["product_id"], said["variant_id"] = parent, string(p.ID)
	}
	if price, ok := exact(p.Price); ok {
		said["price"], _ = price.Float64()
	}
	if len(p.Categories) > 0 {
		said["category"] = p.Categories[0].Name.plain()
	}
	if i := slices.IndexFunc(p.Images, func(i image) bool { return i.Src != "" }); i >= 0 {
		said["image_url"] = string(p.Images[i].Src)
	}
	return said
}

// exact reads a price, whose currency is not said. No text is no price.
func exact(price text) (*big.Rat, bool) {
	if price == "" || len(price) > longestNumber || strings.Trim(string(price), "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(string(price))
}
