package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestClockIsShown(t *testing.T) {
	t.Parallel()
	real := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	j0 := time.Date(2016, 9, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		clock journey.Clock
		now   time.Time
	}{
		"real time":      {clock: journey.Clock{}, now: real},
		"a day a second": {clock: journey.Clock{J0: j0, R0: real.Add(-10 * time.Second), Speed: 86400, Started: true}, now: j0.AddDate(0, 0, 10)},
	} {
		s := &Server{clock: c.clock, now: func() time.Time { return real }}
		w := httptest.NewRecorder()
		s.journeyClock(w, httptest.NewRequest(http.MethodGet, "/api/v1/clock", nil))
		var got clockAnswer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got), name)
		require.Equal(t, c.now, got.Now, name)
		require.Equal(t, c.clock.Started, got.Started, name)
	}
}
