package temporal

import (
	"errors"
	"math/rand/v2"
	"net"
)

// loopbackIP is the only interface that the server listens on.
const loopbackIP = "127.0.0.1"

// Ports are taken from below the range that systems hand out to outgoing connections: between our look and the server's
// listening nobody gets one of them by chance.
const (
	firstPort = 20000
	lastPort  = 31999
	portTries = 100
)

// freePorts returns different ports that nobody listens on.
func freePorts(n int) (ports []int, err error) {
	for range portTries {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		listener, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		// Held until all are found, so that none comes twice.
		defer listener.Close()
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, errors.New("find free ports: all that were tried are taken")
}
