package api

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// page is what the pages of this package show.
type page struct {
	// Lang is the language: nl or en.
	Lang string
	// Inbox is true when there is an inbox to link to.
	Inbox bool
}

// start shows what this server is and where to go.
func (s *Server) start(w http.ResponseWriter, r *http.Request) {
	s.writePage(w, r, http.StatusOK, "start.html")
}

// denyPage tells a browser without a session how to get one.
func (s *Server) denyPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	s.writePage(w, r, http.StatusUnauthorized, "login.html")
}

func (s *Server) writePage(w http.ResponseWriter, r *http.Request, status int, name string) {
	var b bytes.Buffer
	data := page{Lang: language(r.Header.Get("Accept-Language")), Inbox: s.inbox}
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
