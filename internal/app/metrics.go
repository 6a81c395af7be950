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

var (
	wakesWaiting = prometheus.NewDesc("klantreis_wakes_waiting", "Customers with news whose workflow was not signalled yet.", nil, nil)
	wakesFlight  = prometheus.NewDesc("klantreis_wakes_in_flight", "Customers who were signalled and have not decided yet.", nil, nil)
	mapBehind    = prometheus.NewDesc("klantreis_customers_behind_map", "Customers with runs under way who have not decided under the live map yet; counting stops at 10,000.", nil, nil)
	lostSends    = prometheus.NewDesc("klantreis_lost_sends", "Messages that the provider reports and the record does not know, because it was set back; counting stops at 10,000.", nil, nil)
	parkedEvents = prometheus.NewDesc("klantreis_events_parked", "Events that were put aside because nothing could be decided with them.", nil, nil)
	troubled     = prometheus.NewDesc("klantreis_customers_troubled", "Customers about whom nothing can be decided, whatever their events; counting stops at 10,000.", nil, nil)
	wakesLag     = prometheus.NewDesc("klantreis_wakes_lag_seconds", "How long the customer with the oldest news has waited for a signal.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m recordMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- wakesWaiting
	ch <- wakesFlight
	ch <- wakesLag
	ch <- mapBehind
	ch <- lostSends
	ch <- parkedEvents
	ch <- troubled
}

// Collect implements prometheus.Collector.
func (m recordMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	backlog, err := m.record.Backlog(ctx, m.now(), time.Minute, time.Minute)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(wakesWaiting, err)
		return
	}
	lag := 0.0
	if !backlog.OldestWaiting.IsZero() {
		lag = max(0, m.now().Sub(backlog.OldestWaiting).Seconds())
	}
	ch <- prometheus.MustNewConstMetric(wakesWaiting, prometheus.GaugeValue, float64(backlog.Waiting))
	ch <- prometheus.MustNewConstMetric(wakesFlight, prometheus.GaugeValue, float64(backlog.InFlight))
	ch <- prometheus.MustNewConstMetric(wakesLag, prometheus.GaugeValue, lag)
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

func (a *App) registerMetrics() {
	a.metrics.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		recordMetrics{record: a.record, now: a.Now},
		a.reports,
	)
}
