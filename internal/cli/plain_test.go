package cli

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/app"
)

// TestNobodyCommandsTheTerminal prints what a stranger chose, such as the name of an event, on an operator's terminal.
func TestNobodyCommandsTheTerminal(t *testing.T) {
	t.Parallel()
	const evil = "jan\x1b]0;owned\x07\x1b[2J\r\b\u009b31m\x7f\u202egnp.exe"
	const forged = "A1\n2026-01-01 10:00:00  Order confirmation. sent\tto all"
	var out strings.Builder
	plain := &plainWriter{w: &out}
	require.NoError(t, printStory(plain, app.Story{
		UserID: evil, Zone: "UTC",
		Decisions: []app.StoryDecision{{At: time.Unix(0, 0), Title: "Order confirmation", Key: forged, Words: evil}},
		Consents:  []app.StoryConsent{{At: time.Unix(0, 0), About: forged, Source: evil, TextVersion: forged}},
	}))
	for _, part := range []string{evil[:5], evil[5:], "\xc2", "\x9b31m", "é\tü\n"} {
		n, err := io.WriteString(plain, part)
		require.NoError(t, err)
		require.Equal(t, len(part), n)
	}
	require.NotRegexp(t, "[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f]", out.String())
	require.Equal(t, 6, strings.Count(out.String(), "\n"), "nobody forges a line: %s", out.String())
	require.True(t, strings.HasSuffix(out.String(), "é\tü\n"))
	require.NotContains(t, fmt.Sprint(field(evil)), "\u202e")
}
