package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"klantreis/internal/access"
)

// Passwords lets people change their own password. It must be safe for concurrent use.
type Passwords interface {
	// ChangePassword gives somebody who signed in, and is no built-in admin, another password. It ends all their sessions and
	// begins a new one, and returns it. It answers ErrSignIn when the old password is another one, ErrPassword when the new one
	// cannot be a password, ErrSamePassword when it is the old one, and *ThrottledError when there were too many tries.
	ChangePassword(ctx context.Context, by access.Actor, old, changed string) (session string, err error)
}

var (
	// ErrPassword says that a text cannot be a password.
	ErrPassword = errors.New("a password has 12 to 256 characters")
	// ErrSamePassword says that a new password is the old one.
	ErrSamePassword = errors.New("the new password is the old one")
	// errOtherPassword says that a new password was not typed twice.
	errOtherPassword = errors.New("the two new passwords are different")
	// errNoPassword says that somebody has none.
	errNoPassword = errors.New("only users who signed in have a password")
)

// routePassword serves the page and the API with which people change their own password.
func (s *Server) routePassword() {
	s.router.page("GET /password", access.SignedIn, func(w http.ResponseWriter, r *http.Request, who access.Identity) {
		s.writePassword(w, r, http.StatusOK, passwordPage{frame: frame{Who: who}})
	})
	s.router.page("POST /password", access.SignedIn, s.changePassword)
	s.router.change("POST /api/v1/password", access.SignedIn, s.changePasswordJSON)
}

// passwordPage is what the form shows.
type passwordPage struct {
	frame
	// Changed says that it was changed.
	Changed bool
	// WrongOld, Length, Same, Different and Away say what is wrong. At most one is true.
	WrongOld, Length, Same, Different, Away bool
	// Wait is for how many minutes nobody can try again. Zero when they can.
	Wait int
}

// hasPassword tells whether somebody has a password: the built-in admin has a token.
func hasPassword(who access.Actor) bool { return who.Kind == access.User && who.Name != access.BuiltIn }

func (s *Server) writePassword(w http.ResponseWriter, r *http.Request, status int, page passwordPage) {
	page.AtPassword = true
	s.writePage(w, r, status, "password.html", &page)
}

// changePassword takes the form.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, who access.Identity) {
	page := passwordPage{frame: frame{Who: who}}
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBytes)
	if err := r.ParseForm(); err != nil {
		s.writePassword(w, r, http.StatusBadRequest, page)
		return
	}
	form := r.PostForm
	var err error
	if form.Get("new") != form.Get("again") {
		err = errOtherPassword
	} else {
		err = s.setPassword(w, r, who.Actor(s.router.guard.from(r)), form.Get("old"), form.Get("new"))
	}
	status := s.passwordStatus(w, r, err)
	throttled, tooOften := errors.AsType[*ThrottledError](err)
	if tooOften {
		page.Wait = int(math.Ceil(throttled.After.Minutes()))
	}
	page.Changed, page.Away = err == nil, status >= http.StatusInternalServerError
	page.WrongOld, page.Length = errors.Is(err, ErrSignIn), errors.Is(err, ErrPassword)
	page.Same, page.Different = errors.Is(err, ErrSamePassword), errors.Is(err, errOtherPassword)
	s.writePassword(w, r, status, page)
}

// changePasswordJSON takes {"old": ..., "new": ...}.
func (s *Server) changePasswordJSON(w http.ResponseWriter, r *http.Request, by access.Actor) {
	f, problem := readFields(w, r)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	old, changed := f.text("old"), f.text("new")
	if f.problem != nil {
		writeProblem(w, f.problem)
		return
	}
	err := s.setPassword(w, r, by, old, changed)
	switch s.passwordStatus(w, r, err) {
	case http.StatusOK:
		w.WriteHeader(http.StatusNoContent)
	case http.StatusTooManyRequests:
		writeProblem(w, &Problem{Code: codeRateLimited, Message: "too many tries; wait"})
	case http.StatusServiceUnavailable:
		writeProblem(w, &Problem{Code: codeUnavailable, Message: "the password could not be changed now; try again"})
	case http.StatusForbidden:
		problem = &Problem{Code: codeForbidden, Message: errNoPassword.Error()}
		if errors.Is(err, ErrSignIn) {
			problem = &Problem{Code: codeForbidden, Field: "old", Message: "this is not your password"}
		}
		writeProblem(w, problem)
	default:
		writeProblem(w, &Problem{Code: codeBadParameter, Field: "new", Message: err.Error()})
	}
}

// setPassword changes a password and gives the browser its new session.
func (s *Server) setPassword(w http.ResponseWriter, r *http.Request, by access.Actor, old, changed string) error {
	if !hasPassword(by) {
		return errNoPassword
	}
	session, err := s.passwords.ChangePassword(r.Context(), by, old, changed)
	if err == nil {
		setSession(w, r, session)
	}
	return err
}

// passwordStatus returns what a change is answered with, and logs what is a fault of ours.
func (s *Server) passwordStatus(w http.ResponseWriter, r *http.Request, err error) int {
	throttled, tooOften := errors.AsType[*ThrottledError](err)
	switch {
	case err == nil:
		return http.StatusOK
	case tooOften:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(throttled.After.Seconds()))))
		return http.StatusTooManyRequests
	case errors.Is(err, ErrSignIn), errors.Is(err, errNoPassword):
		return http.StatusForbidden
	case errors.Is(err, ErrPassword), errors.Is(err, ErrSamePassword), errors.Is(err, errOtherPassword):
		return http.StatusBadRequest
	default:
		s.log.ErrorContext(r.Context(), "change a password", "error", err)
		w.Header().Set("Retry-After", retryAfterSeconds)
		return http.StatusServiceUnavailable
	}
}
