package api

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// readyTimeout is how long all checks of readiness together may take.
const readyTimeout = 2 * time.Second

// Pinger says whether something that the process depends on can be reached. It must be safe for concurrent use.
type Pinger interface {
	// Ping returns nil when it can be reached, and gives up when ctx ends.
	Ping(ctx context.Context) error
}

// PingerFunc makes a function a Pinger.
type PingerFunc func(ctx context.Context) error

// Ping implements Pinger.
func (f PingerFunc) Ping(ctx context.Context) error {
	return f(ctx)
}

// alive answers that the process runs.
func alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready bool `json:"ready"`
	// NotReady names what cannot be reached, sorted.
	NotReady []string `json:"notReady,omitempty"`
}

// ready answers whether requests can be served now, and names what stands in the way. Why is only logged, because an
// error can hold addresses.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	failures := pingAll(r.Context(), s.pingers)
	answer := readiness{Ready: len(failures) == 0}
	for name, err := range failures {
		s.log.WarnContext(r.Context(), "not ready", "what", name, "error", err)
		answer.NotReady = append(answer.NotReady, name)
	}
	slices.Sort(answer.NotReady)
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, answer)
}

// pingAll asks all pingers at the same time and returns the errors by name.
func pingAll(ctx context.Context, pingers map[string]Pinger) map[string]error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	var wg sync.WaitGroup
	var mu sync.Mutex
	failures := map[string]error{}
	for name, pinger := range pingers {
		wg.Go(func() {
			if err := pinger.Ping(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failures[name] = err
			}
		})
	}
	wg.Wait()
	return failures
}
