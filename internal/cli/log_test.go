package cli_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/cli"
)

// TestNobodyForgesALogLine logs what a stranger may have chosen.
func TestNobodyForgesALogLine(t *testing.T) {
	t.Parallel()
	const evil = "jan\nlevel=ERROR msg=\"admin signed in\"\r\n\x1b[2J\x00"
	var out strings.Builder
	log := cli.Logger(&out, "info")
	log.Info(evil, evil, evil, "error", errors.New(evil), "key", config.Secret(evil), "list", []string{evil})
	require.Equal(t, 1, strings.Count(out.String(), "\n"))
	require.NotContains(t, out.String(), "\r")
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\x00")
	require.Contains(t, out.String(), "key=[redacted]")
}
