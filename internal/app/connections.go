package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"klantreis/api"
	"klantreis/internal/store"
)

// connections knows how the connections of this process to shops fare.
type connections struct {
	record *store.Store
	shops  *shops
}

// mostPrivacyRequests is how many open requests are counted.
const mostPrivacyRequests = 10_000

// Connections implements api.Connections.
func (c connections) Connections(ctx context.Context) ([]api.Connection, error) {
	known, err := c.record.ShopConnections(ctx)
	if err != nil {
		return nil, err
	}
	requests, err := c.record.PrivacyRequests(ctx, mostPrivacyRequests)
	if err != nil {
		return nil, err
	}
	open := map[string]int{}
	for _, r := range requests {
		open[r.Connection]++
	}
	var list []api.Connection
	for _, one := range known {
		connected := c.shops.connections[one.Name]
		if connected == nil {
			continue // It was, once.
		}
		list = append(list, api.Connection{
			Name: one.Name, Kind: one.Kind, Since: one.Since, Healthy: healthy(one, connected.walks),
			LastDelivery: one.DeliveredAt, LastReconciliation: one.ReconciledAt,
			Warning: one.Warning, LastError: one.Error, LastErrorAt: one.ErrorAt, PrivacyRequests: open[one.Name],
		})
	}
	return list, nil
}

// healthy tells whether nothing is wrong now: no warning, and no error since the last walk that went well, or where there are
// no walks, since the last webhook did.
func healthy(c store.ShopConnection, walks bool) bool {
	well := c.ReconciledAt
	if !walks {
		well = c.DeliveredAt
	}
	return c.Warning == "" && (c.ErrorAt.IsZero() || c.ErrorAt.Before(well))
}

// connectionMetrics shows how the connections fare. It is read when somebody asks.
type connectionMetrics struct{ connections }

var (
	byConnection      = []string{"connection"}
	connectionHealthy = prometheus.NewDesc("klantreis_connection_healthy", "1 when nothing is wrong with a connection to a shop, else 0.", byConnection, nil)
	connectionWarned  = prometheus.NewDesc("klantreis_connection_warning", "1 when something is wrong with a connection although the shop answers, such as a webhook that it switched off.", byConnection, nil)
	connectionHeard   = prometheus.NewDesc("klantreis_connection_last_delivery_seconds", "Unix time of the last webhook of a shop, to the minute; 0 when none came.", byConnection, nil)
	connectionWalked  = prometheus.NewDesc("klantreis_connection_last_reconciliation_seconds", "Unix time at which a shop was last asked for everything that changed; 0 when it never was.", byConnection, nil)
	connectionOwed    = prometheus.NewDesc("klantreis_connection_privacy_requests", "What a shop asked for in the name of customers that is not done.", byConnection, nil)
)

// Describe implements prometheus.Collector.
func (m connectionMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{connectionHealthy, connectionWarned, connectionHeard, connectionWalked, connectionOwed} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (m connectionMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	list, err := m.Connections(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(connectionHealthy, err)
		return
	}
	for _, c := range list {
		for desc, value := range map[*prometheus.Desc]float64{
			connectionHealthy: truth(c.Healthy), connectionWarned: truth(c.Warning != ""),
			connectionHeard: unixSeconds(c.LastDelivery), connectionWalked: unixSeconds(c.LastReconciliation),
			connectionOwed: float64(c.PrivacyRequests),
		} {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, c.Name)
		}
	}
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func unixSeconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.Unix())
}
