package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// fault is what becomes of a request on its way.
type fault int

const (
	passes         fault = iota
	unavailable          // 503 before it comes to the engine
	tooMany              // 429 before it comes to the engine
	cutBefore            // the connection ends before the request is read
	cutWithin            // the connection ends in the middle of the request
	cutAfter             // the engine answers, and the connection ends before the client hears it
	cutInTheAnswer       // the client hears half of the answer
)

// faults are what becomes of the first requests of a client; later ones pass. So no batch of ten attempts can be unlucky in all.
var faults = []fault{
	cutAfter, unavailable, passes, tooMany, cutWithin, cutInTheAnswer, cutBefore, passes, unavailable, cutAfter,
	tooMany, cutAfter, passes, cutWithin, unavailable, cutAfter,
}

// faultyNet stands between one client and the engine.
type faultyNet struct {
	engine string
	client *http.Client
	seen   atomic.Int64
	passed *atomic.Int64 // requests that the engine took, of all clients
}

// newFaultyNet returns the address of a net with faults before an engine.
func newFaultyNet(t *testing.T, e *engine, passed *atomic.Int64) (*faultyNet, string) {
	t.Helper()
	n := &faultyNet{engine: e.base, client: e.http, passed: passed}
	server := httptest.NewServer(n)
	t.Cleanup(server.Close)
	return n, server.URL
}

// ServeHTTP implements http.Handler.
func (n *faultyNet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what := passes
	if i := int(n.seen.Add(1)) - 1; i < len(faults) {
		what = faults[i]
	}
	switch what {
	case unavailable:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case tooMany:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case cutBefore:
		hangUp(w)
		return
	case cutWithin:
		_, _ = io.CopyN(io.Discard, r.Body, 100) // whether there was as much makes no difference
		hangUp(w)
		return
	case passes, cutAfter, cutInTheAnswer:
	}
	status, answer, err := n.forward(r)
	if err != nil || what == cutAfter {
		hangUp(w)
		return
	}
	w.WriteHeader(status)
	if what == cutInTheAnswer {
		_, _ = w.Write(answer[:len(answer)/2])
		_ = http.NewResponseController(w).Flush() // a client that is gone has heard even less
		hangUp(w)
		return
	}
	_, _ = w.Write(answer) // the same
}

// forward hands a request to the engine. It fails while the engine is down.
func (n *faultyNet) forward(r *http.Request) (status int, answer []byte, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, nil, err
	}
	to, err := http.NewRequestWithContext(r.Context(), r.Method, n.engine+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	to.Header = r.Header.Clone()
	resp, err := n.client.Do(to)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode == http.StatusOK {
		n.passed.Add(1)
	}
	return resp.StatusCode, answer, err
}

// hangUp ends the connection as it is.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}
