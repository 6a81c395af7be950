package shopify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"klantreis/internal/shop"
)

// Kind is the name of the shop system.
const Kind = "shopify"

// Options are what an adapter needs. All are required unless the comment says otherwise.
type Options struct {
	// Connection is the name of the connection. It is part of the ids of all events.
	Connection string
	// URL is the address of the shop's administration, such as https://example.myshopify.com.
	URL string
	// Version is that of the Admin API.
	Version string
	// Secrets are those that may sign webhooks. Empty ones do not count.
	Secrets []string
	// Token reads the Admin API. When it is empty, the shop is asked for one in the name of the app.
	Token string
	// ClientID is that of the app, whose client secret is the first of Secrets. Without it and a Token only webhooks are
	// received.
	ClientID string
	// Client sends the requests. Nil means one of its own.
	Client *http.Client
	// Now is the real clock.
	Now func() time.Time
}

// Adapter speaks with one Shopify shop. It implements shop.Adapter, and is safe for concurrent use.
type Adapter struct {
	Options
	domain string // of the shop; empty when the address does not tell
	access access
}

// New returns an Adapter.
func New(o Options) *Adapter {
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // A token must not follow anybody.
		}}
	}
	a := &Adapter{Options: o}
	if u, err := url.Parse(o.URL); err == nil && strings.HasSuffix(u.Hostname(), ".myshopify.com") {
		a.domain = u.Hostname()
	}
	return a
}

// The headers of a webhook.
const (
	headerSignature = "X-Shopify-Hmac-Sha256"
	headerTopic     = "X-Shopify-Topic"
	headerDomain    = "X-Shopify-Shop-Domain"
	// headerEvent names what happened, and headerWebhook the message about it. A shop with two webhooks for one topic sends
	// two messages about one event; a message that is sent again keeps both.
	headerEvent     = "X-Shopify-Event-Id"
	headerWebhook   = "X-Shopify-Webhook-Id"
	headerTriggered = "X-Shopify-Triggered-At"
)

// Receive implements shop.Adapter. Topics that say nothing to us are taken and ignored.
func (a *Adapter) Receive(header http.Header, body []byte) (shop.Delivery, error) {
	if !shop.Signed(body, header.Get(headerSignature), a.Secrets...) {
		return shop.Delivery{}, shop.ErrSignature
	}
	// One app in two shops signs with one secret.
	if from := header.Get(headerDomain); a.domain != "" && from != "" && !strings.EqualFold(from, a.domain) {
		return shop.Delivery{}, fmt.Errorf("%w: it is of another shop", shop.ErrMalformed)
	}
	delivery, err := a.read(header, body)
	if err != nil {
		return shop.Delivery{}, fmt.Errorf("for %s %w", topicWord(header.Get(headerTopic)), shop.Malformed(err))
	}
	return delivery, nil
}

// topicWord returns a topic as it can be shown.
func topicWord(topic string) string {
	if len(topic) > 60 || strings.Trim(topic, "abcdefghijklmnopqrstuvwxyz_/") != "" {
		return "an unknown topic"
	}
	return topic
}

// read turns the body of a webhook into what it says.
func (a *Adapter) read(header http.Header, body []byte) (shop.Delivery, error) {
	topic := header.Get(headerTopic)
	changes, err := a.changes(topic, body, a.triggered(header))
	if err != nil || changes != nil {
		return shop.Delivery{Changes: changes}, err
	}
	switch topic {
	case "customers/data_request", "customers/redact", "shop/redact":
		return readPrivacy(topic, header, body)
	}
	return shop.Delivery{}, nil
}

// changes returns what a webhook tells about objects.
func (a *Adapter) changes(topic string, body []byte, at time.Time) ([]shop.Change, error) {
	switch topic {
	case "orders/create", "orders/paid", "orders/updated", "orders/edited", "orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled":
		if topic == "orders/edited" {
			return nil, nil // It says what was edited and not what the order is; orders/updated comes too.
		}
		return decoded(body, a.order)
	case "fulfillments/create", "fulfillments/update":
		return decoded(body, a.fulfilment)
	case "fulfillment_events/create":
		return decoded(body, a.fulfilmentEvent)
	case "refunds/create":
		return decoded(body, a.refund)
	case "checkouts/create", "checkouts/update":
		return decoded(body, a.checkout)
	case "customers/create", "customers/update", "customers/enable", "customers/disable":
		return decoded(body, a.customer)
	case "customers/delete":
		return decoded(body, func(c *customer) ([]shop.Change, error) { return a.customerGone(c, at) })
	case "customers/merge":
		return decoded(body, func(m *merged) ([]shop.Change, error) { return a.customersMerged(m, at) })
	case "customers_email_marketing_consent/update":
		return decoded(body, func(u *consentUpdate) ([]shop.Change, error) { return a.consentUpdate(u, at) })
	case "products/create", "products/update":
		return decoded(body, a.product)
	}
	return nil, nil
}

// decoded reads a payload and has it looked at.
func decoded[T any](body []byte, look func(*T) ([]shop.Change, error)) ([]shop.Change, error) {
	var payload T
	if err := json.Unmarshal(body, &payload); err != nil {
		return nil, err
	}
	return look(&payload)
}

// triggered returns when that happened which a webhook tells, as far as it says.
func (a *Adapter) triggered(header http.Header) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, header.Get(headerTriggered)); err == nil {
		return at.UTC()
	}
	return a.Now().UTC()
}

// missing says that something without which a payload says nothing is not there.
func missing(what string) error { return fmt.Errorf("%w: %s: is missing", shop.ErrMalformed, what) }

// messageID returns the id of an event.
func (a *Adapter) messageID(kind string, object id, what string) string {
	return shop.MessageID(a.Connection, kind, string(object), what)
}

// compared returns a change whose state is JSON. A state that cannot be read is one of a newer release: the change waits.
func compared[T any](kind, object string, compare func(known *T) (userID string, told []event)) shop.Change {
	return shop.Change{Kind: kind, ID: object, Compare: func(known []byte) (shop.Told, error) {
		var state T
		if known != nil {
			if err := json.Unmarshal(known, &state); err != nil {
				return shop.Told{}, fmt.Errorf("read what is known: %w", err)
			}
		}
		userID, told := compare(&state)
		text, err := json.Marshal(state)
		if err != nil {
			return shop.Told{}, fmt.Errorf("write what is known: %w", err)
		}
		return shop.Told{State: text, UserID: userID, Events: told}, nil
	}}
}
