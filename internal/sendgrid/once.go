package sendgrid

import (
	"errors"
	"io"
	"sync/atomic"
)

// errSealed stops a late read of a body that was given up.
var errSealed = errors.New("request was given up")

// States of a onceBody.
const (
	untouched int32 = iota
	touched
	sealed
)

// errLate says that it is too late to begin a hand-over.
var errLate = errors.New("too late to begin")

// onceBody is a request body that knows whether anybody began to read it. As long as nobody did, no byte of the mail can
// have left the process, whatever became of the connection.
type onceBody struct {
	io.ReadCloser
	// late tells whether it is too late to begin to read. May be nil.
	late  func() bool
	state atomic.Int32
	// missed is true once somebody came too late.
	missed atomic.Bool
}

// Read implements io.Reader.
func (b *onceBody) Read(p []byte) (int, error) {
	if b.late != nil && b.state.Load() == untouched && b.late() && b.seal() {
		b.missed.Store(true)
		return 0, errLate
	}
	if !b.state.CompareAndSwap(untouched, touched) && b.state.Load() == sealed {
		return 0, errSealed
	}
	return b.ReadCloser.Read(p)
}

// seal reports whether the body was never read, and makes sure that it stays so: the transport may still be writing in
// the background when its caller has already been told of a failure.
func (b *onceBody) seal() bool {
	return b.state.CompareAndSwap(untouched, sealed) || b.state.Load() == sealed
}
