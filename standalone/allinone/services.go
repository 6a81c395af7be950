package allinone

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/alicebob/miniredis/v2"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/sandbox"
	"klantreis/standalone/temporal"
)

// namespace is the namespace of the Temporal server inside.
const namespace = "klantreis"

// services are the servers that production has elsewhere.
type services struct {
	temporal *temporal.Server
	redis    *miniredis.Miniredis
	sandbox  *sandbox.Sandbox // nil when SendGrid is used
	sendGrid config.SendGrid
	stops    []func() error
}

// startServices starts them; on an error it stops those that it started.
func startServices(ctx context.Context, folder *folder, sendGrid config.SendGrid, log *slog.Logger) (*services, error) {
	s := &services{sendGrid: sendGrid}
	err := s.startTemporal(ctx, folder, log)
	if err == nil {
		err = s.startRedis()
	}
	if err == nil && sendGrid.APIKey == "" {
		err = s.startSandbox(ctx, folder)
	}
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// stop stops the services, last first.
func (s *services) stop() error {
	var errs []error
	for len(s.stops) > 0 {
		last := len(s.stops) - 1
		errs = append(errs, s.stops[last]())
		s.stops = s.stops[:last]
	}
	return errors.Join(errs...)
}

func (s *services) startTemporal(ctx context.Context, folder *folder, log *slog.Logger) error {
	server, err := temporal.Start(ctx, temporal.Options{DataFile: folder.file("temporal.db"), Namespace: namespace, Logger: log})
	if err != nil {
		return err
	}
	s.temporal = server
	s.stops = append(s.stops, func() error { server.Stop(); return nil })
	return nil
}

// startRedis starts a Redis server whose time-outs run: miniredis leaves that to its owner.
func (s *services) startRedis() error {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start redis: %w", err)
	}
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		const tick = 100 * time.Millisecond
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				server.FastForward(tick)
			}
		}
	}()
	s.redis = server
	s.stops = append(s.stops, func() error {
		close(done)
		<-stopped
		server.Close()
		return nil
	})
	return nil
}

// startSandbox starts the mail sandbox and makes it the provider.
func (s *services) startSandbox(ctx context.Context, folder *folder) error {
	key := rand.Text()
	box, err := sandbox.New(sandbox.Options{Dir: folder.file("inbox"), APIKey: key, Redeliver: 0.05, Now: time.Now})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the mail sandbox: %w", err)
	}
	server := api.HTTPServer("", box.APIHandler())
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	box.Start(context.WithoutCancel(ctx))
	s.sandbox = box
	s.sendGrid.APIKey = config.Secret(key)
	s.sendGrid.Host = "http://" + listener.Addr().String()
	s.sendGrid.WebhookKey = box.PublicKey()
	s.stops = append(s.stops, func() error {
		err := server.Close()
		if serveErr := <-stopped; !errors.Is(serveErr, http.ErrServerClosed) {
			err = errors.Join(err, serveErr)
		}
		return errors.Join(err, box.Stop())
	})
	return nil
}

// ready tells the services where the application listens.
func (s *services) ready(base string) {
	if s.sandbox != nil {
		s.sandbox.SetWebhookURL(base + "/webhooks/sendgrid")
	}
}
