// Package shopify reads what a Shopify shop says, by webhook and by its Admin API, and makes the events of it that a map
// listens to. It knows Shopify alone: it stores nothing, and does not know who asks.
//
// Webhooks come twice, late and in any order, and each holds the whole object. So what happened is found by comparing an
// object with what was known of it, and never by the name of the webhook.
package shopify
