package config

// Needs are the settings that only some maps need: those whose mails link to our pages, or that call webhooks. A command that
// publishes a map takes the same settings as the processes that carry it out.
type Needs struct {
	// PublicURL is where customers reach the API, and LinkKey signs the links that lead there.
	PublicURL string `name:"public-url" env:"KLANTREIS_PUBLIC_URL" placeholder:"URL" help:"Where customers reach the server, as its processes know it; a map that asks questions or sends service or marketing mails needs it."`
	LinkKey   Secret `name:"link-key" env:"KLANTREIS_LINK_KEY" help:"Key that signs the links in mails, as the processes know it; needed with --public-url."`
	// WebhookSecret signs the calls of webhooks.
	WebhookSecret Secret `name:"webhook-secret" env:"KLANTREIS_WEBHOOK_SECRET" help:"Secret that signs webhooks, as the processes know it; a map that calls webhooks needs it."`
}

// CanLink tells whether mails can link to pages of the server.
func (n Needs) CanLink() bool { return n.PublicURL != "" && n.LinkKey != "" }

// CanCall tells whether webhooks can be called.
func (n Needs) CanCall() bool { return n.WebhookSecret != "" }
