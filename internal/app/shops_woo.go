package app

import (
	"klantreis/config"
	"klantreis/internal/shop/woo"
)

// wooCommerce returns the connection to a WooCommerce shop.
func (a *App) wooCommerce(c config.Woo) *connection {
	adapter := woo.New(woo.Options{
		Connection: c.Name, URL: c.URL, Path: shopPath + c.Name, Delivered: c.Delivered, Now: a.Now,
		Secrets: []string{string(c.Secret), string(c.FormerSecret)}, Key: string(c.Key), Secret: string(c.KeySecret),
	})
	return &connection{name: c.Name, kind: woo.Kind, adapter: adapter, walks: c.Walks()}
}

// shopPath is where shops post their webhooks, before the name of the connection.
const shopPath = "/webhooks/shops/"
