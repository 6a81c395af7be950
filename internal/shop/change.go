package shop

import (
	"context"
	"net/http"
	"time"

	"klantreis/journey"
)

// Told is what is known of an object after something was told about it.
type Told struct {
	// State is what is known now. It is given to the next comparison, and holds nothing personal but userIds.
	State []byte
	// UserID is whose the object is. Empty when that is not known, or when it is nobody's, like a product.
	UserID string
	// Events are what happened between the state that was known and this one. Their Timestamp is real time, by the clock of
	// the shop. Their MessageID is the same whenever and in whatever order the same is told, see MessageID.
	Events []journey.Event
}

// Change says that a shop told something about one of its objects: by a webhook, once or several times, early or late, or
// because it was asked. What follows from it is known only by comparing it with what was known before.
type Change struct {
	// Kind and ID say which object it is.
	Kind, ID string
	// Compare compares what was told with what is known, nil at first. It is pure, and may be called several times. An older
	// version of an object, and one that is known already, leave the state as it is.
	Compare func(known []byte) (Told, error)
}

// PrivacyKind is what a privacy request asks for.
type PrivacyKind string

// The kinds of privacy request.
const (
	// DataRequest asks for what is kept of a customer.
	DataRequest PrivacyKind = "data_request"
	// RedactCustomer asks to erase a customer.
	RedactCustomer PrivacyKind = "redact"
	// RedactShop asks to erase whatever came from the shop.
	RedactShop PrivacyKind = "shop_redact"
)

// PrivacyRequest is something that a shop asks for in the name of a customer.
type PrivacyRequest struct {
	// ID is the shop's id of the request; the same request may come several times.
	ID string
	// Kind is what it asks for.
	Kind PrivacyKind
	// UserIDs are all ids under which the customer may be known here. Empty for a shop.
	UserIDs []string
}

// Delivery is what a webhook said. A webhook that says nothing to us, such as a ping, has neither changes nor a request.
type Delivery struct {
	// Changes are what it tells about objects, in order.
	Changes []Change
	// Privacy is what it asks for. May be nil.
	Privacy *PrivacyRequest
}

// Page is a part of what changed in a shop.
type Page struct {
	// Changes are what it holds, in order.
	Changes []Change
	// Cursor is where to go on, when they are stored.
	Cursor string
	// Done tells that nothing is left for now; the next walk goes on from Cursor.
	Done bool
	// Wait is how long the shop must be left alone before the next page. Usually zero.
	Wait time.Duration
	// Warning says in words what is wrong with the connection although the shop answers, such as a webhook that it
	// switched off. Only that of the last page counts.
	Warning string
}

// Adapter speaks with one shop. It must be safe for concurrent use.
type Adapter interface {
	// Receive reads a webhook. It answers ErrSignature when it was not sent by the shop, and ErrMalformed with what is wrong
	// when it was but cannot be read; neither says anything of what stands in it.
	Receive(header http.Header, body []byte) (Delivery, error)
	// Page asks for what changed since a place, which is empty at the first time: then it begins at an instant. An error of
	// type Refusal says what the shop answered. Whoever stops and goes on with the last cursor misses nothing.
	Page(ctx context.Context, cursor string, since time.Time) (Page, error)
}
