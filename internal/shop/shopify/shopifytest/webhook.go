package shopifytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/http"
)

//go:embed all:day
var day embed.FS

// Webhook is one webhook, as it was recorded.
type Webhook struct {
	Topic       string          `json:"topic"`
	TriggeredAt string          `json:"triggered_at"`
	EventID     string          `json:"event_id"`
	WebhookID   string          `json:"webhook_id"`
	Body        json.RawMessage `json:"body"`
}

// Day returns the webhooks of a day, in the order in which they happened.
func Day() []Webhook {
	names, err := fs.Glob(day, "day/*.json")
	if err != nil {
		panic(err)
	}
	hooks := make([]Webhook, len(names))
	for i, name := range names {
		text, err := day.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(text, &hooks[i])
		}
		if err != nil {
			panic(name + ": " + err.Error())
		}
	}
	return hooks
}

// Header returns the headers with which the shop sends it, signed with a secret.
func (h Webhook) Header(secret string) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(h.Body)
	header := http.Header{}
	for name, value := range map[string]string{
		"X-Shopify-Topic": h.Topic, "X-Shopify-Hmac-Sha256": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		"X-Shopify-Shop-Domain": "nl.myshopify.com", "X-Shopify-Api-Version": "2026-01", "X-Shopify-Webhook-Id": h.WebhookID,
		"X-Shopify-Event-Id": h.EventID, "X-Shopify-Triggered-At": h.TriggeredAt, "Content-Type": "application/json",
	} {
		header.Set(name, value)
	}
	return header
}
