package sandbox

import (
	"embed"
	"net/http"
	"path"
	"strings"
)

// inboxPath is where the inbox is mounted.
const inboxPath = "/inbox"

const (
	// pagePolicy lets the inbox's own pages load only what comes from here.
	pagePolicy = "default-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	// mailPolicy is for the HTML of a mail, which anybody may have written: no scripts, no forms, no frames, an origin of
	// its own, even when it is opened by itself. Mails carry their style in the text and load their images from anywhere.
	mailPolicy = "default-src 'none'; img-src * data:; style-src 'unsafe-inline' *; font-src * data:; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)

//go:embed static
var static embed.FS

func (s *Sandbox) inboxRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+inboxPath, s.pageList)
	mux.HandleFunc("GET "+inboxPath+"/message/{id}", s.pageMessage)
	mux.HandleFunc("GET "+inboxPath+"/message/{id}/html", s.pageHTML)
	mux.HandleFunc("POST "+inboxPath+"/message/{id}/events", s.pageEmit)
	mux.HandleFunc("POST "+inboxPath+"/delete", s.pageDelete)
	mux.HandleFunc("GET "+inboxPath+"/api/v1/messages", s.handleList)
	mux.HandleFunc("DELETE "+inboxPath+"/api/v1/messages", s.handleDelete)
	mux.HandleFunc("GET "+inboxPath+"/api/v1/reports", s.handleReports)
	mux.HandleFunc("GET "+inboxPath+"/api/v1/message/{id}", s.handleMessage)
	mux.HandleFunc("GET "+inboxPath+"/api/v1/message/{id}/headers", s.handleHeaders)
	mux.HandleFunc("GET "+inboxPath+"/static/{file}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, static, path.Join("static", r.PathValue("file")))
	})
	// The inbox has no session of its own, but whoever mounts it may use cookies.
	return http.NewCrossOriginProtection().Handler(withSafety(mux))
}

// withSafety sets the headers that every answer of the inbox carries.
func withSafety(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		if strings.HasPrefix(r.URL.Path, inboxPath+"/static/") {
			w.Header().Set("Cache-Control", "no-cache")
		}
		next.ServeHTTP(w, r)
	})
}
