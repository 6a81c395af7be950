package api

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"klantreis/internal/access"
)

//go:embed pages
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// frame is what all pages of this package show.
type frame struct {
	// Lang is the language: nl or en.
	Lang string
	// Inbox is true when there is an inbox to link to.
	Inbox bool
	// Who signed in. The zero Identity when nobody did.
	Who access.Identity
	// AtPassword is true on the page to change one's own password, which needs no link to itself.
	AtPassword bool
}

// OwnPassword tells whether who signed in has a password to change.
func (f *frame) OwnPassword() bool { return hasPassword(f.Who.Actor("")) }

func (f *frame) complete(lang string, inbox bool) { f.Lang, f.Inbox = lang, inbox }

// start shows what this server is and where to go.
func (s *Server) start(w http.ResponseWriter, r *http.Request, who access.Identity) {
	s.writePage(w, r, http.StatusOK, "start.html", &frame{Who: who})
}

// writePage shows a page in the reader's language.
func (s *Server) writePage(w http.ResponseWriter, r *http.Request, status int, name string, data interface{ complete(string, bool) }) {
	var b bytes.Buffer
	data.complete(language(r.Header.Get("Accept-Language")), s.inbox)
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		s.log.ErrorContext(r.Context(), "show page", "page", name, "error", err)
		writeProblem(w, &Problem{Code: codeInternal, Message: "the page could not be shown"})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone; there is nobody to tell
}

// language returns the first of our languages in an Accept-Language header, whose order is the reader's preference in
// every browser.
func language(header string) string {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.ToLower(strings.TrimSpace(tag))
		for _, lang := range []string{"nl", "en"} {
			if strings.HasPrefix(tag, lang) {
				return lang
			}
		}
	}
	return "en"
}

func style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "pages/style.css")
}
