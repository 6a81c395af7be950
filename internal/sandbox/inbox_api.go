package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit  = 50
	snippetLength = 250
)

// summaryJSON is a mail in a list, in Mailpit's form.
type summaryJSON struct {
	ID        string
	MessageID string
	From      Address
	To        []Address
	Cc        []Address
	Bcc       []Address
	ReplyTo   []Address
	Subject   string
	Created   time.Time
	Tags      []string
	Size      int
	Snippet   string
}

// messageJSON is a whole mail, in Mailpit's form.
type messageJSON struct {
	ID        string
	MessageID string
	From      Address
	To        []Address
	Cc        []Address
	Bcc       []Address
	ReplyTo   []Address
	Subject   string
	Date      time.Time
	Tags      []string
	Text      string
	HTML      string
	Size      int
}

type listJSON struct {
	Total    int           `json:"total"`
	Matching int           `json:"messages_count"`
	Start    int           `json:"start"`
	Messages []summaryJSON `json:"messages"`
}

func (s *Sandbox) handleList(w http.ResponseWriter, r *http.Request) {
	start, limit := queryNumber(r, "start", 0), queryNumber(r, "limit", defaultLimit)
	messages, total := s.inbox.list(start, limit)
	out := listJSON{Total: total, Matching: total, Start: start, Messages: make([]summaryJSON, len(messages))}
	for i := range messages {
		m := &messages[i]
		out.Messages[i] = summaryJSON{
			ID: m.ID, MessageID: m.wireID(), From: m.From, To: list(m.To), Cc: list(m.Cc), Bcc: list(m.Bcc), ReplyTo: list(m.ReplyTo),
			Subject: m.Subject, Created: m.Created, Tags: list(m.Categories), Size: m.size(), Snippet: m.snippet(),
		}
	}
	writeJSON(w, http.StatusOK, out)
}

// handleReports answers with everything that was or will be reported of the mails in the inbox, as the webhook gets it.
func (s *Sandbox) handleReports(w http.ResponseWriter, _ *http.Request) {
	messages, _ := s.inbox.list(0, s.inbox.limit)
	reports := []map[string]any{}
	for i := range messages {
		for _, report := range messages[i].Reports {
			reports = append(reports, payload(&messages[i], report))
		}
	}
	writeJSON(w, http.StatusOK, reports)
}

func (s *Sandbox) handleMessage(w http.ResponseWriter, r *http.Request) {
	m, ok := s.lookup(w, r)
	if !ok {
		return
	}
	writeJSON(w, http.StatusOK, messageJSON{
		ID: m.ID, MessageID: m.wireID(), From: m.From, To: list(m.To), Cc: list(m.Cc), Bcc: list(m.Bcc), ReplyTo: list(m.ReplyTo),
		Subject: m.Subject, Date: m.Created, Tags: list(m.Categories), Text: m.Text, HTML: m.HTML, Size: m.size(),
	})
}

func (s *Sandbox) handleHeaders(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.lookup(w, r); ok {
		writeJSON(w, http.StatusOK, m.headers())
	}
}

// handleDelete deletes the mails that the body names in IDs, or all when there is no body.
func (s *Sandbox) handleDelete(w http.ResponseWriter, r *http.Request) {
	var request struct{ IDs []string }
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, &request)
	}
	if err != nil {
		http.Error(w, "want a JSON object with IDs, or nothing", http.StatusBadRequest)
		return
	}
	if err := s.inbox.remove(request.IDs...); err != nil {
		http.Error(w, "the messages could not be deleted", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok") // The client has gone; there is nobody left to tell.
}

// lookup finds the mail that the path names; "latest" is the newest. It answers 404 when there is none.
func (s *Sandbox) lookup(w http.ResponseWriter, r *http.Request) (Message, bool) {
	id := r.PathValue("id")
	if id == "latest" {
		if newest, _ := s.inbox.list(0, 1); len(newest) == 1 {
			return newest[0], true
		}
	}
	message, ok := s.inbox.find(id)
	if !ok {
		http.Error(w, "message not found", http.StatusNotFound)
	}
	return message, ok
}

// queryNumber reads a number from the query. Anything but a whole number from 0 on means the default.
func queryNumber(r *http.Request, name string, otherwise int) int {
	number, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || number < 0 {
		return otherwise
	}
	return number
}

// list makes an empty list of nil, so that JSON never says null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// snippet is the beginning of the text part on one line.
func (m *Message) snippet() string {
	runes := []rune(strings.Join(strings.Fields(m.Text), " "))
	return string(runes[:min(len(runes), snippetLength)])
}
