package testserver

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// RedisServer is a private Redis that a test can stop and start.
type RedisServer struct {
	// Addr is its host:port. It stays the same for life.
	Addr string

	t       testing.TB
	command command
	process *process
}

// Redis starts a private, empty Redis for the test and returns its host:port.
func Redis(t testing.TB) string {
	t.Helper()
	return StartRedis(t).Addr
}

// StartRedis starts a private, empty Redis for the test.
func StartRedis(t testing.TB) *RedisServer {
	t.Helper()
	path := program(t, "redis-server", "redis-server", "valkey-server")
	dir, err := os.MkdirTemp("", "klantreis-redis-")
	if err != nil {
		t.Fatalf("make the folder of redis: %v", err)
	}
	t.Cleanup(func() { removeAll(t, dir) })
	server, err := onFreePort(func(port int) (*RedisServer, error) { return startRedis(path, dir, port) })
	if err != nil {
		t.Fatalf("start redis: %v", err)
	}
	server.t = t
	t.Cleanup(server.Stop)
	return server
}

func startRedis(path, dir string, port int) (*RedisServer, error) {
	server := &RedisServer{
		Addr: fmt.Sprintf("127.0.0.1:%d", port),
		command: command{
			dir: dir, signal: "KILL", ready: "eady to accept connections",
			// The append-only file without fsync survives a kill, which is all that a test can do to it.
			args: []string{
				path, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir,
				"--save", "", "--appendonly", "yes", "--appendfsync", "no",
			},
		},
	}
	var err error
	server.process, err = server.command.start()
	return server, err
}

// Stop kills the server; its data stays. Stopping a stopped server does nothing.
func (s *RedisServer) Stop() {
	s.t.Helper()
	if s.process != nil {
		s.process.stop()
		s.process = nil
	}
}

// Start starts a stopped server again, with its data and on the same port. Starting a running one does nothing.
func (s *RedisServer) Start() {
	s.t.Helper()
	if s.process != nil {
		return
	}
	var err error
	if s.process, err = s.command.start(); err != nil {
		s.t.Fatalf("start redis again: %v", err)
	}
}

// removeAll removes the folder of a server that has ended.
func removeAll(t testing.TB, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Errorf("remove the folder of a server: %v", err)
	}
}
