package api

import "net/http"

// setSecurityHeaders sets what every answer carries. A handler that needs another policy sets its own.
func setSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// noRoute answers in JSON what the ServeMux would answer in plain text: that there is no such page, or not for this
// method. Its handler is asked which, because it knows the methods that are allowed.
func noRoute(w http.ResponseWriter, r *http.Request, handler http.Handler) {
	probe := &probe{header: http.Header{}}
	handler.ServeHTTP(probe, r)
	problem := &Problem{Code: codeNotFound, Message: "there is no such page"}
	if allow := probe.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		problem = &Problem{Code: codeMethod, Message: "this page takes " + allow}
	}
	writeProblem(w, problem)
}

// probe keeps the headers of an answer and drops the rest.
type probe struct {
	header http.Header
}

// Header implements http.ResponseWriter.
func (p *probe) Header() http.Header { return p.header }

// Write implements http.ResponseWriter.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (p *probe) WriteHeader(int) {}
