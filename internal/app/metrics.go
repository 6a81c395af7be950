package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"klantreis/internal/store"
)

// recordMetrics shows what the record holds. It is read when somebody asks.
type recordMetrics struct {
	record *store.Store
	now    func() time.Time
}

// lanes labels what is told apart by where it stands in line.
var lanes = []string{"lane"}

var (
	wakesWaiting = prometheus.NewDesc("klantreis_wakes_waiting", "Customers with news whose workflow was not signalled yet, by lane; counting stops at 10,000.", lanes, nil)
	wakesFlight  = prometheus.NewDesc("klantreis_wakes_in_flight", "Customers who were signalled and have not decided yet.", nil, nil)
	mapBehind    = prometheus.NewDesc("klantreis_customers_behind_map", "Customers with runs under way who have not decided under the live map yet; counting stops at 10,000.", nil, nil)
	lostSends    = prometheus.NewDesc("klantreis_lost_sends", "Messages that the provider reports and the record does not know, because it was set back; counting stops at 10,000.", nil, nil)
	parkedEvents = prometheus.NewDesc("klantreis_events_parked", "Events that were put aside because nothing could be decided with them.", nil, nil)
	troubled     = prometheus.NewDesc("klantreis_customers_troubled", "Customers about whom nothing can be decided, whatever their events; counting stops at 10,000.", nil, nil)
	wakesLag     = prometheus.NewDesc("klantreis_wakes_lag_seconds", "How long the customer with the oldest news has waited for a signal, by lane.", lanes, nil)
	wakesAge     = prometheus.NewDesc("klantreis_wakes_age_seconds", "How long the customer with the oldest news has waited for a decision, signalled or not, by lane.", lanes, nil)
)

// Describe implements prometheus.Collector.
func (m recordMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- wakesWaiting
	ch <- wakesFlight
	ch <- wakesLag
	ch <- wakesAge
	ch <- mapBehind
	ch <- lostSends
	ch <- parkedEvents
	ch <- troubled
}

// Collect implements prometheus.Collector.
func (m recordMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	found, err := m.record.Lanes(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(wakesWaiting, err)
		return
	}
	inFlight := 0
	for _, lane := range found {
		inFlight += lane.InFlight
		ch <- prometheus.MustNewConstMetric(wakesWaiting, prometheus.GaugeValue, float64(lane.Waiting), lane.Name)
		ch <- prometheus.MustNewConstMetric(wakesLag, prometheus.GaugeValue, m.age(lane.OldestWaiting), lane.Name)
		ch <- prometheus.MustNewConstMetric(wakesAge, prometheus.GaugeValue, m.age(lane.Oldest), lane.Name)
	}
	ch <- prometheus.MustNewConstMetric(wakesFlight, prometheus.GaugeValue, float64(inFlight))
	behind, err := m.record.Behind(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(mapBehind, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(mapBehind, prometheus.GaugeValue, float64(behind))
	lost, err := m.record.CountLostSends(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(lostSends, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(lostSends, prometheus.GaugeValue, float64(lost))
	events, customers, err := m.record.CountParked(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(parkedEvents, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(parkedEvents, prometheus.GaugeValue, float64(events))
	ch <- prometheus.MustNewConstMetric(troubled, prometheus.GaugeValue, float64(customers))
}

// age returns how many seconds ago an instant was: 0 when there is none.
func (m recordMetrics) age(since time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, m.now().Sub(since).Seconds())
}

// dispatched counts how long customers waited for their signal.
type dispatched struct{ seconds *prometheus.HistogramVec }

func newDispatched() dispatched {
	return dispatched{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "klantreis_dispatch_seconds", Help: "How long after their news customers were signalled for the first time, by lane.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60, 600},
	}, lanes)}
}

func (d dispatched) observe(lane string, after time.Duration) {
	d.seconds.WithLabelValues(lane).Observe(after.Seconds())
}

func (a *App) registerMetrics() {
	a.metrics.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		recordMetrics{record: a.record, now: a.Now},
		erasureMetrics{record: a.record},
		a.reports,
		a.retained,
		a.dispatched.seconds,
		a.shops.counted,
		connectionMetrics{connections{record: a.record, shops: a.shops}},
	)
}
