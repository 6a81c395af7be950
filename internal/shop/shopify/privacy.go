package shopify

import (
	"encoding/json"
	"net/http"

	"klantreis/internal/shop"
)

// readPrivacy reads one of the privacy webhooks that every app must take.
func readPrivacy(topic string, header http.Header, body []byte) (shop.Delivery, error) {
	var p privacyPayload
	if err := json.Unmarshal(body, &p); err != nil {
		return shop.Delivery{}, err
	}
	request := &shop.PrivacyRequest{ID: privacyRequestID(header, &p, body)}
	switch topic {
	case "customers/data_request":
		request.Kind = shop.DataRequest
	case "customers/redact":
		request.Kind = shop.RedactCustomer
	default:
		request.Kind = shop.RedactShop
		return shop.Delivery{Privacy: request}, nil
	}
	// Who ordered as a guest first is known by both.
	for _, userID := range []string{string(p.Customer.ID), shop.GuestUserID(p.Customer.Email)} {
		if userID != "" {
			request.UserIDs = append(request.UserIDs, userID)
		}
	}
	if len(request.UserIDs) == 0 {
		return shop.Delivery{}, missing("customer.id")
	}
	return shop.Delivery{Privacy: request}, nil
}

// privacyRequestID returns what stands for a request however often it comes.
func privacyRequestID(header http.Header, p *privacyPayload, body []byte) string {
	topic := header.Get(headerTopic)
	if p.Request.ID != "" {
		return topic + "/" + string(p.Request.ID)
	}
	for _, name := range []string{headerEvent, headerWebhook} {
		if given := header.Get(name); given != "" && len(given) <= 100 {
			return topic + "/" + given
		}
	}
	return topic + "/" + shop.Short(string(body))
}
