package dispatch

import "time"

// The bounds of the window, in customers in flight.
const (
	firstWindow = 64
	leastWindow = 8
	mostWindow  = 2048
)

// slow is how old the oldest customer in flight may get before the window shrinks.
const slow = time.Second

// window bounds how many customers are signalled and have not decided yet. Like TCP's congestion window it grows while
// decisions come quickly and shrinks when they do not, so that the dispatcher never floods a server that is behind.
type window struct {
	size   int
	shrunk time.Time // when it last shrank
}

func newWindow() window { return window{size: firstWindow} }

// free returns how many more customers may be signalled now, and adapts the window.
func (w *window) free(now time.Time, b Backlog) int {
	late := !b.OldestInFlight.IsZero() && now.Sub(b.OldestInFlight) > slow
	switch {
	case late && now.Sub(w.shrunk) > slow:
		w.size = max(leastWindow, w.size*3/4)
		w.shrunk = now
	case !late && b.InFlight >= w.size*3/4:
		w.size = min(mostWindow, w.size+max(1, w.size/16))
	}
	return w.size - b.InFlight
}
