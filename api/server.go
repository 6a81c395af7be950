package api

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

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
	// Maps knows the versions of the map.
	Maps Maps
	// AdminToken lets its holder into the pages and the management API. When empty nobody gets in.
	AdminToken string
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
	// Inbox serves /inbox and everything below it, behind the admin login; it sees the whole path. May be nil.
	Inbox http.Handler
	// Answers are what the answer pages show and take. Nil when no mail can link to them.
	Answers Answers
	// ProviderEvents takes the mail provider's reports at POST /webhooks/sendgrid, and checks their signature itself.
	// May be nil.
	ProviderEvents http.Handler
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
	maps      Maps
	answers   Answers
	admin     *admin
	clock     journey.Clock
	now       func() time.Time
	pingers   map[string]Pinger
	log       *slog.Logger
	metrics   *metrics
	inbox     bool
	mux       *http.ServeMux
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
		maps:      o.Maps,
		answers:   o.Answers,
		admin:     newAdmin(o.AdminToken, o.Now),
		clock:     o.Clock,
		now:       o.Now,
		pingers:   o.Pingers,
		log:       o.Log,
		metrics:   newMetrics(o.Registerer),
		inbox:     o.Inbox != nil,
		mux:       http.NewServeMux(),
	}
	s.routeIngest()
	s.routePages(o)
	s.routeMaps()
	s.routeKeys()
	if o.Rejected != nil {
		s.routeRejected()
	}
	if o.Parking != nil {
		s.routeParked(o.Parking)
	}
	if o.Suppressions != nil {
		s.routeSuppressions(o.Suppressions)
	}
	return s
}

func (s *Server) routeIngest() {
	for _, typ := range []string{
		journey.TypeIdentify, journey.TypeTrack, journey.TypePage, journey.TypeScreen, journey.TypeGroup, journey.TypeAlias,
	} {
		s.mux.HandleFunc("POST /v1/"+typ, s.ingestEvent(typ))
	}
	s.mux.HandleFunc("POST /v1/batch", s.ingestBatch(false))
	s.mux.HandleFunc("POST /v1/import", s.ingestBatch(true))
	s.mux.HandleFunc("POST /v1/cloudevents", s.ingestCloudEvents)
}

func (s *Server) routePages(o Options) {
	s.mux.HandleFunc("GET /{$}", s.start)
	s.mux.HandleFunc("GET /style.css", style)
	s.mux.HandleFunc("GET /login", s.login)
	s.mux.HandleFunc("GET /schema/journey.json", mapSchema)
	s.mux.HandleFunc("GET /healthz", alive)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	s.mux.Handle("GET /api/v1/clock", s.admin.protect(http.HandlerFunc(s.journeyClock), denyJSON))
	s.mux.Handle("GET /api/v1/customers/{userId}", s.admin.protect(http.HandlerFunc(s.customer), denyJSON))
	s.mux.Handle("GET /api/v1/customers/{userId}/decisions", s.admin.protect(http.HandlerFunc(s.decisions), denyJSON))
	s.mux.Handle("POST /api/v1/customers/{userId}/merge", s.admin.protect(http.HandlerFunc(s.mergeCustomers), denyJSON))
	s.mux.Handle("GET /api/v1/reasons", s.admin.protect(http.HandlerFunc(reasons), denyJSON))
	if o.Answers != nil {
		s.mux.HandleFunc("GET /a/{token}", s.showQuestion)
		s.mux.HandleFunc("POST /a/{token}", s.takeAnswer)
	}
	if o.Inbox != nil {
		inbox := s.admin.protect(o.Inbox, s.denyPage)
		s.mux.Handle("/inbox", inbox)
		s.mux.Handle("/inbox/", inbox)
	}
	if o.ProviderEvents != nil {
		s.mux.Handle("POST /webhooks/sendgrid", http.MaxBytesHandler(o.ProviderEvents, maxWebhookBytes))
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := s.now()
	out := &statusWriter{ResponseWriter: w}
	setSecurityHeaders(w.Header())
	if handler, pattern := s.mux.Handler(r); pattern == "" {
		noRoute(out, r, handler)
	} else {
		s.mux.ServeHTTP(out, r)
	}
	s.metrics.request(r.Pattern, cmp.Or(out.status, http.StatusOK), s.now().Sub(began))
}
