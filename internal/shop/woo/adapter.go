package woo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// Kind names the shop system.
const Kind = "woocommerce"

// Options are how a shop is connected.
type Options struct {
	// Connection is the name of the connection. It is part of the ids of all events.
	Connection string
	// Secrets sign the webhooks. While a secret is changed there are two.
	Secrets []string
	// Path is that of the address to which the shop's webhooks post.
	Path string
	// Delivered are the statuses of orders that mean that the customer has everything. WooCommerce itself knows no such
	// status; extensions add "delivered". A shop that completes its orders when they arrive names "completed".
	Delivered []string
	// URL is the address of the shop, such as https://shop.example.
	URL string
	// Key and Secret are a pair of REST API keys that may read.
	Key, Secret string
	// Now is the real clock.
	Now func() time.Time
}

// askWithin is how long one answer of the shop may take. Writing many orders takes some shops long.
const askWithin = 50 * time.Second

// Adapter is a shop that runs WooCommerce. It is safe for concurrent use.
type Adapter struct {
	Options
	mapper mapper
	client client
}

var _ shop.Adapter = (*Adapter)(nil)

// New returns the adapter of a shop.
func New(o Options) *Adapter {
	return &Adapter{
		Options: o, mapper: mapper{shop: o.Connection, arrived: o.Delivered},
		client: client{url: o.URL, key: o.Key, secret: o.Secret, http: &http.Client{Timeout: askWithin}, now: o.Now},
	}
}

// Receive implements shop.Adapter. WooCommerce asks whether somebody is there without a signature; that tells nothing. What a
// delivery holds is read as it is now: WooCommerce writes it when it posts it, not when it happened.
func (a *Adapter) Receive(header http.Header, body []byte) (shop.Delivery, error) {
	if IsPing(body) {
		return shop.Delivery{}, nil
	}
	if !shop.Signed(body, header.Get(SignatureHeader), a.Secrets...) {
		return shop.Delivery{}, shop.ErrSignature
	}
	change, err := a.read(header.Get(TopicHeader), body, look{at: a.Now().UTC()})
	if err != nil || change == nil {
		return shop.Delivery{}, err
	}
	return shop.Delivery{Changes: []shop.Change{*change}}, nil
}

// read reads what is told with a topic, nil when it says nothing to us.
func (a *Adapter) read(topic string, body []byte, seen look) (*shop.Change, error) {
	resource, event, _ := strings.Cut(topic, ".")
	seen.fresh = seen.fresh || event == "restored"
	gone := event == "deleted"
	switch resource {
	case "order":
		return a.order(body, seen, gone)
	case "customer":
		return a.customer(body, seen, gone)
	case "product":
		if gone {
			return nil, nil //nolint:nilnil // A product that is gone is no news to anybody.
		}
		return a.product(body)
	}
	return nil, nil //nolint:nilnil // Coupons and the like say nothing to us.
}

// named is an object of which only the id is left.
type named struct {
	ID text `json:"id"`
}

func (a *Adapter) order(body []byte, seen look, gone bool) (*shop.Change, error) {
	if gone {
		var n named
		if err := decode(body, &n, &n.ID); err != nil {
			return nil, err
		}
		return changeOf("order", n.ID, func(known knownOrder) (knownOrder, string, []journey.Event) {
			now, events := a.mapper.deletedOrder(n.ID, known, seen)
			return now, now.UserID, events
		}), nil
	}
	o, err := readOrder(body)
	if err != nil {
		return nil, err
	}
	return changeOf("order", o.ID, func(known knownOrder) (knownOrder, string, []journey.Event) {
		now, events := a.mapper.compareOrder(o, known, seen)
		return now, now.UserID, events
	}), nil
}

func (a *Adapter) customer(body []byte, seen look, gone bool) (*shop.Change, error) {
	var c customer
	if err := decode(body, &c, &c.ID); err != nil {
		return nil, err
	}
	return changeOf("customer", c.ID, func(known knownCustomer) (knownCustomer, string, []journey.Event) {
		var events []journey.Event
		if gone {
			known, events = a.mapper.deletedCustomer(c.ID, known, seen.at)
		} else {
			known, events = a.mapper.compareCustomer(&c, known)
		}
		return known, c.ID.id(), events
	}), nil
}

func (a *Adapter) product(body []byte) (*shop.Change, error) {
	var p product
	if err := decode(body, &p, &p.ID); err != nil {
		return nil, err
	}
	return changeOf("product", p.ID, func(known knownProduct) (knownProduct, string, []journey.Event) {
		now, events := a.mapper.compareProduct(&p, known)
		return now, "", events
	}), nil
}

// changeOf makes a change of a comparison of what is known of an object, in its own form.
func changeOf[K any](kind string, id text, compare func(K) (K, string, []journey.Event)) *shop.Change {
	return &shop.Change{Kind: kind, ID: string(id), Compare: func(state []byte) (shop.Told, error) {
		var known K
		if len(state) > 0 {
			if err := json.Unmarshal(state, &known); err != nil {
				return shop.Told{}, fmt.Errorf("read what is known of %s %s: %w", kind, id, err)
			}
		}
		now, userID, events := compare(known)
		state, err := json.Marshal(now)
		if err != nil {
			return shop.Told{}, fmt.Errorf("write what is known of %s %s: %w", kind, id, err)
		}
		return shop.Told{State: state, UserID: userID, Events: events}, nil
	}}
}
