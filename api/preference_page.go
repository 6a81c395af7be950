package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxChoiceBytes = 32 << 10
	// oneClick is what a mail program posts to unsubscribe its reader at one click (RFC 8058).
	oneClickKey, oneClickValue = "List-Unsubscribe", "One-Click"
)

// The ways by which a reader unsubscribes, as the consent ledger has them.
const (
	// SourceOneClick: the button of a mail program.
	SourceOneClick = "one-click"
	// SourcePage: the preference page.
	SourcePage = "preference-page"
)

// routePreferences serves the pages that mails link to. Who holds a link needs no login.
func (s *Server) routePreferences() {
	s.router.open("GET /u/{token}", http.HandlerFunc(s.showPreferences))
	s.router.open("POST /u/{token}", http.HandlerFunc(s.takePreferences))
	s.router.open("GET /c/{token}", http.HandlerFunc(s.showConfirmation))
	s.router.open("POST /c/{token}", http.HandlerFunc(s.takeConfirmation))
}

// showPreferences shows what the reader of a mail wants. It changes nothing, because programs that look for danger in mails
// follow every link.
func (s *Server) showPreferences(w http.ResponseWriter, r *http.Request) {
	s.answerReader(w, r, http.StatusOK, "")
}

// answerReader shows the page as things are now, with a notice of what was done.
func (s *Server) answerReader(w http.ResponseWriter, r *http.Request, status int, notice string) {
	reader, found, err := s.prefs.Reader(r.Context(), r.PathValue("token"))
	if s.noReader(w, r, found, err) {
		return
	}
	s.writeReaderPage(w, r, status, preferenceView{reader: &reader, notice: notice})
}

// noReader answers when there is no reader to show, and tells whether it did.
func (s *Server) noReader(w http.ResponseWriter, r *http.Request, found bool, err error) bool {
	switch {
	case err != nil:
		s.log.ErrorContext(r.Context(), "preference page", "error", err)
		w.Header().Set("Retry-After", retryAfterSeconds)
		s.writeReaderPage(w, r, http.StatusServiceUnavailable, preferenceView{away: true})
	case !found:
		s.writeReaderPage(w, r, http.StatusNotFound, preferenceView{})
	default:
		return false
	}
	return true
}

// takePreferences does what was asked for: by a mail program, or by the form of the page. A body that is empty asks for what
// the address stands for; one that asks for something else changes nothing.
func (s *Server) takePreferences(w http.ResponseWriter, r *http.Request) {
	form, readable := readForm(w, r)
	token, do := r.PathValue("token"), form.Get("do")
	var act func(context.Context) (bool, error)
	var notice string
	switch {
	case !readable:
	case strings.EqualFold(form.Get(oneClickKey), oneClickValue), len(form) == 0:
		notice = "unsubscribed"
		act = func(ctx context.Context) (bool, error) { return s.prefs.Unsubscribe(ctx, token, SourceOneClick) }
	case do == "unsubscribe":
		notice = "unsubscribed"
		act = func(ctx context.Context) (bool, error) { return s.prefs.Unsubscribe(ctx, token, SourcePage) }
	case do == "subscribe":
		notice = "subscribed"
		act = func(ctx context.Context) (bool, error) { return s.prefs.Subscribe(ctx, token) }
	case do == "save":
		notice = "saved"
		act = func(ctx context.Context) (bool, error) { return s.prefs.Choose(ctx, token, readChoice(form)) }
	}
	if act == nil {
		s.answerReader(w, r, http.StatusUnprocessableEntity, "unclear")
		return
	}
	if found, err := act(r.Context()); s.noReader(w, r, found, err) {
		return
	}
	s.answerReader(w, r, http.StatusOK, notice)
}

// readForm reads a form in either encoding. Programs forget to say which, so that what is not multipart is read as the other;
// readable is false when it is neither.
func readForm(w http.ResponseWriter, r *http.Request) (form url.Values, readable bool) {
	body := http.MaxBytesReader(w, r.Body, maxChoiceBytes)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return readMultipart(multipart.NewReader(body, params["boundary"]))
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, false
	}
	form, err = url.ParseQuery(strings.TrimSpace(string(text)))
	return form, err == nil
}

func readMultipart(parts *multipart.Reader) (url.Values, bool) {
	form := url.Values{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, len(form) > 0 // one without parts broke off
		}
		if err != nil {
			return nil, false
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, false
		}
		form.Add(part.FormName(), strings.TrimSpace(string(text)))
	}
}

// readChoice reads the form of the page. It names every topic that was shown, because a browser says nothing of a box that is
// not ticked.
func readChoice(form url.Values) ReaderChoice {
	c := ReaderChoice{
		Topics: map[string]bool{}, Weekly: form.Get("frequency") == "weekly",
		NotNow: form.Get("pause") == "30d", Now: form.Get("pause") == "none",
	}
	for _, id := range form["shown"] {
		c.Topics[id] = false
	}
	for _, id := range form["topic"] {
		if _, shown := c.Topics[id]; shown {
			c.Topics[id] = true
		}
	}
	if lang := form.Get("language"); lang == "nl" || lang == "en" {
		c.Language = lang
	}
	return c
}

// showConfirmation shows what a link lets a customer confirm. It changes nothing.
func (s *Server) showConfirmation(w http.ResponseWriter, r *http.Request) {
	c, found, err := s.prefs.Confirmation(r.Context(), r.PathValue("token"))
	if s.noReader(w, r, found, err) {
		return
	}
	s.writeReaderPage(w, r, http.StatusOK, preferenceView{confirmation: &c})
}

// takeConfirmation takes the press of the button.
func (s *Server) takeConfirmation(w http.ResponseWriter, r *http.Request) {
	found, err := s.prefs.Confirm(r.Context(), r.PathValue("token"))
	if s.noReader(w, r, found, err) {
		return
	}
	s.showConfirmation(w, r)
}
