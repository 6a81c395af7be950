// Package shopifytest is a Shopify shop for tests: it signs webhooks, and its Admin API asks for a token, keeps to a bucket of
// requests, and hands out pages. It shares no code with the adapter.
package shopifytest
