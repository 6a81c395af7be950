package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// TestWhatPolicyDoesNotAllowAnyMore is settled as not sent; whether it is sent later is for a decision to say.
func TestWhatPolicyDoesNotAllowAnyMore(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		add   string // to the map
		at    time.Duration
		class journey.Class
		want  journey.Reason
	}{
		"quiet hours have begun":             {"policy: {quietHours: {from: '21:00', to: '08:00'}}", 12 * time.Hour, journey.Service, journey.ReasonDeferred},
		"but not yet":                        {"policy: {quietHours: {from: '21:00', to: '08:00'}}", 11*time.Hour + 59*time.Minute, journey.Service, journey.ReasonSent},
		"and are nothing to an order's mail": {"policy: {quietHours: {from: '21:00', to: '08:00'}}", 12 * time.Hour, journey.Transactional, journey.ReasonSent},
		"the map is paused":                  {"paused: true", 0, journey.Transactional, journey.ReasonDeferred},
		"the class is paused":                {"policy: {pause: [{classes: [service], if: customer.orders > 0}]}", 0, journey.Service, journey.ReasonDeferred},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			m, problems := journey.Parse([]journey.Source{{Name: "journey.yaml", Data: []byte(mapText + "timezone: UTC\n" + tt.add + "\n")}})
			require.Empty(t, problems.Errors())
			b.maps.m = m
			h := &b.ledger.handover
			h.Message.Class, h.Facts.Orders, h.Facts.LastOrderAt = tt.class, 1, start.AddDate(10, 0, 0)
			b.now = start.Add(tt.at / 86400) // a day a second
			require.Equal(t, tt.want, b.sent(t))
			require.Equal(t, tt.want, b.ledger.reason)
			require.Equal(t, tt.want == journey.ReasonSent, len(b.mailer.mails) == 1)
			require.Contains(t, b.calls, "decide", "a decision holds it back")
		})
	}
}
