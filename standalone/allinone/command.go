// Package allinone runs the whole engine in one process: it starts a Temporal server, a Redis server and a mail sandbox
// on the loopback interface, keeps their data in one folder, and hands their addresses to the same application that runs
// in production.
//
// It must not decide or change anything about how the application works.
package allinone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"klantreis/config"
	"klantreis/examples"
	"klantreis/internal/app"
	"klantreis/internal/cli"
)

// Command starts everything.
type Command struct {
	// Data is the folder that everything is kept in.
	Data string `name:"data" env:"KLANTREIS_DATA" default:"data" placeholder:"DIR" help:"Folder for all data; made when missing."`
	// HTTP, SendGrid, Webhook, Clock, Keep and Guard are those of the application.
	HTTP     config.HTTP     `embed:""`
	SendGrid config.SendGrid `embed:"" prefix:"sendgrid-"`
	Webhook  config.Webhook  `embed:"" prefix:"webhook-"`
	Clock    config.Clock    `embed:""`
	Keep     config.Keep     `embed:"" prefix:"keep-"`
	Guard    config.Guard    `embed:""`
	// Map is published at start when it changed since it was published at a start.
	Map string `name:"map" env:"KLANTREIS_MAP" placeholder:"FILE|DIR" help:"Journey map to publish at start, when it changed since it was published at a start. The first start publishes a web shop."`
	// LogLevel is the least level that is logged.
	LogLevel string `name:"log-level" env:"KLANTREIS_LOG_LEVEL" default:"warn" enum:"debug,info,warn,error" help:"Least level that is logged: ${enum}."`
}

// Run implements the command.
func (c *Command) Run(ctx context.Context, streams cli.Streams) error {
	folder, err := openFolder(c.Data)
	if err != nil {
		return err
	}
	log := cli.Logger(streams.Err, c.LogLevel)
	fmt.Fprintln(streams.Out, "Klantreis is starting ...")
	services, err := startServices(ctx, folder, c.SendGrid, log)
	if err != nil {
		return errors.Join(err, folder.close())
	}
	err = c.serve(ctx, folder, services, streams, log)
	fmt.Fprintln(streams.Out, "Klantreis is stopping ...")
	return errors.Join(err, services.stop(), folder.close())
}

func (c *Command) serve(ctx context.Context, folder *folder, s *services, streams cli.Streams, log *slog.Logger) error {
	cfg, err := c.config(folder, s)
	if err != nil {
		return err
	}
	if err := app.Migrate(ctx, cfg.Record, time.Now); err != nil {
		return err
	}
	options := app.Options{
		Roles: config.Roles{API: true, Worker: true, Dispatcher: true}, Log: log, Now: time.Now, FirstMap: examples.Webshop(),
		Ready: func(addr net.Addr) {
			s.ready("http://" + addr.String())
			fmt.Fprint(streams.Out, welcome("http://"+addr.String(), cfg, s.sandbox != nil))
		},
	}
	if s.sandbox != nil {
		options.Inbox = s.sandbox.InboxHandler()
	}
	a, err := app.New(ctx, cfg, options)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

// config joins what was asked for with the addresses of the services.
func (c *Command) config(folder *folder, s *services) (config.Config, error) {
	http, webhook, err := folder.keys(c.HTTP, c.Webhook)
	if err != nil {
		return config.Config{}, err
	}
	http.PublicURL = cmp.Or(http.PublicURL, localURL(http.Addr))
	return config.Config{
		HTTP:     http,
		Record:   config.Record{Database: config.Secret("sqlite:" + folder.file("klantreis.db"))},
		Redis:    config.Redis{URL: config.Secret("redis://" + s.redis.Addr())},
		Temporal: config.Temporal{Address: s.temporal.Addr(), Namespace: namespace},
		SendGrid: s.sendGrid,
		Webhook:  webhook,
		Clock:    c.Clock,
		Keep:     c.Keep,
		Guard:    c.Guard,
		Map:      c.Map,
		LogLevel: c.LogLevel,
	}, nil
}

// localURL is where a browser on this machine reaches what listens on an address.
func localURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
