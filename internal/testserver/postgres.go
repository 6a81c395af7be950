package testserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// PostgresServer is a private PostgreSQL that a test can stop and start.
type PostgresServer struct {
	// URL leads to an empty database of its own. It stays the same for life.
	URL string

	t       testing.TB
	cluster *cluster
}

// StartPostgres starts a private PostgreSQL for the test. Settings are those of postgresql.conf, such as "fsync=on";
// without them the server does not sync its files, which is fast and survives anything but a fall of the machine.
// A test that need not stop the server takes Postgres, which is quicker.
func StartPostgres(t testing.TB, settings ...string) *PostgresServer {
	t.Helper()
	c, err := newCluster(findPostgres(t), settings)
	if err != nil {
		t.Fatalf("start postgres: %v", err)
	}
	t.Cleanup(func() {
		c.stop()
		removeAll(t, c.command.dir)
	})
	url, err := c.createDatabase(context.Background())
	if err != nil {
		t.Fatalf("start postgres: %v", err)
	}
	return &PostgresServer{URL: url, t: t, cluster: c}
}

// Stop ends the server at once, as a crash would: open transactions are lost, committed ones stay. Stopping a stopped
// server does nothing.
func (s *PostgresServer) Stop() {
	s.t.Helper()
	s.cluster.stop()
}

// Start starts a stopped server again, with its data and on the same port. Starting a running one does nothing.
func (s *PostgresServer) Start() {
	s.t.Helper()
	if err := s.cluster.start(); err != nil {
		s.t.Fatalf("start postgres again: %v", err)
	}
}

// cluster is one PostgreSQL server with its folder.
type cluster struct {
	port    int
	command command
	process *process
}

// newCluster makes a cluster in a temporary folder and starts it.
func newCluster(p programs, settings []string) (*cluster, error) {
	dir, err := p.newFolder()
	if err != nil {
		return nil, err
	}
	c, err := onFreePort(func(port int) (*cluster, error) {
		c := &cluster{port: port, command: p.postgres(dir, port, settings)}
		return c, c.start()
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// newFolder makes a temporary folder with an initialised cluster in it.
func (p programs) newFolder() (string, error) {
	dir, err := os.MkdirTemp("", "klantreis-postgres-")
	if err != nil {
		return "", fmt.Errorf("make the folder: %w", err)
	}
	if p.owner != nil {
		if err := os.Chown(dir, int(p.owner.Uid), int(p.owner.Gid)); err != nil {
			return "", fmt.Errorf("give away the folder: %w", err)
		}
	}
	initdb := exec.Command(p.initdb, "-D", filepath.Join(dir, "data"), "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.Dir = "/"
	initdb.SysProcAttr = p.attributes()
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("run initdb: %w: %s", err, out)
	}
	return dir, nil
}

// postgres returns the command that runs the server. Later settings win over earlier ones.
func (p programs) postgres(dir string, port int, settings []string) command {
	args := []string{p.server, "-D", filepath.Join(dir, "data"), "-h", "127.0.0.1", "-p", strconv.Itoa(port)}
	defaults := []string{
		"unix_socket_directories=", "max_connections=200", "fsync=off", "full_page_writes=off", "log_timezone=UTC", "timezone=UTC",
	}
	for _, setting := range append(defaults, settings...) {
		args = append(args, "-c", setting)
	}
	// QUIT is the immediate shutdown: unlike KILL it frees the shared memory.
	return command{dir: dir, owner: p.owner, signal: "QUIT", ready: "ready to accept connections", args: args}
}

func (c *cluster) start() error {
	if c.process != nil {
		return nil
	}
	var err error
	c.process, err = c.command.start()
	return err
}

func (c *cluster) stop() {
	if c.process != nil {
		c.process.stop()
		c.process = nil
	}
}
