package api

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// RejectedLog keeps for a while what was refused, so that a shop can find out why its events are missing. It must be safe
// for concurrent use.
type RejectedLog interface {
	// Note keeps events that were sent with a write key of that name.
	Note(ctx context.Context, key string, events []RejectedEvent) error
	// Rejected returns rejected events, newest first.
	Rejected(ctx context.Context, filter RejectedFilter) ([]RejectedEvent, error)
}

// RejectedFilter says which rejected events are wanted.
type RejectedFilter struct {
	// Before keeps those with a smaller ID. Zero means all.
	Before int64
	// Key keeps those of one write key, by its name. Empty means all.
	Key string
	// Limit is how many at most; at least 1.
	Limit int
}

// RejectedEvent is an event, or a whole body, that was refused.
type RejectedEvent struct {
	// ID orders them by arrival.
	ID int64 `json:"id"`
	// ReceivedAt is when it came, in real time.
	ReceivedAt time.Time `json:"receivedAt"`
	// Key is the name of the write key that it was sent with.
	Key string `json:"key"`
	// Problem is what is wrong with it.
	Problem
	// Item is the beginning of what was sent, without write keys. Empty when it could not be read.
	Item string `json:"item"`
}

const (
	// maxShownBytes is how much of a rejected event is kept.
	maxShownBytes = 2 << 10
	// maxNoted is how many rejected events of one request are kept: those that follow are likely to be alike.
	maxNoted        = 100
	defaultRejected = 100
	maxRejected     = 1000
)

// refused gathers what of a request was refused.
type refused struct {
	at     time.Time
	who    authorized
	events []RejectedEvent
}

// add notes one event, with its text.
func (r *refused) add(p *Problem, text []byte) {
	if len(r.events) < maxNoted {
		r.events = append(r.events, RejectedEvent{ReceivedAt: r.at, Problem: *p, Item: r.who.shown(text)})
	}
}

// writeKeyField finds a write key in a body, also one that is cut off.
var writeKeyField = regexp.MustCompile(`"writeKey"\s*:\s*"(?:[^"\\]|\\.)*"?`)

// shown returns the beginning of a text that was sent with a write key, without the key.
func (a authorized) shown(text []byte) string {
	// More than is shown is looked at, so that no half key is left at the end.
	shown := string(text[:min(len(text), 2*maxShownBytes)])
	shown = writeKeyField.ReplaceAllString(shown, `"writeKey":"..."`)
	if a.key != "" {
		shown = strings.ReplaceAll(shown, a.key, "...")
	}
	if len(shown) <= maxShownBytes {
		return shown
	}
	end := maxShownBytes
	for end > 0 && !utf8.RuneStart(shown[end]) {
		end--
	}
	return shown[:end]
}

// noteWithin is how long the record may take to note what was refused: the sender waits for it, and it is not worth much.
const noteWithin = 2 * time.Second

// note keeps what was refused. Nothing is kept of strangers, and a failure is no reason to refuse the rest.
func (s *Server) note(ctx context.Context, r refused) {
	if s.rejected == nil || r.who == (authorized{}) || len(r.events) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, noteWithin)
	defer cancel()
	if err := s.rejected.Note(ctx, r.who.name, r.events); err != nil {
		s.log.WarnContext(ctx, "note rejected events", "count", len(r.events), "error", err)
	}
}

// noteBody keeps a body that was refused as a whole.
func (s *Server) noteBody(ctx context.Context, who authorized, p *Problem, text []byte) {
	r := refused{at: s.now().UTC(), who: who}
	r.add(p, bytes.TrimSpace(text))
	s.note(ctx, r)
}

// rejectedEvents answers with what was refused, newest first.
func (s *Server) rejectedEvents(w http.ResponseWriter, r *http.Request) {
	limit, before, problem := pageOf(r, defaultRejected, maxRejected)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	events, err := s.rejected.Rejected(r.Context(), RejectedFilter{Before: int64(before), Key: r.URL.Query().Get("key"), Limit: limit})
	if err != nil {
		s.unavailable(w, r, "read rejected events", err)
		return
	}
	if events == nil {
		events = []RejectedEvent{}
	}
	writeJSON(w, http.StatusOK, map[string][]RejectedEvent{"rejected": events})
}
