package woo

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"klantreis/internal/shop"
)

// perPage is how many objects one request asks for. A hundred are allowed, but many shops are slow to write that many orders.
const perPage = 50

// part is one collection that is looked through for what was missed.
type part struct {
	name, collection string
	query            map[string]string
}

// parts are looked through one after another. Orders in the trash are no orders of "any" status; accounts cannot be asked for
// by when they changed, only by when they were made.
var parts = []part{
	{"orders", "orders", map[string]string{"status": "any"}},
	{"trash", "orders", map[string]string{"status": "trash"}},
	{"products", "products", map[string]string{"status": published}},
	{"customers", "customers", nil},
}

// place is how far a walk through the shop has come. Its zero value is the beginning. It can be stored, and another
// process goes on from there.
type place struct {
	// Part is what is looked through.
	Part int `json:"part"`
	// After is the instant, by the shop's clock, after which what is looked for was changed. Zero means that of the walk.
	After time.Time `json:"after,omitzero"`
	// Page counts from zero within what was changed after that.
	Page int `json:"page"`
}

// batch is one answer of the shop on a walk.
type batch struct {
	// topic is that of the webhook which would have brought such objects.
	topic string
	// at is when the shop answered, by its own clock.
	at time.Time
	// objects are as the shop wrote them.
	objects []json.RawMessage
	// next is where the walk goes on, and done is true when it is at its end.
	next place
	done bool
}

// walk asks for the next page of what was changed after an instant, by the shop's clock. What changes during the walk moves to
// its end and pushes the others forward; so the walk goes on from the instant of the last object that it saw, a second before
// it, rather than by counting pages. Only of a second that fills more than a page are pages counted.
func (c *client) walk(ctx context.Context, since time.Time, at place) (batch, error) {
	if at.Part < 0 || at.Part >= len(parts) {
		return batch{done: true}, nil
	}
	p := parts[at.Part]
	if at.After.IsZero() {
		at.After = since
	}
	items, now, err := c.list(ctx, p.collection, p.ask(at))
	if err != nil {
		return batch{}, err
	}
	if err := p.understood(at, items); err != nil {
		return batch{}, err
	}
	page := batch{topic: p.topic(), objects: items, at: now, next: place{Part: at.Part + 1}}
	if len(items) >= perPage {
		if page.next, err = p.next(at, items); err != nil {
			return batch{}, err
		}
	}
	page.done = page.next.Part >= len(parts)
	return page, nil
}

// topic returns the topic of the webhook which would have brought an object of the part.
func (p part) topic() string { return p.collection[:len(p.collection)-1] + ".updated" }

// ask returns the query for a page.
func (p part) ask(at place) url.Values {
	query := url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(at.Page + 1)}}
	for name, value := range p.query {
		query.Set(name, value)
	}
	if p.collection == "customers" {
		query.Set("orderby", "registered_date")
		query.Set("order", "desc")
		return query
	}
	query.Set("orderby", "modified")
	query.Set("order", "asc")
	query.Set("dates_are_gmt", "true")
	query.Set("modified_after", at.After.UTC().Format("2006-01-02T15:04:05"))
	return query
}

// dated is what a walk reads of an object.
type dated struct {
	CreatedAt  gmt `json:"date_created_gmt"`
	ModifiedAt gmt `json:"date_modified_gmt"`
}

// understood tells whether the shop knows what was asked: releases before 5.8 show everything, whenever it was changed.
func (p part) understood(at place, items []json.RawMessage) error {
	if p.collection == "customers" || len(items) == 0 {
		return nil
	}
	var first dated
	if json.Unmarshal(items[0], &first) == nil && first.ModifiedAt.Before(at.After.Truncate(time.Second)) {
		return &shop.Refusal{Message: "the shop shows " + p.name + " that did not change since it was asked last: WooCommerce 5.8 or later is needed"}
	}
	return nil
}

// next returns where to go on after a full page.
func (p part) next(at place, items []json.RawMessage) (place, error) {
	var last dated
	if err := json.Unmarshal(items[len(items)-1], &last); err != nil {
		return place{}, &shop.Refusal{Message: "the shop dates one of its " + p.name + " in a way that is none"}
	}
	if p.collection == "customers" {
		// The newest come first. Who registers meanwhile pushes the others back: somebody is seen twice, nobody is missed.
		if last.CreatedAt.Before(at.After) {
			return place{Part: at.Part + 1}, nil
		}
		return place{Part: at.Part, After: at.After, Page: at.Page + 1}, nil
	}
	if from := last.ModifiedAt.Add(-time.Second); from.After(at.After) {
		return place{Part: at.Part, After: from}, nil
	}
	return place{Part: at.Part, After: at.After, Page: at.Page + 1}, nil
}
