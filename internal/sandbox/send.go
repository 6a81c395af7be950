package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

// maxMailBytes is SendGrid's limit for one request.
const maxMailBytes = 30 << 20

// handleSend is POST /v3/mail/send. The body is read before anything else, so that a fault meets the client where the
// original's would: after the request was written.
func (s *Sandbox) handleSend(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.refuse(w, http.StatusMethodNotAllowed, "method not allowed")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMailBytes))
	if err != nil {
		s.refuse(w, http.StatusRequestEntityTooLarge, "content too large")
		return
	}
	plan, faulty := s.faults.pick()
	if faulty && plan.Fault != FaultAcceptCut {
		s.fail(w, r, plan)
		return
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		s.refuse(w, http.StatusUnsupportedMediaType, "Content-Type should be application/json.")
		return
	}
	request, problems := decodeRequest(body)
	if len(problems) > 0 {
		s.refused.Add(1)
		writeProblems(w, http.StatusBadRequest, problems...)
		return
	}
	id, err := s.take(request)
	if err != nil {
		writeProblem(w, http.StatusInternalServerError, "internal server error")
		return
	}
	if faulty {
		cut()
	}
	w.Header().Set("X-Message-Id", id)
	w.WriteHeader(http.StatusAccepted)
}

func (s *Sandbox) refuse(w http.ResponseWriter, status int, message string) {
	s.refused.Add(1)
	writeProblem(w, status, message)
}

// fail does to a request what a plan says. The mail is not taken.
func (s *Sandbox) fail(w http.ResponseWriter, r *http.Request, plan FaultPlan) {
	switch plan.Fault {
	case FaultTooMany:
		writeTooMany(w, s.now(), plan.RetryAfter)
	case FaultTooManyUntil:
		writeTooManyUntil(w, s.now(), plan.RetryAfter)
	case FaultError:
		writeProblem(w, http.StatusInternalServerError, "internal server error")
	case FaultUnavailable:
		http.Error(w, "<html><title>503 Service Unavailable</title></html>", http.StatusServiceUnavailable)
	case FaultKey:
		writeProblem(w, http.StatusUnauthorized, "authorization required")
	case FaultTooLarge:
		writeProblem(w, http.StatusRequestEntityTooLarge, "content too large")
	case FaultHang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		cut()
	case FaultCutBefore, FaultAcceptCut:
		cut()
	}
}

// cut closes the connection without an answer; this panic is net/http's way to ask for that.
func cut() { panic(http.ErrAbortHandler) }

// take stores the mails of a request and has them reported. It returns the X-Message-Id.
func (s *Sandbox) take(request *sendRequest) (string, error) {
	id, now := newID(), s.now()
	messages := make([]*Message, len(request.Personalizations))
	var refs []reportRef
	for i := range messages {
		messages[i] = request.message(i, id, now)
		for _, report := range messages[i].Reports {
			refs = append(refs, reportRef{MessageID: messages[i].ID, ReportID: report.ID})
		}
	}
	if err := s.inbox.add(messages...); err != nil {
		return "", err
	}
	s.reports.add(refs...)
	return id, nil
}

// message makes the mail for one personalization, which overrides what the whole request says. Every recipient's mail is
// processed and delivered at once.
func (r *sendRequest) message(index int, id string, now time.Time) *Message {
	person := r.Personalizations[index]
	message := &Message{
		ID: id, From: r.From.address(), Subject: r.Subject, Categories: r.Categories, Created: now,
		To: addresses(person.To), Cc: addresses(person.CC), Bcc: addresses(person.BCC), ReplyTo: addresses(r.ReplyToList),
		Headers: merged(r.Headers, person.Headers), Args: merged(r.CustomArgs, person.CustomArgs),
	}
	if index > 0 {
		message.ID = fmt.Sprintf("%s.%d", id, index)
	}
	if person.From != nil {
		message.From = person.From.address()
	}
	if person.Subject != "" {
		message.Subject = person.Subject
	}
	if r.ReplyTo != nil {
		message.ReplyTo = []Address{r.ReplyTo.address()}
	}
	for _, part := range r.Content {
		switch part.Type {
		case typeText:
			message.Text = part.Value
		case typeHTML:
			message.HTML = part.Value
		}
	}
	for _, email := range message.recipients() {
		for _, event := range []Event{EventProcessed, EventDelivered} {
			message.Reports = append(message.Reports, Report{ID: newID(), Event: event, Email: email, At: now})
		}
	}
	return message
}

func merged(all, own map[string]string) map[string]string {
	out := maps.Clone(all)
	if out == nil {
		return own
	}
	maps.Copy(out, own)
	return out
}

// decodeRequest reads and checks a body. The request is good when there are no problems.
func decodeRequest(body []byte) (*sendRequest, []apiError) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var request sendRequest
	err := decoder.Decode(&request)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch):
		return nil, []apiError{problem(mismatch.Field, "invalid type: "+mismatch.Value)}
	case err != nil && strings.Contains(err.Error(), "unknown field"):
		return nil, []apiError{{Message: strings.TrimPrefix(err.Error(), "json: ")}}
	case err != nil || decoder.More():
		return nil, []apiError{{Message: "Bad Request"}}
	}
	return &request, request.problems()
}
