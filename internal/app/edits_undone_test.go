package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
)

// TestRolledBackWithinTheSpread takes a wait away by mistake, and rolls the map back before everybody is mailed.
func TestRolledBackWithinTheSpread(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	with := func(steps string) bundle.Bundle {
		return shortMap("policy: {spread: 24h}\ntouchpoints:\n  - {id: a, phase: care, class: service, on: Order Completed, key: event.order_id, do: [" + steps + "{send: {template: first}}]}\n")
	}
	s.publish(with("{wait: 30d}, "))
	for n := range 20 {
		s.order(fmt.Sprint("user-", n), fmt.Sprint("o", n))
	}
	s.until(start.Add(24 * hour))
	require.Equal(t, 20, s.publish(with("")).Report.DueAtOnce)
	mailed := len(s.mails)
	s.until(s.now.Add(time.Minute))
	review := s.publish(with("{wait: 30d}, "))
	require.Zero(t, review.Report.DueAtOnce)
	require.Equal(t, 20-mailed, review.Report.Changing)
	require.Len(t, review.Report.Affected, 1)
	require.Contains(t, review.Report.Affected[0].Words, "goes back to where they waited")
	s.until(s.now.Add(48 * hour))
	require.Len(t, s.mails, mailed, "nobody is due for weeks")
	s.until(start.Add(30 * 24 * hour))
	require.Len(t, s.mails, 20)
	for user, mails := range s.mails {
		require.Len(t, mails, 1, "mails of %s", user)
	}
}
