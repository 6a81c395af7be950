package config

import (
	"net/url"
	"regexp"
)

// Shopify says how a Shopify shop is connected. It is connected when there is a secret.
type Shopify struct {
	// Name is the name of the connection: part of the address of its webhooks and of the ids of its events.
	Name string `name:"name" env:"KLANTREIS_SHOPIFY_NAME" default:"shopify" help:"Name of the connection, and last part of the address of its webhooks."`
	// URL is the address of the shop's administration.
	URL string `name:"url" env:"KLANTREIS_SHOPIFY_URL" placeholder:"URL" help:"Address of the Shopify shop, such as https://example.myshopify.com."`
	// Secret signs the webhooks: the client secret of the app, or the signing key that the shop shows.
	Secret Secret `name:"secret" env:"KLANTREIS_SHOPIFY_SECRET" help:"Secret with which Shopify signs webhooks: the client secret of your app; connects the shop."`
	// FormerSecret may sign them too, while the secret is being changed.
	FormerSecret Secret `name:"former-secret" env:"KLANTREIS_SHOPIFY_FORMER_SECRET" help:"Secret before that one, with which Shopify may still sign while it is changed."`
	// ClientID is that of the app whose client secret Secret is. With it, the shop gives access tokens of the Admin API.
	ClientID string `name:"client-id" env:"KLANTREIS_SHOPIFY_CLIENT_ID" help:"Client id of your app, with which the shop is asked every hour what changed; without it or a token, what a webhook missed stays unknown."`
	// Token is an access token of the Admin API that may read orders, customers and products, of an app that has a lasting one.
	Token Secret `name:"token" env:"KLANTREIS_SHOPIFY_TOKEN" help:"Access token of Shopify's Admin API, instead of a client id, of an app that has a lasting one."`
	// Version is that of the Admin API.
	Version string `name:"version" env:"KLANTREIS_SHOPIFY_VERSION" default:"2026-01" help:"Version of Shopify's Admin API."`
}

// On tells whether the shop is connected.
func (s Shopify) On() bool { return s.Secret != "" }

// CanAsk tells whether the shop can be asked what changed.
func (s Shopify) CanAsk() bool { return s.Token != "" || s.ClientID != "" }

// connectionName is a name that can stand in an address and in an id.
var connectionName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (s Shopify) validate(add func(format string, args ...any)) {
	if !s.On() {
		if s.CanAsk() || s.FormerSecret != "" || s.URL != "" {
			add("--shopify-secret (KLANTREIS_SHOPIFY_SECRET): must be set to connect the shop")
		}
		return
	}
	if !connectionName.MatchString(s.Name) {
		add("--shopify-name (KLANTREIS_SHOPIFY_NAME): must have 1 to 32 small letters, digits and hyphens")
	}
	if !shopURL(s.URL) {
		add("--shopify-url (KLANTREIS_SHOPIFY_URL): must be a URL such as https://example.myshopify.com")
	}
	if !regexp.MustCompile(`^[0-9]{4}-[0-9]{2}$`).MatchString(s.Version) {
		add("--shopify-version (KLANTREIS_SHOPIFY_VERSION): must be a version such as 2026-01")
	}
}

// shopURL tells whether a text is the address of a shop, without anything after the host but a path.
func shopURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}
