package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"klantreis/internal/sendgrid"
	"klantreis/internal/throttle"
)

// mailer returns the way to SendGrid, which spares it while it is ill and keeps to its rate.
func (a *App) mailer() *throttle.Mailer {
	cfg := a.cfg.SendGrid
	mailer := throttle.New(throttle.Options{
		Mailer: sendgrid.New(sendgrid.Options{APIKey: string(cfg.APIKey), Host: cfg.Host, Now: a.Now}),
		Name:   "sendgrid", PerSecond: cfg.PerSecond, Redis: a.redis, Log: a.Log,
	})
	a.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "klantreis_provider_ill", Help: "1 while the mail provider counts as ill and is left alone.",
	}, func() float64 {
		if mailer.Ill() {
			return 1
		}
		return 0
	}))
	return mailer
}
