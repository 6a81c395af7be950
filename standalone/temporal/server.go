// Package temporal runs a Temporal server inside this process, with its data in one SQLite file.
//
// It is the durable execution of the all-in-one binary: a frontend, a history and a matching service that listen on
// free ports of 127.0.0.1 and nowhere else, set up for one machine and one namespace. The services that run Temporal's
// own system workflows (schedules, batch operations, scans) are left out, because nothing of ours needs them.
//
// The package must not know which workflows run on it: callers reach it by its address, as they would a cluster.
package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/server/common/config"
	server "go.temporal.io/server/temporal"
)

// The defaults of Options.
const (
	DefaultNamespace = "klantreis"
	DefaultRetention = 24 * time.Hour
)

// Options say where the server keeps its data and what it serves.
type Options struct {
	// DataFile is the SQLite file. Its folder must exist; the file is made when it does not.
	DataFile string
	// Namespace is registered when it does not exist. Defaults to DefaultNamespace.
	Namespace string
	// Retention is how long closed workflows can be looked at. At least an hour. Defaults to DefaultRetention.
	Retention time.Duration
	// Logger receives the warnings and errors of the running server, and of a start that failed. Defaults to none.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	if o.Retention == 0 {
		o.Retention = DefaultRetention
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Server is a running Temporal server.
type Server struct {
	config   *config.Config
	services server.Server
	log      *logger
	stopped  sync.Once
}

// Start starts a server and returns once it answers for its namespace, or gives up when ctx is done. It returns an error
// that tells what to do when the file is of another release or broken. Nobody else may use the file meanwhile.
func Start(ctx context.Context, options Options) (*Server, error) {
	o := options.withDefaults()
	if err := prepareFile(ctx, o.DataFile); err != nil {
		return nil, err
	}
	log := newLogger(o.Logger)
	s, err := startServices(o, log)
	if err != nil {
		log.failed()
		return nil, fmt.Errorf("start temporal on %s: %w", o.DataFile, err)
	}
	if err := awaitNamespace(ctx, s.Addr(), o); err != nil {
		log.failed()
		s.Stop()
		return nil, fmt.Errorf("wait for temporal on %s: %w", o.DataFile, err)
	}
	log.running()
	return s, nil
}

// Addr returns the host:port at which clients reach the server.
func (s *Server) Addr() string { return s.config.PublicClient.HostPort }

// Stop stops the server and returns when it has ended. Calling it again does nothing. The operating system's handle on
// the file is kept until the process ends, because the server's driver never lets go of it; nothing is written to it.
func (s *Server) Stop() {
	s.stopped.Do(func() {
		s.log.stopping()
		// Each service logs for itself why it did not stop well; there is nothing left that could be done about it.
		_ = s.services.Stop()
	})
}

// startServices starts the services on free ports, and again on others when somebody took one of them meanwhile.
func startServices(o Options, log *logger) (*Server, error) {
	const tries = 3
	var errs []error
	for range tries {
		ports, err := freePorts(servicePorts)
		if err != nil {
			return nil, err
		}
		s, err := startOn(ports, o, log)
		if err == nil {
			return s, nil
		}
		errs = append(errs, err)
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, errors.Join(errs...)
}

// startOn starts the services on the given ports. Where the server would end the process, it returns an error.
func startOn(ports []int, o Options, log *logger) (s *Server, err error) {
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case *fatalError:
			s, err = nil, reason
		default:
			panic(reason)
		}
	}()
	c := newConfig(ports, o.DataFile)
	if err := createNamespace(c, o); err != nil {
		return nil, err
	}
	services, err := server.NewServer(serverOptions(c, log)...)
	if err != nil {
		return nil, fmt.Errorf("put the services together: %w", err)
	}
	if err := services.Start(); err != nil {
		// What did start must not be left running; the first error is the one that matters.
		_ = services.Stop()
		return nil, fmt.Errorf("start the services: %w", err)
	}
	return &Server{config: c, services: services, log: log}, nil
}
