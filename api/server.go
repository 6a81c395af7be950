package api

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"klantreis/internal/access"
	"klantreis/journey"
)

// maxWebhookBytes is how large a report of a mail provider may be.
const maxWebhookBytes = 4 << 20

// Options are what a Server needs. All are required unless the comment says otherwise.
type Options struct {
	// Ingestor stores events.
	Ingestor Ingestor
	// Keys knows the write keys.
	Keys Keys
	// KeyRing makes and revokes write keys.
	KeyRing KeyRing
	// CloudEventPrefix is taken off the type of a CloudEvent, so that the rest names the event. May be empty.
	CloudEventPrefix string
	// Limiter bounds how many events are taken of a write key. May be nil.
	Limiter Limiter
	// Rejected keeps what was refused. May be nil: then nothing is kept or shown.
	Rejected RejectedLog
	// Parking knows the events that were put aside. May be nil: then they are not shown.
	Parking Parking
	// Suppressions knows the addresses that must not be mailed. May be nil: then they are not shown.
	Suppressions Suppressions
	// Customers reads what is shown of customers.
	Customers Customers
	// Merger makes two customers one.
	Merger Merger
	// Consents reads the consent ledger. May be nil: then nothing of it is served.
	Consents Consents
	// Erasures erases and exports customers. May be nil: then neither is possible.
	Erasures Erasures
	// Preferences are what the preference pages show and take. Nil when no mail can link to them.
	Preferences Preferences
	// Maps knows the versions of the map.
	Maps Maps
	// Accounts knows who may sign in, and the API tokens.
	Accounts Accounts
	// Passwords lets people change their own password.
	Passwords Passwords
	// AdminToken is the token of the built-in admin, as Bearer token and in the link to sign in. When empty there is none.
	AdminToken string
	// TrustedProxies are the addresses whose X-Forwarded-For is believed. May be empty.
	TrustedProxies []netip.Prefix
	// Audit reads who changed what.
	Audit Audit
	// Clock relates journey time to real time. The zero Clock is real time.
	Clock journey.Clock
	// Now returns the real instant.
	Now func() time.Time
	// Pingers are what must be reachable for the server to be ready, by name. May be empty.
	Pingers map[string]Pinger
	// Log takes what cannot be told to the client.
	Log *slog.Logger
	// Registerer takes the metrics of this package.
	Registerer prometheus.Registerer
	// Gatherer is what /metrics shows.
	Gatherer prometheus.Gatherer
	// Inbox serves /inbox and everything below it, behind the login; it sees the whole path. May be nil.
	Inbox http.Handler
	// Answers are what the answer pages show and take. Nil when no mail can link to them.
	Answers Answers
	// ProviderEvents takes the mail provider's reports at POST /webhooks/sendgrid, and checks their signature itself.
	// May be nil.
	ProviderEvents http.Handler
	// ShopEvents takes what shops report at POST /webhooks/shops/{shop}, and checks their signature itself. May be nil.
	ShopEvents http.Handler
	// Connections knows how the connections to shops fare. May be nil: then they are not shown.
	Connections Connections
}

// Server answers all HTTP requests. It implements http.Handler.
type Server struct {
	ingestor  Ingestor
	keys      Keys
	keyRing   KeyRing
	limiter   Limiter
	cePrefix  string // taken off the types of CloudEvents
	rejected  RejectedLog
	customers Customers
	merger    Merger
	consents  Consents
	prefs     Preferences
	maps      Maps
	answers   Answers
	accounts  Accounts
	passwords Passwords
	audit     Audit
	clock     journey.Clock
	now       func() time.Time
	pingers   map[string]Pinger
	log       *slog.Logger
	metrics   *metrics
	inbox     bool
	router    *router
}

