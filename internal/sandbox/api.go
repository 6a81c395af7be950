package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// apiRoutes are the paths for programs. All of them want the key, which also keeps web pages from calling them.
func (s *Sandbox) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v3/mail/send", s.handleSend)
	mux.HandleFunc("POST /v3/recipients/erasejob", s.handleErase)
	mux.HandleFunc("POST /sandbox/faults", s.handleFaults)
	mux.HandleFunc("GET /sandbox/stats", s.handleStats)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, http.StatusNotFound, "not found")
	})
	return s.withKey(mux)
}

func (s *Sandbox) withKey(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || key == "" || s.apiKey != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.apiKey)) != 1 {
			s.refused.Add(1)
			writeProblem(w, http.StatusUnauthorized, "authorization required")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// faultRequest is the body of POST /sandbox/faults. It replaces the faults in force; an empty list clears them.
type faultRequest struct {
	Faults []struct {
		Fault             Fault   `json:"fault"`
		Next              int     `json:"next"`
		Probability       float64 `json:"probability"`
		RetryAfterSeconds int     `json:"retryAfterSeconds"`
	} `json:"faults"`
}

func (s *Sandbox) handleFaults(w http.ResponseWriter, r *http.Request) {
	var request faultRequest
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		writeProblem(w, http.StatusBadRequest, err.Error())
		return
	}
	plans := make([]FaultPlan, len(request.Faults))
	for i, f := range request.Faults {
		plans[i] = FaultPlan{
			Fault: f.Fault, Next: f.Next, Probability: f.Probability, RetryAfter: time.Duration(f.RetryAfterSeconds) * time.Second,
		}
	}
	if err := s.SetFaults(plans...); err != nil {
		writeProblem(w, http.StatusBadRequest, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Stats is what a sandbox did since its start.
type Stats struct {
	// Taken counts the mails taken; one request may hold several.
	Taken int64 `json:"taken"`
	// Held is how many mails the inbox holds now.
	Held int `json:"held"`
	// Refused counts the requests that were answered with a 4xx on their own account.
	Refused int64 `json:"refused"`
	// Faults counts the faults by kind.
	Faults map[Fault]int64 `json:"faults"`
	// Webhook is about the reports.
	Webhook WebhookStats `json:"webhook"`
}

// WebhookStats is what became of the reports since the start.
type WebhookStats struct {
	// Posted counts the reports that the receiver took, repeats included.
	Posted int64 `json:"posted"`
	// Repeated counts the reports that were posted again after they were taken.
	Repeated int64 `json:"repeated"`
	// Failed counts the posts that the receiver did not take.
	Failed int64 `json:"failed"`
	// LastFailure says why it did not take the last of them.
	LastFailure string `json:"lastFailure,omitempty"`
	// Pending is how many reports wait now.
	Pending int `json:"pending"`
	// Dropped counts the reports that were given up.
	Dropped int64 `json:"dropped"`
}

// Stats returns the counts.
func (s *Sandbox) Stats() Stats {
	taken, held := s.inbox.counts()
	return Stats{Taken: taken, Held: held, Refused: s.refused.Load(), Faults: s.faults.counts(), Webhook: s.reports.counts()}
}

func (s *Sandbox) handleStats(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.Stats())
}
