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

// onceBody is a request body that knows whether anybody began to read it. As long as nobody did, no byte of the mail can
// have left the process, whatever became of the connection.
type onceBody struct {
	io.ReadCloser
	state atomic.Int32
}

// Read implements io.Reader.
func (b *onceBody) Read(p []byte) (int, error) {
	if !b.state.CompareAndSwap(untouched, touched) && b.state.Load() == sealed {
		return 0, errSealed
	}
	return b.ReadCloser.Read(p)
}

// seal reports whether the body was never read, and makes sure that it stays so: the transport may still be writing in
// the background when its caller has already been told of a failure.
func (b *onceBody) seal() bool {
	return b.state.CompareAndSwap(untouched, sealed)
}