// New returns a Server. It panics when the Registerer has the metrics of another one already.
func New(o Options) *Server {
	s := &Server{
		ingestor:  o.Ingestor,
		keys:      o.Keys,
		keyRing:   o.KeyRing,
		limiter:   o.Limiter,
		cePrefix:  o.CloudEventPrefix,
		rejected:  o.Rejected,
		customers: o.Customers,
		merger:    o.Merger,
		consents:  o.Consents,
		prefs:     o.Preferences,
		maps:      o.Maps,
		answers:   o.Answers,
		accounts:  o.Accounts,
		passwords: o.Passwords,
		audit:     o.Audit,
		clock:     o.Clock,
		now:       o.Now,
		pingers:   o.Pingers,
		log:       o.Log,
		metrics:   newMetrics(o.Registerer),
		inbox:     o.Inbox != nil,
	}
	s.router = &router{
		mux:    http.NewServeMux(),
		guard:  &guard{accounts: o.Accounts, builtIn: o.AdminToken, origin: http.NewCrossOriginProtection(), from: proxies(o.TrustedProxies).from},
		deny:   s.denyPage,
		failed: func(r *http.Request, err error) { s.log.ErrorContext(r.Context(), "look up who asks", "error", err) },
	}
	s.routeIngest()
	s.routePages(o)
	s.routeAPI(o)
	s.routeMaps()
	s.routeKeys()
	s.routePassword()
	if o.Parking != nil {
		s.routeParked(o.Parking)
	}
	if o.Suppressions != nil {
		s.routeSuppressions(o.Suppressions)
	}
	if o.Consents != nil {
		s.routeConsents()
	}
	if o.Erasures != nil {
		s.routeErasures(o.Erasures)
	}
	if o.Connections != nil {
		s.routeConnections(o.Connections)
	}
	if o.Preferences != nil {
		s.routePreferences()
	}
	return s
}

func (s *Server) routeIngest() {
	for _, typ := range []string{
		journey.TypeIdentify, journey.TypeTrack, journey.TypePage, journey.TypeScreen, journey.TypeGroup, journey.TypeAlias,
	} {
		s.router.open("POST /v1/"+typ, s.ingestEvent(typ))
	}
	s.router.open("POST /v1/batch", s.ingestBatch(false))
	s.router.open("POST /v1/import", s.ingestBatch(true))
	s.router.open("POST /v1/cloudevents", http.HandlerFunc(s.ingestCloudEvents))
}

func (s *Server) routePages(o Options) {
	s.router.open("GET /style.css", http.HandlerFunc(style))
	s.router.open("GET /login", http.HandlerFunc(s.showLogin))
	s.router.open("POST /login", http.HandlerFunc(s.signIn))
	s.router.open("POST /logout", http.HandlerFunc(s.signOut))
	s.router.open("GET /schema/journey.json", http.HandlerFunc(mapSchema))
	s.router.open("GET /healthz", http.HandlerFunc(alive))
	s.router.open("GET /readyz", http.HandlerFunc(s.ready))
	if o.Answers != nil {
		s.router.open("GET /a/{token}", http.HandlerFunc(s.showQuestion))
		s.router.open("POST /a/{token}", http.HandlerFunc(s.takeAnswer))
	}
	if o.ProviderEvents != nil {
		s.router.open("POST /webhooks/sendgrid", http.MaxBytesHandler(o.ProviderEvents, maxWebhookBytes))
	}
	if o.ShopEvents != nil {
		s.router.open("POST /webhooks/shops/{shop}", http.MaxBytesHandler(o.ShopEvents, maxWebhookBytes))
	}
	s.router.page("GET /{$}", access.SignedIn, s.start)
	if o.Inbox != nil {
		inbox := func(w http.ResponseWriter, r *http.Request, _ access.Identity) { o.Inbox.ServeHTTP(w, r) }
		s.router.page("GET /inbox", access.CustomersRead, inbox)
		s.router.page("GET /inbox/", access.CustomersRead, inbox)
		s.router.page("POST /inbox/", access.CustomersWrite, inbox)
		s.router.page("DELETE /inbox/", access.CustomersWrite, inbox)
	}
}

func (s *Server) routeAPI(o Options) {
	s.router.read("GET /metrics", access.MetricsRead, promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}).ServeHTTP)
	s.router.read("GET /api/v1/clock", access.MapsRead, s.journeyClock)
	s.router.read("GET /api/v1/reasons", access.MapsRead, reasons)
	s.router.read("GET /api/v1/customers/{userId}", access.CustomersRead, s.customer)
	s.router.read("GET /api/v1/customers/{userId}/decisions", access.CustomersRead, s.decisions)
	s.router.change("POST /api/v1/customers/{userId}/merge", access.CustomersWrite, s.mergeCustomers)
	s.router.read("GET /api/v1/audit", access.AuditRead, s.changes)
	if o.Rejected != nil {
		s.router.read("GET /api/v1/rejected", access.EventsRead, s.rejectedEvents)
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := s.now()
	out := &statusWriter{ResponseWriter: w}
	setSecurityHeaders(w.Header())
	if r.TLS != nil {
		strictTransport(w.Header())
	}
	if handler, pattern := s.router.mux.Handler(r); pattern == "" {
		noRoute(out, r, handler)
	} else {
		s.router.mux.ServeHTTP(out, r)
	}
	s.metrics.request(r.Pattern, cmp.Or(out.status, http.StatusOK), s.now().Sub(began))
}
