package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"klantreis/journey"
)

// What became of an event, as counted.
const (
	outcomeAccepted = "accepted" // stored, now or earlier
	outcomeRejected = "rejected" // the client was told what is wrong with it
	outcomeFailed   = "failed"   // the client was told to try again
)

// unknown labels what no label value of ours fits, so that strangers cannot make up new ones.
const unknown = "unknown"

// metrics counts requests and events.
type metrics struct {
	requests   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	ingested   *prometheus.CounterVec
	duplicates prometheus.Counter
	refused    prometheus.Counter
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "klantreis_http_requests_total", Help: "Requests by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "klantreis_http_request_duration_seconds", Help: "How long requests took, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
		ingested: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "klantreis_ingest_events_total", Help: "Events by type and what became of them.",
		}, []string{"type", "outcome"}),
		duplicates: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "klantreis_ingest_duplicates_total", Help: "Accepted events that were stored before.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "klantreis_ingest_rate_limited_total", Help: "Events whose sender was told to wait.",
		}),
	}
	registerer.MustRegister(m.requests, m.seconds, m.ingested, m.duplicates, m.refused)
	return m
}

// request counts an answered request. The route is the pattern that matched; empty when none did.
func (m *metrics) request(route string, status int, took time.Duration) {
	if route == "" {
		route = unknown
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// event counts one event.
func (m *metrics) event(typ, outcome string) {
	switch typ {
	case journey.TypeIdentify, journey.TypeTrack, journey.TypePage, journey.TypeScreen, journey.TypeGroup, journey.TypeAlias:
	default:
		typ = unknown
	}
	m.ingested.WithLabelValues(typ, outcome).Inc()
}

// events counts events that share an outcome.
func (m *metrics) events(events []journey.Event, outcome string) {
	for _, e := range events {
		m.event(e.Type, outcome)
	}
}

// limited counts events whose sender was told to wait.
func (m *metrics) limited(events int) { m.refused.Add(float64(events)) }

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection, for pages that flush.
func (w *statusWriter) Unwrap() http.ResponseWriter {
	return w.ResponseWriter
}
