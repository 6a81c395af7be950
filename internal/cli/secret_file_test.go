package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/cli"
)

// showSecrets is a command that tells what it was given.
type showSecrets struct {
	config.Config `embed:""`
}

func (c *showSecrets) Run(streams cli.Streams) error {
	_, err := streams.Out.Write([]byte(string(c.HTTP.AdminToken) + "|" + string(c.SendGrid.APIKey) + "|" + string(c.Record.Database) + "|" + c.HTTP.Addr))
	return err
}

func show(t *testing.T, args ...string) answer {
	t.Helper()
	var out, errs strings.Builder
	var commands struct {
		Show showSecrets `cmd:""`
	}
	code := cli.Run("klantreis", "", &commands, append([]string{"show"}, args...), cli.Streams{Out: &out, Err: &errs}, kong.Vars{})
	return answer{code: code, out: out.String(), err: errs.String()}
}

// TestASecretFromAFile sets the environment, so nothing runs beside it.
func TestASecretFromAFile(t *testing.T) {
	file := func(text string) string {
		name := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	for name, value := range map[string]string{
		"KLANTREIS_ADMIN_TOKEN_FILE": file("at-secret\n"), "SENDGRID_API_KEY_FILE": file("SG.secret\r\n"),
		"KLANTREIS_DATABASE_FILE": file("postgres://user:pw@db/k"), "KLANTREIS_ADDR_FILE": file("not a secret"),
	} {
		t.Setenv(name, value)
	}
	require.Equal(t, "at-secret|SG.secret|postgres://user:pw@db/k|127.0.0.1:8080", show(t).out)
	require.Equal(t, "given|SG.secret|postgres://user:pw@db/k|127.0.0.1:8080", show(t, "--admin-token=given").out, "a flag goes before")

	t.Setenv("KLANTREIS_ADMIN_TOKEN", "too")
	both := show(t)
	require.NotZero(t, both.code)
	require.Contains(t, both.err, "KLANTREIS_ADMIN_TOKEN and KLANTREIS_ADMIN_TOKEN_FILE: set one of them, not both")
	t.Setenv("KLANTREIS_ADMIN_TOKEN", "")
	for text, says := range map[string]string{"": "on one line", "\n": "on one line", "two\nlines\n": "on one line", strings.Repeat("x", 70_000): "too large"} {
		t.Setenv("KLANTREIS_ADMIN_TOKEN_FILE", file(text))
		got := show(t)
		require.Contains(t, got.err, "KLANTREIS_ADMIN_TOKEN_FILE: ")
		require.Contains(t, got.err, says)
		require.NotContains(t, got.err, "two")
	}
	t.Setenv("KLANTREIS_ADMIN_TOKEN_FILE", "/no/such/file")
	require.Contains(t, show(t).err, "KLANTREIS_ADMIN_TOKEN_FILE: stat /no/such/file")
}

// TestEverySecretHasATwin: nothing that a struct calls a secret lacks the variable that gives it the twin.
func TestEverySecretHasATwin(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&config.Config{})
	require.NoError(t, err)
	secrets := 0
	for _, flag := range parser.Model.Flags {
		if flag.Target.Type().String() == "config.Secret" {
			secrets++
			require.NotEmpty(t, flag.Tag.Envs, flag.Name)
		}
	}
	require.Positive(t, secrets)
}
