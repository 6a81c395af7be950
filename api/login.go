package api

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// maxLoginBytes is how large the form to sign in may be.
	maxLoginBytes = 8 << 10
	startPath     = "/"
)

// showLogin shows the form to sign in. A link with the token of the built-in admin needs none.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	query := r.URL.Query()
	next := localPath(query.Get("next"))
	switch token := query.Get("token"); {
	case !query.Has("token"):
		s.writeLogin(w, r, http.StatusOK, loginPage{Next: next})
	case !s.router.guard.isBuiltIn(token):
		s.writeLogin(w, r, http.StatusUnauthorized, loginPage{Next: next, BadLink: true})
	default:
		session, err := s.accounts.SignInBuiltIn(r.Context(), s.router.guard.from(r))
		s.signedIn(w, r, next, loginPage{Next: next}, session, err)
	}
}

// signIn takes the form.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBytes)
	if err := r.ParseForm(); err != nil {
		s.writeLogin(w, r, http.StatusBadRequest, loginPage{Next: startPath})
		return
	}
	form := loginPage{Next: localPath(r.PostForm.Get("next")), Name: r.PostForm.Get("name")}
	// Nobody is to be signed in by another site, under a name that they do not know of.
	if s.router.guard.origin.Check(r) != nil {
		s.writeLogin(w, r, http.StatusForbidden, form)
		return
	}
	session, err := s.accounts.SignIn(r.Context(), form.Name, r.PostForm.Get("password"), s.router.guard.from(r))
	s.signedIn(w, r, form.Next, form, session, err)
}

// signedIn gives the browser its new session, and leads on to a page of ours. The id is never one that the browser came
// with, and the session that it came with ends.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request, next string, form loginPage, session string, err error) {
	throttled, tooOften := errors.AsType[*ThrottledError](err)
	switch {
	case tooOften:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(throttled.After.Seconds()))))
		form.Wait = int(math.Ceil(throttled.After.Minutes()))
		s.writeLogin(w, r, http.StatusTooManyRequests, form)
		return
	case errors.Is(err, ErrSignIn):
		form.Failed = true
		s.writeLogin(w, r, http.StatusUnauthorized, form)
		return
	case err != nil:
		s.log.ErrorContext(r.Context(), "sign in", "error", err)
		w.Header().Set("Retry-After", retryAfterSeconds)
		form.Away = true
		s.writeLogin(w, r, http.StatusServiceUnavailable, form)
		return
	}
	if former := sessionOf(r); former != "" {
		if err := s.accounts.SignOut(r.Context(), former, s.router.guard.from(r)); err != nil {
			s.log.WarnContext(r.Context(), "end the former session", "error", err)
		}
	}
	setSession(w, r, session)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// signOut ends the session of a browser.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if s.router.guard.origin.Check(r) != nil {
		writeProblem(w, &Problem{Code: codeCrossOrigin, Message: "a browser can only sign out from a page of this server"})
		return
	}
	if session := sessionOf(r); session != "" {
		if err := s.accounts.SignOut(r.Context(), session, s.router.guard.from(r)); err != nil {
			s.unavailable(w, r, "sign out", err)
			return
		}
	}
	setSession(w, r, "")
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// denyPage tells a browser why it does not get a page: nobody signed in, which a form can change, or they may not see it.
func (s *Server) denyPage(w http.ResponseWriter, r *http.Request, no *denied) {
	switch no.problem.Code {
	case codeUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
		next := startPath
		if r.Method == http.MethodGet {
			next = localPath(r.URL.RequestURI())
		}
		s.writeLogin(w, r, http.StatusUnauthorized, loginPage{Next: next})
	case codeForbidden:
		s.writePage(w, r, http.StatusForbidden, "forbidden.html", &frame{Who: no.who})
	default:
		writeProblem(w, no.problem)
	}
}

// loginPage is what the form shows.
type loginPage struct {
	frame
	// Next is where it leads to, and Name what was typed.
	Next, Name string
	// Failed says that nobody may sign in with what was typed, and BadLink that a link was not valid.
	Failed, BadLink bool
	// Wait is for how many minutes nobody can try again. Zero when they can.
	Wait int
	// Away says that it cannot be looked up.
	Away bool
}

func (s *Server) writeLogin(w http.ResponseWriter, r *http.Request, status int, page loginPage) {
	s.writePage(w, r, status, "login.html", &page)
}

// localPath returns next when it is a path on this server, and the start page otherwise.
func localPath(next string) string {
	// Browsers read a backslash as a slash and leave tabs and line ends out, so "/\evil.com" and "/<tab>/evil.com" would
	// lead to another server.
	for _, c := range next {
		if c <= ' ' || c == '\\' || c == 0x7f {
			return startPath
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return startPath
	}
	return next
}

// strictTransport makes browsers use TLS only for a year, on a host that has it.
func strictTransport(h http.Header) {
	const year = 365 * 24 * time.Hour
	h.Set("Strict-Transport-Security", "max-age="+strconv.Itoa(int(year.Seconds())))
}
