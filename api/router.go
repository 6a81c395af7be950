package api

import (
	"net/http"
	"strings"

	"klantreis/internal/access"
)

// router is where every route of the server is declared, together with who may use it. There is no other way to one.
type router struct {
	mux    *http.ServeMux
	guard  *guard
	routes []Route
	// deny answers in place of a page. It shows the form to sign in, when that would help.
	deny func(http.ResponseWriter, *http.Request, *denied)
	// failed is told why nobody could be looked up.
	failed func(*http.Request, error)
}

// Route is what is known of one route.
type Route struct {
	// Pattern is the method and path.
	Pattern string
	// Open is true when it is answered without a login.
	Open bool
	// Permission is what it needs otherwise.
	Permission access.Permission
}

// Routes returns every route that the server answers.
func (s *Server) Routes() []Route { return s.router.routes }

// open declares a route that is answered to everybody. It says who may use it itself: events need a write key, the reports
// of a provider a signature, and the pages for customers a signed link.
func (r *router) open(pattern string, handler http.Handler) {
	r.routes = append(r.routes, Route{Pattern: pattern, Open: true})
	r.mux.Handle(pattern, handler)
}

// read declares a route of the API that changes nothing.
func (r *router) read(pattern string, p access.Permission, handler http.HandlerFunc) {
	if !strings.HasPrefix(pattern, http.MethodGet+" ") {
		panic("api: " + pattern + " changes something, so it must know who does")
	}
	r.declare(pattern, p, denyJSON, func(w http.ResponseWriter, req *http.Request, _ access.Identity) { handler(w, req) })
}

// change declares a route of the API that changes something, and tells its handler who does.
func (r *router) change(pattern string, p access.Permission, handler func(http.ResponseWriter, *http.Request, access.Actor)) {
	r.declare(pattern, p, denyJSON, func(w http.ResponseWriter, req *http.Request, who access.Identity) {
		handler(w, req, who.Actor(r.guard.from(req)))
	})
}

// page declares a page for people.
func (r *router) page(pattern string, p access.Permission, handler func(http.ResponseWriter, *http.Request, access.Identity)) {
	r.declare(pattern, p, r.deny, handler)
}

func (r *router) declare(pattern string, p access.Permission, deny func(http.ResponseWriter, *http.Request, *denied),
	handler func(http.ResponseWriter, *http.Request, access.Identity),
) {
	r.routes = append(r.routes, Route{Pattern: pattern, Permission: p})
	r.mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		who, no := r.guard.identify(req, p)
		if no != nil {
			if no.err != nil {
				r.failed(req, no.err)
			}
			deny(w, req, no)
			return
		}
		handler(w, req, who)
	})
}

// denyJSON answers a program that may not do what it asks for.
func denyJSON(w http.ResponseWriter, _ *http.Request, no *denied) { writeProblem(w, no.problem) }
