package dispatch

import "time"

// The bounds of the window, in customers in flight.
const (
	firstWindow = 64
	leastWindow = 8
	mostWindow  = 2048
)

const (
	// late is how old a signal without a decision may get before it counts against the window.
	late = 500 * time.Millisecond
	// lost is how old it may get before it does not count at all: a customer for whom no decision can be taken must not
	// keep the others from being woken.
	lost = 10 * time.Second
	// settling is how long the window waits to see what its last change did: what it let in must be able to turn late.
	settling = 2 * late
)

// window bounds how many customers are signalled and have not decided yet. Like TCP's congestion window it grows while
// decisions come quickly and shrinks when they do not, so that the dispatcher never floods a server that is behind. A few
// late ones among many do not shrink it. Dispatchers that share a backlog see the same numbers, so that the largest of
// their windows bounds them all.
type window struct {
	size    int
	changed time.Time
}

func newWindow() window { return window{size: firstWindow} }

// free returns how many more customers may be signalled now, and adapts the window.
func (w *window) free(now time.Time, b Backlog) int {
	if w.changed.IsZero() {
		w.changed = now
	}
	if size := w.fitting(b); size != w.size && now.Sub(w.changed) >= settling {
		w.size, w.changed = size, now
	}
	return w.size - b.InFlight
}

// fitting returns the size that suits the backlog better.
func (w *window) fitting(b Backlog) int {
	switch {
	case b.Late > w.size/4:
		return max(leastWindow, w.size*3/4)
	case b.Late <= w.size/8 && b.InFlight >= w.size*3/4:
		return min(mostWindow, w.size*3/2)
	default:
		return w.size
	}
}
