package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the style sheet
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed pages/preferences.css
var preferenceStyle string

// preferencePolicy allows the pages nothing but their own style sheet, which stands in them, and their own forms.
var preferencePolicy = func() string {
	sum := sha256.Sum256([]byte(preferenceStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// preferenceView is what a page for the reader of a mail is made from. The zero view says that the link leads nowhere.
type preferenceView struct {
	// reader is whose preferences are shown, and confirmation what is to be confirmed. One at most is set.
	reader       *Reader
	confirmation *Confirmation
	// notice is what was done: unsubscribed, subscribed, saved or unclear. May be empty.
	notice string
	// away is true when the record cannot be read now.
	away bool
}

// preferencePage is the preferenceView as the template wants it.
type preferencePage struct {
	Lang, Shop, Notice        string
	Style                     template.CSS
	Away, Found, Confirm      bool
	Known, Unsubscribed, Done bool
	Topics                    []pageTopic
	Weekly                    bool
	Until                     string
}

// pageTopic is a topic in the language of the page.
type pageTopic struct {
	ID, Title string
	Wanted    bool
}

func (v preferenceView) page(lang string) preferencePage {
	p := preferencePage{Lang: lang, Style: template.CSS(preferenceStyle), Away: v.away, Notice: v.notice}
	if c := v.confirmation; c != nil {
		p.Confirm, p.Found, p.Shop, p.Done = true, true, c.Shop, c.Done
		for _, titles := range c.Topics {
			p.Topics = append(p.Topics, pageTopic{Title: titles[lang]})
		}
	}
	if r := v.reader; r != nil {
		p.Found, p.Shop, p.Known, p.Unsubscribed, p.Weekly = true, r.Shop, r.Known, r.Unsubscribed, r.Weekly
		for _, t := range r.Topics {
			p.Topics = append(p.Topics, pageTopic{ID: t.ID, Title: t.Titles[lang], Wanted: t.Wanted})
		}
		if !r.NotBefore.IsZero() {
			p.Until = dateWords(r.NotBefore, lang)
		}
	}
	return p
}

// monthsNL are the names of the months in Dutch.
var monthsNL = []string{
	"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
}

// dateWords writes a day down as people do.
func dateWords(at time.Time, lang string) string {
	if lang == "nl" {
		return at.Format("2 ") + monthsNL[at.Month()-1] + at.Format(" 2006")
	}
	return at.Format("2 January 2006")
}

// locale is the language tag of whom the page is for. Empty when it is not known.
func (v preferenceView) locale() string {
	switch {
	case v.reader != nil:
		return v.reader.Locale
	case v.confirmation != nil:
		return v.confirmation.Locale
	}
	return ""
}

// writeReaderPage answers the reader of a mail, who knows nothing of us: in the language that they ask for, or that is theirs,
// or that of the browser.
func (s *Server) writeReaderPage(w http.ResponseWriter, r *http.Request, status int, v preferenceView) {
	lang := language(r.Header.Get("Accept-Language"))
	if locale := v.locale(); locale != "" {
		lang = language(strings.ReplaceAll(locale, "_", "-"))
	}
	if asked := r.URL.Query().Get("lang"); slices.Contains([]string{"nl", "en"}, asked) {
		lang = asked
	}
	h := w.Header()
	h.Set("Content-Security-Policy", preferencePolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Vary", "Accept-Language")
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "preferences.html", v.page(lang)); err != nil {
		s.log.ErrorContext(r.Context(), "show the preference page", "error", err)
		writeProblem(w, &Problem{Code: codeInternal, Message: "the page could not be shown"})
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone; there is nobody to tell
}
