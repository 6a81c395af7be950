package torture

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// proxy stands between the engine and a server. It can cut the connections through it and hold them up, and follows a server
// that moves.
type proxy struct {
	listener net.Listener

	mu     sync.Mutex
	target string
	conns  map[net.Conn]bool
	flows  chan struct{} // closed while bytes flow
	done   sync.WaitGroup
}

// newProxy starts a proxy on loopback that leads nowhere yet.
func newProxy(t *testing.T) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener, conns: map[net.Conn]bool{}, flows: make(chan struct{})}
	close(p.flows)
	p.done.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close() // It is ours alone.
		p.resume()
		p.cut()
		p.done.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

// lead says where the connections made from now on go.
func (p *proxy) lead(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// cut ends all connections at once.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close() // It may be closed already.
	}
}

// stall lets nothing through until resume.
func (p *proxy) stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.flows:
		p.flows = make(chan struct{})
	default:
	}
}

func (p *proxy) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.flows:
	default:
		close(p.flows)
	}
}

// wait returns once bytes may flow.
func (p *proxy) wait() {
	p.mu.Lock()
	flows := p.flows
	p.mu.Unlock()
	<-flows
}

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.done.Go(func() { p.join(near) })
	}
}

// join connects one caller to the server, until either ends.
func (p *proxy) join(near net.Conn) {
	defer near.Close()
	p.wait()
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	far, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		return
	}
	defer far.Close()
	p.mu.Lock()
	p.conns[near], p.conns[far] = true, true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.pass(far, near) })
	both.Go(func() { p.pass(near, far) })
	both.Wait()
	p.mu.Lock()
	delete(p.conns, near)
	delete(p.conns, far)
	p.mu.Unlock()
}

// pass copies from one to the other, and closes both at the end.
func (p *proxy) pass(to, from net.Conn) {
	_, _ = io.Copy(to, gate{Reader: from, wait: p.wait}) // However it ends, it ends.
	_ = to.Close()
	_ = from.Close()
}

// gate is a reader that hands on what it read when that is allowed.
type gate struct {
	io.Reader
	wait func()
}

// Read implements io.Reader.
func (g gate) Read(b []byte) (int, error) {
	n, err := g.Reader.Read(b)
	g.wait()
	return n, err
}
