package api

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Limiter bounds how many events are taken of a write key. It must be safe for concurrent use.
type Limiter interface {
	// Allow counts n events of the key of that name and answers true, or counts nothing and answers after how long they
	// would be taken. It must answer soon, and true when it cannot know.
	Allow(ctx context.Context, key string, n int) (after time.Duration, ok bool)
}

// limited answers 429 and true when the sender of a body has to wait. An empty batch counts as one event.
func (s *Server) limited(w http.ResponseWriter, r *http.Request, b body) bool {
	if s.limiter == nil {
		return false
	}
	after, ok := s.limiter.Allow(r.Context(), b.who.name, max(1, len(b.items)))
	if ok {
		return false
	}
	seconds := max(1, int64((after+time.Second-1)/time.Second))
	w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	s.metrics.limited(len(b.items))
	writeProblem(w, &Problem{Code: codeRateLimited, Message: "too many events of this write key; send them again after the seconds of Retry-After"})
	return true
}
