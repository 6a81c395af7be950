package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
)

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// listPage is what the list shows.
type listPage struct {
	T    *words
	Rows []row
	// Total is the number of mails; First and Last are the numbers of those shown.
	Total, First, Last int
	// Newer and Older are the starts of the neighbouring pages; -1 when there is none.
	Newer, Older int
}

// row is one mail in the list.
type row struct {
	Message
	Snippet, When, Instant string
}

// messagePage is what one mail shows.
type messagePage struct {
	T *words
	Message
	When, Instant string
	Tabs          []tab
	Tab           string
	Headers       []header
	Reports       []reportRow
	// Events are those that may be let happen.
	Events []choice
}

type tab struct{ ID, Label string }

type header struct{ Name, Value string }

type reportRow struct {
	Label, Email, When, Instant string
	Posted                      bool
}

type choice struct {
	Event Event
	Label string
}

func (s *Sandbox) pageList(w http.ResponseWriter, r *http.Request) {
	start := queryNumber(r, "start", 0)
	messages, total := s.inbox.list(start, defaultLimit)
	page := listPage{T: wordsFor(r), Total: total, First: start + 1, Last: start + len(messages), Newer: -1, Older: -1}
	if start > 0 {
		page.Newer = max(start-defaultLimit, 0)
	}
	if page.Last < total && len(messages) > 0 {
		page.Older = start + defaultLimit
	}
	now := s.now()
	for _, m := range messages {
		page.Rows = append(page.Rows, row{
			Message: m, Snippet: m.snippet(), When: page.T.shortTime(m.Created, now), Instant: instant(m.Created),
		})
	}
	render(w, "list.html", page)
}

func (s *Sandbox) pageMessage(w http.ResponseWriter, r *http.Request) {
	message, ok := s.lookup(w, r)
	if !ok {
		return
	}
	t := wordsFor(r)
	now := s.now()
	page := messagePage{T: t, Message: message, When: t.longTime(message.Created, now), Instant: instant(message.Created)}
	page.Tabs = tabs(t, &message)
	page.Tab = page.Tabs[0].ID
	for _, offered := range page.Tabs {
		if offered.ID == r.URL.Query().Get("tab") {
			page.Tab = offered.ID
		}
	}
	page.Headers = headerRows(message.headers())
	for _, report := range message.Reports {
		page.Reports = append(page.Reports, reportRow{
			Label: t.Events[report.Event], Email: report.Email, Posted: report.Posted,
			When: t.shortTime(report.At, now), Instant: instant(report.At),
		})
	}
	// The first two happen by themselves.
	for _, event := range allEvents[2:] {
		page.Events = append(page.Events, choice{Event: event, Label: t.Events[event]})
	}
	render(w, "message.html", page)
}

func headerRows(headers map[string][]string) []header {
	var rows []header
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		rows = append(rows, header{Name: name, Value: headers[name][0]})
	}
	return rows
}

// tabs offers the parts that the mail has.
func tabs(t *words, message *Message) []tab {
	var out []tab
	if message.HTML != "" {
		out = append(out, tab{"html", "HTML"})
	}
	if message.Text != "" {
		out = append(out, tab{"text", t.Text})
	}
	return append(out, tab{"headers", t.HeadersTitle}, tab{"reports", t.ReportsTitle})
}

var headTag = regexp.MustCompile(`(?i)<head(\s[^>]*)?>`)

// pageHTML is the HTML of a mail as it is, but for its links, which open in a page of their own.
func (s *Sandbox) pageHTML(w http.ResponseWriter, r *http.Request) {
	message, ok := s.lookup(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	const base = `<base target="_blank">`
	body := message.HTML
	if at := headTag.FindStringIndex(body); at != nil {
		body = body[:at[1]] + base + body[at[1]:]
	} else {
		body = base + body
	}
	_, _ = io.WriteString(w, body) // The client has gone; there is nobody left to tell.
}

// pageEmit lets something happen to a mail.
func (s *Sandbox) pageEmit(w http.ResponseWriter, r *http.Request) {
	message, ok := s.lookup(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := s.Emit(message.ID, Event(r.PostFormValue("event"))); err != nil {
		http.Error(w, "the event could not be reported", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, inboxPath+"/message/"+message.ID+"?tab=reports", http.StatusSeeOther)
}

// pageDelete deletes the mail that the form names, or all.
func (s *Sandbox) pageDelete(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	var ids []string
	if id := r.PostFormValue("id"); r.PostForm.Has("id") {
		ids = []string{id}
	}
	if err := s.inbox.remove(ids...); err != nil {
		http.Error(w, "the messages could not be deleted", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, inboxPath, http.StatusSeeOther)
}

func render(w http.ResponseWriter, name string, page any) {
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, page); err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	_, _ = out.WriteTo(w) // The client has gone; there is nobody left to tell.
}
