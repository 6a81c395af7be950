package woo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"klantreis/internal/shop"
)

// The headers of a delivery.
const (
	// SignatureHeader has the base64 of the HMAC-SHA256 of the raw body.
	SignatureHeader = "X-Wc-Webhook-Signature"
	// TopicHeader says what the delivery is about, such as order.updated.
	TopicHeader = "X-Wc-Webhook-Topic"
	// DeliveryHeader has the id of the delivery. It tells nothing: a shop that delivers twice uses two ids.
	DeliveryHeader = "X-Wc-Webhook-Delivery-Id"
)

// pingPattern is what WooCommerce posts when somebody saves a webhook. It has no signature and no topic.
var pingPattern = regexp.MustCompile(`^webhook_id=[0-9]{1,20}$`)

// IsPing tells whether a body is the question whether somebody is there. WooCommerce posts it without a signature, and
// saves the webhook only when it is answered with 200.
func IsPing(body []byte) bool {
	return len(body) < 64 && pingPattern.Match(bytes.TrimSpace(body))
}

// idPattern is the id of an object in WooCommerce.
var idPattern = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)

// decode reads an object of a payload. Every object must have an id, because all that is known of it goes by that. What is
// wrong is said without repeating what stands in it, which may be personal.
func decode(body []byte, into any, id *text) error {
	if json.Valid(body) && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return fmt.Errorf("%w: must be an object", shop.ErrMalformed)
	}
	if err := json.Unmarshal(body, into); err != nil {
		if errors.Is(err, errNoText) || errors.Is(err, errNoInstant) {
			return fmt.Errorf("%w: a field %w", shop.ErrMalformed, err)
		}
		return shop.Malformed(err)
	}
	if !idPattern.MatchString(string(*id)) {
		return fmt.Errorf("%w: id: must be a whole number", shop.ErrMalformed)
	}
	return nil
}
