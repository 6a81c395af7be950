package api

import (
	"net/http"
	"net/url"
	"strings"
)

// login turns the admin token of a link into a session cookie, and leads on to a page of ours without the token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if !s.admin.validToken(query.Get("token")) {
		s.denyPage(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name:     sessionCookie,
		Value:    s.admin.newSession(),
		Path:     "/",
		MaxAge:   int(sessionLength.Seconds()),
		HttpOnly: true,
		Secure:   r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
		// Not Strict: when the link is clicked in a chat or a web terminal, browsers hold a Strict cookie back from the
		// redirect below, and the login would seem to fail. Changes are guarded by their origin.
		SameSite: http.SameSiteLaxMode,
	})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, localPath(query.Get("next")), http.StatusSeeOther)
}

// localPath returns next when it is a path on this server, and the start page otherwise.
func localPath(next string) string {
	const start = "/"
	// Browsers read a backslash as a slash and leave tabs and line ends out, so "/\evil.com" and "/<tab>/evil.com" would
	// lead to another server.
	for _, c := range next {
		if c <= ' ' || c == '\\' || c == 0x7f {
			return start
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return start
	}
	return next
}

// denyJSON answers a program that has no valid token.
func denyJSON(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, &Problem{Code: codeUnauthorized, Message: "send the admin token as Bearer token"})
}
