package config

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Config is the configuration of a process.
type Config struct {
	HTTP     HTTP     `embed:""`
	TLS      TLS      `embed:"" prefix:"tls-"`
	Metrics  Metrics  `embed:"" prefix:"metrics-"`
	Record   Record   `embed:""`
	Redis    Redis    `embed:"" prefix:"redis-"`
	Temporal Temporal `embed:"" prefix:"temporal-"`
	SendGrid SendGrid `embed:"" prefix:"sendgrid-"`
	Webhook  Webhook  `embed:"" prefix:"webhook-"`
	Shopify  Shopify  `embed:"" prefix:"shopify-"`
	Woo      Woo      `embed:"" prefix:"woocommerce-"`
	Clock    Clock    `embed:""`
	Keep     Keep     `embed:"" prefix:"keep-"`
	Guard    Guard    `embed:""`
	// Map is published at start when it changed since it was published at a start.
	Map string `name:"map" env:"KLANTREIS_MAP" placeholder:"FILE|DIR" help:"Journey map to publish at start, when it changed since it was published at a start."`
	// LogLevel is the least level that is logged.
	LogLevel string `name:"log-level" env:"KLANTREIS_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least level that is logged: ${enum}."`
}

// HTTP says where the API listens and who may use it.
type HTTP struct {
	// Addr is the listening address.
	Addr string `name:"addr" env:"KLANTREIS_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	// WriteKey is what shops post events with.
	WriteKey Secret `name:"write-key" env:"KLANTREIS_WRITE_KEY" help:"Key with which the shop posts events."`
	// IngestRate is how many events a second are taken of each write key, by all processes together. Zero is no limit.
	IngestRate float64 `name:"ingest-rate" env:"KLANTREIS_INGEST_RATE" default:"20000" help:"Most events a second of each write key, all processes together; 0 is no limit."`
	// CloudEventPrefix is taken off the type of a CloudEvent, so that the rest names the event.
	CloudEventPrefix string `name:"cloudevents-prefix" env:"KLANTREIS_CLOUDEVENTS_PREFIX" placeholder:"com.example." help:"Beginning of the types of CloudEvents that is no part of the event's name."`
	// AdminToken opens the management API and the pages.
	AdminToken Secret `name:"admin-token" env:"KLANTREIS_ADMIN_TOKEN" help:"Bearer token of the management API and the pages."`
	// TrustedProxies are the addresses of the load balancers before the API, which say who asks in X-Forwarded-For.
	TrustedProxies Networks `name:"trusted-proxies" env:"KLANTREIS_TRUSTED_PROXIES" placeholder:"CIDR,..." help:"Addresses or networks of the load balancers before this server, whose X-Forwarded-For is believed."`
	// PublicURL is where customers reach the API: the links in mails begin with it.
	PublicURL string `name:"public-url" env:"KLANTREIS_PUBLIC_URL" placeholder:"URL" help:"Where customers reach this server, such as https://reis.example.com; the links in mails begin with it."`
	// LinkKey signs the links in mails, so that nobody answers for another customer.
	LinkKey Secret `name:"link-key" env:"KLANTREIS_LINK_KEY" help:"Key that signs the links in mails; any text of at least 16 characters. When it changes, keep the old one in --former-link-keys."`
	// FormerLinkKeys signed the links in mails before LinkKey did. These links keep working.
	FormerLinkKeys []Secret `name:"former-link-keys" env:"KLANTREIS_FORMER_LINK_KEYS" placeholder:"KEY,..." help:"Former keys, whose links keep working. Mails are read for years, so never take one out."`
	// UnsubscribeMailto is an address that somebody reads, to which mail programs may write to unsubscribe.
	UnsubscribeMailto string `name:"unsubscribe-mailto" env:"KLANTREIS_UNSUBSCRIBE_MAILTO" placeholder:"ADDRESS" help:"Address for requests to unsubscribe by mail, beside the link; somebody must read it."`
}

// CanLink tells whether mails can link to pages of this server.
func (h HTTP) CanLink() bool { return h.PublicURL != "" && h.LinkKey != "" }

// PageURL returns the address of a page of one kind for who holds a token.
func (h HTTP) PageURL(kind, token string) string {
	return strings.TrimRight(h.PublicURL, "/") + "/" + kind + "/" + token
}

// validateLinks adds what is wrong with the links in mails.
func (h HTTP) validateLinks(add func(format string, args ...any)) {
	if h.PublicURL != "" {
		if u, err := url.Parse(h.PublicURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			add("--public-url (KLANTREIS_PUBLIC_URL): must be a URL such as https://reis.example.com")
		}
	}
	if h.LinkKey != "" && len(h.LinkKey) < minLinkKey {
		add("--link-key (KLANTREIS_LINK_KEY): must have at least %d characters", minLinkKey)
	}
	for i, key := range h.FormerLinkKeys {
		if len(key) < minLinkKey {
			add("--former-link-keys (KLANTREIS_FORMER_LINK_KEYS): key %d must have at least %d characters", i+1, minLinkKey)
		}
	}
	if h.UnsubscribeMailto != "" && !plainAddress.MatchString(h.UnsubscribeMailto) {
		add("--unsubscribe-mailto (KLANTREIS_UNSUBSCRIBE_MAILTO): must be a mail address such as unsubscribe@example.com")
	}
}

// plainAddress is a mail address that can stand in a header as it is.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

// TLS says how the API speaks TLS itself. Without it, a proxy before it does.
type TLS struct {
	// Cert and Key are files in PEM form. They are read again when they change.
	Cert string `name:"cert" env:"KLANTREIS_TLS_CERT" placeholder:"FILE" help:"Certificate with its chain, in PEM form; turns TLS on. Read again when it changes."`
	Key  string `name:"key" env:"KLANTREIS_TLS_KEY" placeholder:"FILE" help:"Key of the certificate, in PEM form."`
}

// On tells whether the API speaks TLS.
func (t TLS) On() bool { return t.Cert != "" || t.Key != "" }

// Metrics says where metrics are shown without a token.
type Metrics struct {
	// Addr is a listening address of their own. Empty means none.
	Addr string `name:"addr" env:"KLANTREIS_METRICS_ADDR" placeholder:"HOST:PORT" help:"Address of its own for /metrics, which needs no token there; of workers too. Keep it inside your network."`
}

// Record says where the record is kept.
type Record struct {
	// Database is the URL of the record: postgres://... or sqlite:PATH.
	Database Secret `name:"database" env:"KLANTREIS_DATABASE" default:"sqlite:data/klantreis.db" help:"Record: postgres://... or sqlite:PATH."`
}

// Redis says where Redis is.
type Redis struct {
	// URL is a redis:// or rediss:// URL.
	URL Secret `name:"url" env:"KLANTREIS_REDIS_URL" default:"redis://127.0.0.1:6379/0" help:"Redis: redis://... or rediss://..."`
}

// Temporal says where Temporal is.
type Temporal struct {
	// Address is the host and port of the frontend.
	Address string `name:"address" env:"KLANTREIS_TEMPORAL_ADDRESS" default:"127.0.0.1:7233" help:"Host and port of Temporal."`
	// Namespace is the namespace, which must exist.
	Namespace string `name:"namespace" env:"KLANTREIS_TEMPORAL_NAMESPACE" default:"default" help:"Namespace in Temporal."`
	// APIKey logs in to Temporal Cloud, and turns TLS on.
	APIKey Secret `name:"api-key" env:"KLANTREIS_TEMPORAL_API_KEY" help:"API key of Temporal Cloud; turns TLS on."`
	// TLS turns TLS on without an API key.
	TLS bool `name:"tls" env:"KLANTREIS_TEMPORAL_TLS" help:"Use TLS without an API key."`
}

// SendGrid says how mail is handed over.
type SendGrid struct {
	// APIKey is the key of the account.
	APIKey Secret `name:"api-key" env:"SENDGRID_API_KEY" help:"API key of SendGrid."`
	// Host is the base URL of the API.
	Host string `name:"host" env:"SENDGRID_HOST" default:"https://api.sendgrid.com" help:"Base URL of SendGrid's API."`
	// WebhookKey is the public key with which SendGrid signs its event webhook, as SendGrid shows it.
	WebhookKey string `name:"webhook-key" env:"SENDGRID_WEBHOOK_KEY" help:"Public key of SendGrid's signed event webhook."`
	// PerSecond limits the hand-overs of all workers together.
	PerSecond float64 `name:"per-second" env:"SENDGRID_PER_SECOND" default:"0" help:"Most mails a second, all workers together; 0 is no limit."`
}

// Webhook says how the webhooks of a map are called.
type Webhook struct {
	// Secret signs the calls.
	Secret Secret `name:"secret" env:"KLANTREIS_WEBHOOK_SECRET" help:"Secret that signs webhooks, as Standard Webhooks has it: whsec_ and 24 to 64 bytes in base64."`
	// AllowPrivate allows addresses inside the network.
	AllowPrivate bool `name:"allow-private" env:"KLANTREIS_WEBHOOK_ALLOW_PRIVATE" help:"Call webhooks at addresses inside this network, and without TLS, too."`
}

// Clock says how journey time runs.
type Clock struct {
	// Speed is how many journey seconds pass in a real one.
	Speed float64 `name:"speed" env:"KLANTREIS_SPEED" default:"0" help:"Journey seconds per real second (86400: a day a second). The first start with a record decides."`
	// Start is the journey instant at the first start.
	Start time.Time `name:"clock-start" env:"KLANTREIS_CLOCK_START" format:"2006-01-02T15:04:05Z07:00" help:"Journey time at the first start, RFC 3339; clients then send journey time."`
}

// minLinkKey is how short a link key may be.
const minLinkKey = 16

// Validate returns everything that is wrong, at once. The parts that a role does not use may be left out.
func (c *Config) Validate(roles Roles) error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if db := string(c.Record.Database); !strings.HasPrefix(db, "sqlite:") && !strings.HasPrefix(db, "postgres://") && !strings.HasPrefix(db, "postgresql://") {
		add("--database: must begin with postgres:// or sqlite:")
	}
	if roles.API {
		if c.HTTP.WriteKey == "" {
			add("--write-key (KLANTREIS_WRITE_KEY): must be set, so that only your shop can post events")
		}
		if rate := c.HTTP.IngestRate; math.IsNaN(rate) || math.IsInf(rate, 0) || rate < 0 {
			add("--ingest-rate (KLANTREIS_INGEST_RATE): must be a positive number, or 0 for no limit")
		}
		if c.HTTP.AdminToken == "" {
			add("--admin-token (KLANTREIS_ADMIN_TOKEN): must be set, so that only you can open the pages")
		}
		c.Shopify.validate(add)
		c.Woo.validate(add)
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		add("--tls-cert and --tls-key (KLANTREIS_TLS_CERT, KLANTREIS_TLS_KEY): must be set together")
	}
	c.HTTP.validateLinks(add)
	if roles.Worker {
		if c.SendGrid.APIKey == "" {
			add("--sendgrid-api-key (SENDGRID_API_KEY): must be set to send mail")
		}
		if u, err := url.Parse(c.SendGrid.Host); err != nil || u.Scheme == "" || u.Host == "" {
			add("--sendgrid-host (SENDGRID_HOST): must be a URL such as https://api.sendgrid.com")
		}
	}
	if speed := c.Clock.Speed; math.IsNaN(speed) || math.IsInf(speed, 0) || speed < 0 {
		add("--speed: must be a positive number")
	}
	if roles.Dispatcher {
		c.Keep.validate(c.Guard.Since, add)
	}
	if c.Guard.Most < 0 || c.Guard.Events < 0 {
		add("--guard, --guard-events: must not be negative")
	}
	return errors.Join(problems...)
}

// Roles are what a process does.
type Roles struct {
	// API answers HTTP.
	API bool
	// Worker runs workflows and activities.
	Worker bool
	// Dispatcher wakes the customers for whom there is something new, and keeps the record tidy.
	Dispatcher bool
}
