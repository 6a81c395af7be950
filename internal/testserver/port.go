package testserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are taken from below the range that systems hand out to outgoing connections, so that nobody gets ours by
// chance between two starts of a server.
const (
	firstPort = 20000
	lastPort  = 31999
	portTries = 100
)

// freePort returns a TCP port of 127.0.0.1 that nobody listens on.
func freePort() (int, error) {
	for range portTries {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		return port, listener.Close()
	}
	return 0, errors.New("find a free port: all that were tried are taken")
}

// onFreePort calls start with a free port, and again with another when somebody else was faster.
func onFreePort[T any](start func(port int) (T, error)) (T, error) {
	const tries = 3
	var none T
	var errs []error
	for range tries {
		port, err := freePort()
		if err != nil {
			return none, err
		}
		server, err := start(port)
		if err == nil {
			return server, nil
		}
		errs = append(errs, err)
	}
	return none, errors.Join(errs...)
}
