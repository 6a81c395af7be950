package config

// Woo says how a WooCommerce shop is connected. It is connected when there is a secret.
type Woo struct {
	// Name is the name of the connection: part of the address of its webhooks and of the ids of its events.
	Name string `name:"name" env:"KLANTREIS_WOOCOMMERCE_NAME" default:"woocommerce" help:"Name of the connection, and last part of the address of its webhooks."`
	// URL is the address of the shop.
	URL string `name:"url" env:"KLANTREIS_WOOCOMMERCE_URL" placeholder:"URL" help:"Address of the WooCommerce shop, such as https://shop.example.com."`
	// Secret signs the webhooks, all of which have the same.
	Secret Secret `name:"secret" env:"KLANTREIS_WOOCOMMERCE_SECRET" help:"Secret of the shop's webhooks, the same for all of them; connects the shop."`
	// FormerSecret may sign them too, while the secret is being changed.
	FormerSecret Secret `name:"former-secret" env:"KLANTREIS_WOOCOMMERCE_FORMER_SECRET" help:"Secret before that one, with which webhooks may still be signed while it is changed."`
	// Key and KeySecret are a REST API key that may read.
	Key       Secret `name:"key" env:"KLANTREIS_WOOCOMMERCE_KEY" help:"Consumer key (ck_...) of a REST API key of the shop that may read; without it, what a webhook missed stays unknown."`
	KeySecret Secret `name:"key-secret" env:"KLANTREIS_WOOCOMMERCE_KEY_SECRET" help:"Consumer secret (cs_...) of that key."`
	// Delivered are the statuses of orders that mean that the customer has everything.
	Delivered []string `name:"delivered" env:"KLANTREIS_WOOCOMMERCE_DELIVERED" default:"delivered" placeholder:"STATUS,..." help:"Statuses of orders that mean that they arrived; WooCommerce has none of its own. Name completed when the shop completes its orders as they arrive."`
}

// On tells whether the shop is connected.
func (w Woo) On() bool { return w.Secret != "" }

// Walks tells whether the shop can be asked what changed.
func (w Woo) Walks() bool { return w.Key != "" }

func (w Woo) validate(add func(format string, args ...any)) {
	if !w.On() {
		if w.Key != "" || w.KeySecret != "" || w.FormerSecret != "" || w.URL != "" {
			add("--woocommerce-secret (KLANTREIS_WOOCOMMERCE_SECRET): must be set to connect the shop")
		}
		return
	}
	if !connectionName.MatchString(w.Name) {
		add("--woocommerce-name (KLANTREIS_WOOCOMMERCE_NAME): must have 1 to 32 small letters, digits and hyphens")
	}
	if !shopURL(w.URL) {
		add("--woocommerce-url (KLANTREIS_WOOCOMMERCE_URL): must be a URL such as https://shop.example.com")
	}
	if (w.Key == "") != (w.KeySecret == "") {
		add("--woocommerce-key (KLANTREIS_WOOCOMMERCE_KEY): needs --woocommerce-key-secret, and the other way round")
	}
	for _, status := range w.Delivered {
		if !connectionName.MatchString(status) {
			add("--woocommerce-delivered (KLANTREIS_WOOCOMMERCE_DELIVERED): %q is no status of an order: write it as WooCommerce's REST API does, such as delivered", status)
		}
	}
}
