package api

import (
	"net/http"
	"time"
)

const (
	// sessionCookie holds the id of a session. Over TLS its name has a prefix with which browsers let no other host, and no
	// connection without TLS, set it.
	sessionCookie     = "klantreis_session"
	safeSessionCookie = "__Host-" + sessionCookie
	// sessionLength is how long a browser keeps it. The session may end before.
	sessionLength = 7 * 24 * time.Hour
)

// overTLS tells whether the browser speaks TLS, with us or with a proxy before us. Whoever sends the header themselves
// gets a cookie that is of no use to them.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

func cookieName(r *http.Request) string {
	if overTLS(r) {
		return safeSessionCookie
	}
	return sessionCookie
}

// sessionOf returns the session's id that a browser sends. Empty when it sends none.
func sessionOf(r *http.Request) string {
	cookie, err := r.Cookie(cookieName(r))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setSession gives a browser a session's id, or takes it away when it is empty.
func setSession(w http.ResponseWriter, r *http.Request, session string) {
	age := int(sessionLength.Seconds())
	if session == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName(r), Value: session, Path: "/", MaxAge: age, HttpOnly: true, Secure: overTLS(r),
		// Not Strict: when a link to us is clicked in a chat or a web terminal, browsers hold a Strict cookie back, and the
		// reader would seem to be signed out. Changes are guarded by their origin.
		SameSite: http.SameSiteLaxMode,
	})
}
