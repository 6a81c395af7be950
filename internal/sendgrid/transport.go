package sendgrid

import (
	"net"
	"net/http"
	"time"
)

const (
	// maxConnections bounds the pool; a send beyond it waits for a free connection within its time-out.
	maxConnections = 64
	// idleTimeout is well below what servers usually grant, so that a request rarely meets a connection that the other
	// side is just closing: such a mail would count as unknown.
	idleTimeout = 30 * time.Second
	dialTimeout = 5 * time.Second
)

// newTransport returns the default pool. It speaks HTTP/1.1 only, where a request has a connection to itself and its fate
// is the connection's.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: idleTimeout}).DialContext,
		Protocols:           protocols,
		TLSHandshakeTimeout: dialTimeout,
		MaxConnsPerHost:     maxConnections,
		MaxIdleConns:        maxConnections,
		MaxIdleConnsPerHost: maxConnections,
		IdleConnTimeout:     idleTimeout,
	}
}
