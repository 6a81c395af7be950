package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseBounds reads what is just allowed, and what is just not.
func TestParseBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, problem string }{
		{"the longest cap", "policy: {caps: [{classes: [service], max: 1, per: 366d}]}", ""},
		{"a longer cap", "policy: {caps: [{classes: [service], max: 1, per: 366d1s}]}", "policy.caps[0].per: must be at most 366d"},
		{"the longest spread", "policy: {spread: 1d}", ""},
		{"a longer spread", "policy: {spread: 1d1s}", "policy.spread: must be at most one day"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const head = "journey: j\nshop: {name: S, email: s@example.com}\nphases: [{id: p, enter: [{on: Product Viewed}]}]\n"
			_, problems := Parse([]Source{{Name: "journey.yaml", Data: []byte(head + c.text)}})
			if c.problem == "" {
				require.Empty(t, problems.Errors())
				return
			}
			require.ErrorContains(t, problems.Errors(), c.problem)
		})
	}
}
