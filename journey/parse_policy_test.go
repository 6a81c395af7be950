package journey

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseBounds reads what is just allowed, and what is just not.
func TestParseBounds(t *testing.T) {
	t.Parallel()
	steps := func(do string) string {
		return "touchpoints: [{id: t, phase: p, on: Product Viewed, do: [" + do + "]}]"
	}
	set := func(trait string) string { return steps("{set: {" + trait + ": 1}}") }
	split := func(share string) string { return steps("{split: [{share: 1%}, {share: " + share + "}]}") }
	for _, c := range []struct{ name, text, problem string }{
		{"the longest cap", "policy: {caps: [{classes: [service], max: 1, per: 366d}]}", ""},
		{"a longer cap", "policy: {caps: [{classes: [service], max: 1, per: 366d1s}]}", "policy.caps[0].per: must be at most 366d"},
		{"the longest spread", "policy: {spread: 1d}", ""},
		{"a trait of 200 characters", set(strings.Repeat("é", 200)), ""},
		{"a longer trait", set(strings.Repeat("é", 201)), "is no name for a trait"},
		{"a trait without a name", set("' '"), "is no name for a trait"},
		{"shares", split("99%"), ""},
		{"shares of more", split("100%"), "has shares of 101% together"},
		{"a share that is none", split("0.99%x"), "share: "},
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
			require.Len(t, problems.Errors(), 1, "one slip is one problem")
			require.ErrorContains(t, problems.Errors(), c.problem)
		})
	}
}
