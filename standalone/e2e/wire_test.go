package e2e

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire is the network between two parts, which can be cut.
type wire struct {
	listener net.Listener
	target   string

	mu     sync.Mutex
	cond   *sync.Cond
	silent bool
	broken bool
	conns  map[net.Conn]bool
}

// newWire returns a wire to an address.
func newWire(t *testing.T, target string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{listener: listener, target: target, conns: map[net.Conn]bool{}}
	w.cond = sync.NewCond(&w.mu)
	go w.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		w.cut()
	})
	return w
}

func (w *wire) addr() string { return w.listener.Addr().String() }

func (w *wire) accept() {
	for {
		near, err := w.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go w.join(near)
		}
	}
}

// join connects the two ends, unless the wire is cut.
func (w *wire) join(near net.Conn) {
	far, err := net.Dial("tcp", w.target)
	w.mu.Lock()
	broken := w.broken
	w.conns[near] = true
	if err == nil {
		w.conns[far] = true
	}
	w.mu.Unlock()
	if err != nil || broken {
		_ = near.Close()
		if err == nil {
			_ = far.Close()
		}
		return
	}
	go w.carry(near, far)
	w.carry(far, near)
}

// carry passes on what one end says for as long as the wire is not silent.
func (w *wire) carry(from, to net.Conn) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		for w.silent {
			w.cond.Wait()
		}
		w.mu.Unlock()
		if _, werr := to.Write(buffer[:n]); err != nil || werr != nil {
			return
		}
	}
}

// cut ends all connections and makes new ones fail at once, as when the other end has crashed.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken, w.silent = true, false
	for conn := range w.conns {
		_ = conn.Close()
	}
	w.conns = map[net.Conn]bool{}
	w.cond.Broadcast()
}

// hush lets nothing through any more, although connections stay, as when a switch has died.
func (w *wire) hush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
}

// mend makes everything go through again.
func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken, w.silent = false, false
	w.cond.Broadcast()
}

// logbook is a log that a test can read.
type logbook struct {
	mu   sync.Mutex
	text []byte
}

var _ io.Writer = (*logbook)(nil)

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

// String returns what was logged.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
