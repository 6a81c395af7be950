// Package woo reads what a WooCommerce shop says, by webhook and by its REST API, and makes the events of it that a map
// listens to. It knows WooCommerce alone: it stores nothing, and does not know who asks.
//
// WooCommerce posts what an order is, not what happened to it. So what happened is found by comparing an order with what was
// known of it.
package woo
