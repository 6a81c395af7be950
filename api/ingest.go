package api

import (
	"context"
	"net/http"

	"klantreis/journey"
)

// Ingestor stores events durably. It must be safe for concurrent use.
type Ingestor interface {
	// Ingest stores the events, all or none, and returns once they would survive a crash. An event whose MessageID was
	// stored before is a duplicate and is left out. Events may share maps, which must not be changed. Any error means
	// that the client is told to try again: nothing is stored, or not all that follows from it could be done yet.
	Ingest(ctx context.Context, events []journey.Event) (IngestResult, error)
}

// IngestResult says what became of events.
type IngestResult struct {
	// Stored is how many were new.
	Stored int
	// Duplicates is how many were there already.
	Duplicates int
}

// rejection is an event of a batch that was not taken.
type rejection struct {
	// Index is the place of the event in the batch, from 0.
	Index int `json:"index"`
	// MessageID is the event's own id, when it can be read.
	MessageID string `json:"messageId,omitempty"`
	*Problem
}

// accepted answers an ingest request. The numbers are left out when every event was taken.
type accepted struct {
	Success  bool        `json:"success"`
	Accepted *int        `json:"accepted,omitempty"`
	Rejected []rejection `json:"rejected,omitempty"`
}

// ingestEvent takes one event of a type.
func (s *Server) ingestEvent(typ string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, problem := s.readBody(w, r, form{readPayload, parseEvent, true})
		if problem != nil {
			writeProblem(w, problem)
			return
		}
		if s.limited(w, r, b) {
			return
		}
		at := newReceipt(s.clock, s.now())
		event, problem := at.event(b.items[0], typ)
		if problem != nil {
			s.metrics.event(typ, outcomeRejected)
			s.noteBody(r.Context(), b.who, problem, b.items[0].text)
			writeProblem(w, problem)
			return
		}
		s.store(w, r, []journey.Event{event}, accepted{Success: true}, refused{})
	}
}

// ingestBatch takes events of any type, and judges each by itself. Those that are imported are history.
func (s *Server) ingestBatch(imported bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, problem := s.readBody(w, r, form{readPayload, parseBatch, true})
		if problem != nil {
			writeProblem(w, problem)
			return
		}
		if s.limited(w, r, b) {
			return
		}
		at, problem := s.batchReceipt(b)
		if problem != nil {
			s.noteBody(r.Context(), b.who, problem, nil)
			writeProblem(w, problem)
			return
		}
		at.imported = imported
		j := s.judge(b, func(it item) (journey.Event, *Problem) { return at.event(it, "") })
		s.store(w, r, j.events, j.answer(), j.refused)
	}
}

// judged is what became of the events of a body.
type judged struct {
	// events can be used.
	events []journey.Event
	// rejected and refused are the others: for the sender, and to be noted.
	rejected []rejection
	refused  refused
}

// judge tells the events of a body that can be used from the others.
func (s *Server) judge(b body, read func(item) (journey.Event, *Problem)) judged {
	j := judged{events: make([]journey.Event, 0, len(b.items)), refused: refused{at: s.now().UTC(), who: b.who}}
	for i, it := range b.items {
		event, problem := read(it)
		if problem != nil {
			s.metrics.event(event.Type, outcomeRejected)
			j.refused.add(problem, it.text)
			j.rejected = append(j.rejected, rejection{Index: i, MessageID: messageID(it), Problem: problem})
			continue
		}
		j.events = append(j.events, event)
	}
	return j
}

func (j judged) answer() accepted {
	answer := accepted{Success: true, Rejected: j.rejected}
	if len(j.rejected) > 0 {
		n := len(j.events)
		answer.Accepted = &n
	}
	return answer
}

// form is how a body is read.
type form struct {
	// payload reads the text, and parse decodes it.
	payload func(http.ResponseWriter, *http.Request) ([]byte, *Problem)
	parse   func([]byte) (body, *Problem)
	// keyed is true when the write key may stand in the body.
	keyed bool
}

// readBody reads and decodes a body, and checks the write key.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, how form) (body, *Problem) {
	who, problem := s.authorize(r.Context(), headerKey(r))
	if problem != nil {
		return body{}, problem
	}
	text, problem := how.payload(w, r)
	var b body
	if problem == nil {
		b, problem = how.parse(text)
	}
	if problem != nil {
		s.noteBody(r.Context(), who, problem, text)
		return body{}, problem
	}
	b.who = who
	return b, s.admit(r.Context(), &b, how.keyed)
}

// admit makes sure that the sender of a body is known, by the key in it when there is none in the header.
func (s *Server) admit(ctx context.Context, b *body, keyed bool) (problem *Problem) {
	if b.who != (authorized{}) {
		return nil
	}
	if !keyed {
		return unauthorized("as Basic user name or as Bearer token")
	}
	key, _ := b.fields["writeKey"].(string)
	if b.who, problem = s.authorize(ctx, key); problem != nil {
		return problem
	}
	if b.who == (authorized{}) {
		return unauthorized("as Basic user name, as Bearer token, or in the field writeKey")
	}
	return nil
}

// batchReceipt reads what a batch says about all of its events.
func (s *Server) batchReceipt(b body) (receipt, *Problem) {
	at := newReceipt(s.clock, s.now())
	f := &fields{values: b.fields}
	at.context, at.contextBytes = f.object("context"), b.contextBytes
	if !s.clock.Started {
		at.sentAt = f.instant("sentAt")
	}
	return at, f.problem
}

// messageID returns the id of an item that was refused; empty when it has none that can be shown.
func messageID(it item) string {
	values, _ := it.value.(map[string]any)
	f := fields{values: values}
	id := f.id("messageId", maxMessageIDCharacters)
	if f.problem != nil {
		return ""
	}
	return id
}

// store hands the events over, and answers only when they are safe. What was refused beside them is noted after that: nothing is
// when the sender is told to send all of it again.
func (s *Server) store(w http.ResponseWriter, r *http.Request, events []journey.Event, answer accepted, refused refused) {
	if len(events) > 0 {
		result, err := s.ingestor.Ingest(r.Context(), events)
		if err != nil {
			s.log.ErrorContext(r.Context(), "store events", "count", len(events), "error", err)
			s.metrics.events(events, outcomeFailed)
			writeProblem(w, &Problem{Code: codeUnavailable, Message: "the events could not be stored; send them again"})
			return
		}
		s.metrics.duplicates.Add(float64(result.Duplicates))
		s.metrics.events(events, outcomeAccepted)
	}
	s.note(r.Context(), refused)
	writeJSON(w, http.StatusOK, answer)
}
