package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/bundle"
)

// tried returns the number that has to be confirmed before a map is published.
func (s *shopLife) tried(b bundle.Bundle) int {
	s.t.Helper()
	s.publisher.guard = config.Guard{Most: 1000, Since: config.Days(90 * 24 * time.Hour), Events: 100_000}
	review, err := s.publisher.Review(s.t.Context(), b)
	require.NoError(s.t, err)
	require.NoError(s.t, s.publisher.Try(s.t.Context(), review, nil))
	return review.Report.Confirm
}

// TestTheGuardCountsWhatANewTouchpointStarts publishes an absence that is over for everybody.
func TestTheGuardCountsWhatANewTouchpointStarts(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	s.publish(shortMap("touchpoints:\n  - {id: a, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{send: {template: first}}]}\n"))
	for n := range 20 {
		s.order(fmt.Sprint("user-", n), fmt.Sprint("o", n))
	}
	s.until(start.Add(40 * 24 * hour))
	changed := shortMap("touchpoints:\n  - {id: a, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{send: {template: first}}]}\n" +
		"  - {id: winback, phase: care, class: service, fresh: 365d, absence: {after: 30d, without: Order Completed}, do: [{send: {template: second}}]}\n")
	tried := s.tried(changed)
	s.publish(changed)
	second := 0
	for _, mails := range s.mails {
		for _, m := range mails {
			if m.template == "second" {
				second++
			}
		}
	}
	require.Equal(t, 20, second)
	require.Equal(t, second, tried)
}

// TestTheGuardCountsWhatPolicyHeldBack takes a pause out of the policy.
func TestTheGuardCountsWhatPolicyHeldBack(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	const tp = "touchpoints:\n  - {id: a, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{send: {template: first}}]}\n"
	s.publish(shortMap("policy: {pause: [{classes: [service], if: customer.orders > 0}], held: {for: 30d}}\n" + tp))
	for n := range 20 {
		s.order(fmt.Sprint("user-", n), fmt.Sprint("o", n))
	}
	s.until(start.Add(24 * hour))
	require.Empty(t, s.mails)
	tried := s.tried(shortMap(tp))
	s.publish(shortMap(tp))
	require.Len(t, s.mails, 20)
	require.Equal(t, len(s.mails), tried)
}
