package api

import (
	"net/http"

	"klantreis/internal/access"
)

// guard finds out who asks: programs show a token as Bearer token, browsers a cookie with a session.
type guard struct {
	accounts Accounts
	// builtIn is the token of the built-in admin. When empty it opens nothing.
	builtIn string
	origin  *http.CrossOriginProtection
	// from returns the address of who asks.
	from func(*http.Request) string
}

// denied is why a request is not answered.
type denied struct {
	problem *Problem
	// who asks, when it is known.
	who access.Identity
	err error
}

// identify returns who asks, if they have a permission. A request with an Authorization header is judged by that alone. A
// browser sends the cookie of its own accord, so with it changes must come from our own pages.
func (g *guard) identify(r *http.Request, p access.Permission) (access.Identity, *denied) {
	who, browser, err := g.whoever(r)
	switch {
	case err != nil:
		return who, &denied{err: err, problem: &Problem{Code: codeUnavailable, Message: "it could not be looked up who you are; try again"}}
	case who.Kind == "":
		return who, &denied{problem: &Problem{Code: codeUnauthorized, Message: "sign in, or send an API token as Bearer token"}}
	case browser && g.origin.Check(r) != nil:
		return who, &denied{who: who, problem: &Problem{Code: codeCrossOrigin, Message: "a browser can only change something from a page of this server"}}
	case !who.May(p):
		message := "this needs somebody who signed in"
		if p != access.SignedIn {
			message = "this needs the permission " + string(p)
		}
		return who, &denied{who: who, problem: &Problem{Code: codeForbidden, Message: message}}
	}
	return who, nil
}

// whoever returns who asks, and whether a browser does. The zero Identity is nobody.
func (g *guard) whoever(r *http.Request) (who access.Identity, browser bool, err error) {
	if r.Header.Get("Authorization") != "" {
		who, err = g.bearer(r)
		return who, false, err
	}
	session := sessionOf(r)
	if session == "" {
		return access.Identity{}, false, nil
	}
	who, ok, err := g.accounts.Session(r.Context(), session)
	if !ok || err != nil {
		return access.Identity{}, false, err
	}
	return who, true, nil
}

func (g *guard) bearer(r *http.Request) (access.Identity, error) {
	token := bearer(r)
	if token == "" {
		return access.Identity{}, nil
	}
	if g.isBuiltIn(token) {
		return access.Identity{Kind: access.Token, Name: access.BuiltIn, Role: access.Admin}, nil
	}
	who, ok, err := g.accounts.Token(r.Context(), token)
	if !ok || err != nil {
		return access.Identity{}, err
	}
	return who, nil
}

// isBuiltIn compares with the token of the built-in admin. Without one nobody is.
func (g *guard) isBuiltIn(token string) bool { return g.builtIn != "" && equal(g.builtIn, token) == 1 }
