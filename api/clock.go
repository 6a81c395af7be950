package api

import (
	"net/http"
	"time"

	"klantreis/journey"
)

// clockAnswer says how journey time runs: journey = j0 + (real - r0) x speed.
type clockAnswer struct {
	// J0 is the journey instant that belongs to the real instant R0.
	J0 time.Time `json:"j0"`
	R0 time.Time `json:"r0"`
	// Speed is how many journey seconds pass in a real one.
	Speed float64 `json:"speed"`
	// Started is true when clients send journey time.
	Started bool `json:"started"`
	// Now is the journey instant of the answer.
	Now time.Time `json:"now"`
}

// journeyClock answers with the clock of the installation.
func (s *Server) journeyClock(w http.ResponseWriter, _ *http.Request) {
	now := s.now()
	c := s.clock
	if c == (journey.Clock{}) {
		c = journey.Clock{J0: now, R0: now, Speed: 1}
	}
	writeJSON(w, http.StatusOK, clockAnswer{J0: c.J0, R0: c.R0, Speed: c.Speed, Started: c.Started, Now: c.Journey(now)})
}
