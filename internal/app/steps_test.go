package app

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// stepped is a process whose clock can be set.
func stepped(t *testing.T) (a *App, set func(time.Duration)) {
	t.Helper()
	var offset atomic.Int64
	o := options()
	o.Now = func() time.Time { return start.Add(time.Duration(offset.Load())) }
	return serveWith(t, setup(t), o), func(d time.Duration) { offset.Store(int64(d)) }
}

// decided decides about a customer at the present, and returns the state.
func (a *App) decided(t *testing.T, userID string) journey.State {
	t.Helper()
	customer, _, err := a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	_, live, err := a.maps.Live(t.Context())
	require.NoError(t, err)
	var state journey.State
	_, err = a.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = a.clock.Journey(a.Now())
		out, err := live.Map.Decide(in)
		state = out.State
		return out, err
	})
	require.NoError(t, err)
	return state
}

// say posts one event without a timestamp of its own.
func (a *App) say(t *testing.T, event string) {
	t.Helper()
	status, answer := a.do(t, http.MethodPost, "/v1/track", fmt.Sprintf(`{"userId":"user-1","event":%q,"writeKey":"write-key"}`, event), nil)
	require.Equal(t, http.StatusOK, status, answer)
}

// TestAnObjectionCountsWhenTheClockWasSetBack gives consent while the clock is ahead and takes it back after that.
func TestAnObjectionCountsWhenTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"5 s": 5 * time.Second, "an hour": time.Hour, "within one decision": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, set := stepped(t)
			set(step)
			a.say(t, journey.ConsentGiven)
			if name != "within one decision" {
				require.True(t, a.decided(t, "user-1").Facts.Consents[journey.Marketing].Given)
			}
			set(step / 10)
			a.say(t, journey.ConsentWithdrawn)
			require.False(t, a.decided(t, "user-1").Facts.Consents[journey.Marketing].Given)
			set(step / 5)
			a.say(t, journey.ConsentGiven)
			a.say(t, journey.ConsentWithdrawn)
			require.False(t, a.decided(t, "user-1").Facts.Consents[journey.Marketing].Given)
			set(2 * step)
			a.say(t, journey.ConsentGiven)
			require.True(t, a.decided(t, "user-1").Facts.Consents[journey.Marketing].Given)
		})
	}
}

// TestWhatSeemsToComeFromTheFutureHappenedAtItsReceipt posts an event that is stamped a day ahead.
func TestWhatSeemsToComeFromTheFutureHappenedAtItsReceipt(t *testing.T) {
	t.Parallel()
	a, set := stepped(t)
	set(time.Minute)
	status, answer := a.do(t, http.MethodPost, "/v1/track", fmt.Sprintf(`{"userId":"user-1","event":"Order Completed","writeKey":"write-key",
		"timestamp":%q,"properties":{"order_id":"A1"}}`, start.AddDate(0, 0, 1).Format(time.RFC3339)), nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.Equal(t, start.Add(time.Minute), a.decided(t, "user-1").PhaseSince)
}
