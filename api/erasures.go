package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"klantreis/internal/access"
)

// Erasures erases and exports customers. It must be safe for concurrent use.
type Erasures interface {
	// Export writes everything that is known of a customer as JSON. It answers ErrNoCustomer before it writes anything.
	Export(ctx context.Context, userID string, w io.Writer) error
	// Erase erases a customer for somebody. Of who was erased before it returns that erasure. It answers ErrNoCustomer, and
	// ErrReasonNames.
	Erase(ctx context.Context, by access.Actor, userID, reason string, suppress bool) (Erasure, error)
	// List returns the newest erasures, newest first, and what erased customers were counted in.
	List(ctx context.Context, limit int) ([]Erasure, []Tally, error)
}

// ErrReasonNames says that the reason of an erasure names the customer. It would outlive the erasure in the audit log.
var ErrReasonNames = errors.New("the reason must not name the customer")

// Erasure is where an erasure stands.
type Erasure struct {
	// ID is the erasure's.
	ID string `json:"id"`
	// CustomerID is our own id of who was erased; the audit log has it too.
	CustomerID string `json:"customerId"`
	// BegunAt is when the customer was removed from the record, and DoneAt when the last step was done, in real time.
	BegunAt time.Time `json:"begunAt"`
	DoneAt  time.Time `json:"doneAt,omitzero"`
	// Suppressed is true when the addresses and the person stay suppressed.
	Suppressed bool `json:"suppressed"`
	// Steps are what is to be done outside of the record.
	Steps []ErasureStep `json:"steps"`
}

// ErasureStep is where one step stands.
type ErasureStep struct {
	// Step is workflow, provider or disk, and Tries how often it was tried.
	Step  string `json:"step"`
	Tries int    `json:"tries"`
	// DoneAt is when it was done, and NextAt when it is tried again, in real time.
	DoneAt time.Time `json:"doneAt,omitzero"`
	NextAt time.Time `json:"nextAt,omitzero"`
	// Trouble says what could not be done.
	Trouble string `json:"trouble,omitempty"`
}

// Tally is how often erased customers were counted in something, in one month of journey time.
type Tally struct {
	// Month is as 2026-03.
	Month string `json:"month"`
	// Touchpoint is the id of the touchpoint. Absent when it is about none.
	Touchpoint string `json:"touchpoint,omitempty"`
	// What was counted, N how often, and Value how much it was worth.
	What  string  `json:"what"`
	N     int64   `json:"n"`
	Value float64 `json:"value,omitempty"`
}

const (
	defaultErasures = 100
	maxErasures     = 1000
	// maxReason is how many characters a reason may have.
	maxReason = 500
)

// erasureRoutes serve exports and erasures.
type erasureRoutes struct {
	*Server
	erasures Erasures
}

func (s *Server) routeErasures(erasures Erasures) {
	e := erasureRoutes{Server: s, erasures: erasures}
	s.router.read("GET /api/v1/customers/{userId}/export", access.CustomersExport, e.export)
	s.router.change("DELETE /api/v1/customers/{userId}", access.CustomersErase, e.erase)
	s.router.read("GET /api/v1/erasures", access.CustomersErase, e.list)
}

// exportWait is how long a client may take for each part of an export.
const exportWait = 30 * time.Second

// exporting is the answer while an export is written.
type exporting struct {
	http.ResponseWriter
	begun bool
}

// Write implements io.Writer.
func (e *exporting) Write(b []byte) (int, error) {
	if !e.begun {
		e.Header().Set("Content-Type", "application/json; charset=utf-8")
		e.Header().Set("Content-Disposition", `attachment; filename="customer.json"`)
		e.begun = true
	}
	// A long export takes longer than other answers may. Where no deadline can be set there is none.
	_ = http.NewResponseController(e.ResponseWriter).SetWriteDeadline(time.Now().Add(exportWait))
	return e.ResponseWriter.Write(b)
}

// export answers with everything that is known of a customer.
func (e erasureRoutes) export(w http.ResponseWriter, r *http.Request) {
	out := &exporting{ResponseWriter: w}
	err := e.erasures.Export(r.Context(), r.PathValue("userId"), out)
	switch {
	case errors.Is(err, ErrNoCustomer):
		writeProblem(w, &Problem{Code: codeNotFound, Field: "userId", Message: "there is no customer with this userId"})
	case err != nil && out.begun:
		e.log.ErrorContext(r.Context(), "export a customer", "error", err)
		panic(http.ErrAbortHandler) // what was written must not look like all
	case err != nil:
		e.unavailable(w, r, "export a customer", err)
	}
}

// erase erases the customer of the path. The body may be empty, or {"reason": "...", "suppress": true}.
func (e erasureRoutes) erase(w http.ResponseWriter, r *http.Request, by access.Actor) {
	reason, suppress := "", false
	if r.ContentLength != 0 {
		f, problem := readFields(w, r)
		if problem == nil {
			reason, suppress = f.text("reason"), f.flag("suppress")
			problem = f.problem
		}
		if problem == nil && len([]rune(reason)) > maxReason {
			problem = &Problem{Code: codeTooLong, Field: "reason", Message: "must have at most 500 characters"}
		}
		if problem != nil {
			writeProblem(w, problem)
			return
		}
	}
	erasure, err := e.erasures.Erase(r.Context(), by, r.PathValue("userId"), reason, suppress)
	switch {
	case errors.Is(err, ErrNoCustomer):
		writeProblem(w, &Problem{Code: codeNotFound, Field: "userId", Message: "there is no customer with this userId"})
	case errors.Is(err, ErrReasonNames):
		writeProblem(w, &Problem{Code: codeBadParameter, Field: "reason", Message: "must not name the customer: it is kept in the audit log"})
	case err != nil:
		e.unavailable(w, r, "erase a customer", err)
	default:
		writeJSON(w, http.StatusAccepted, erasure)
	}
}

// list answers with the newest erasures.
func (e erasureRoutes) list(w http.ResponseWriter, r *http.Request) {
	limit, problem := number(r, "limit", defaultErasures, 1, maxErasures)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	erasures, counted, err := e.erasures.List(r.Context(), limit)
	if err != nil {
		e.unavailable(w, r, "read erasures", err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"erasures": erasures, "counted": counted})
}
