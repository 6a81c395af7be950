package cli_test

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"klantreis/internal/cli"
)

// answer is what a person sees of a command.
type answer struct {
	code     int
	out, err string
}

// run runs a command line.
func run(t *testing.T, args ...string) answer {
	t.Helper()
	var out, errs strings.Builder
	var commands cli.Commands
	code := cli.Run("klantreis", "Walks customers through a journey map.", &commands, args, cli.Streams{Out: &out, Err: &errs}, kong.Vars{})
	return answer{code: code, out: out.String(), err: errs.String()}
}

// runWith runs a command with a standard input.
func runWith(t *testing.T, in io.Reader, args ...string) answer {
	t.Helper()
	var out, errs strings.Builder
	var commands cli.Commands
	code := cli.Run("klantreis", "Walks customers through a journey map.", &commands, args, cli.Streams{In: in, Out: &out, Err: &errs}, kong.Vars{})
	return answer{code: code, out: out.String(), err: errs.String()}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	got := run(t, "version")
	require.Zero(t, got.code)
	require.Regexp(t, `^klantreis \S+( [0-9a-f]+)?\n$`, got.out)
	require.Empty(t, got.err)
}

func TestHelp(t *testing.T) {
	t.Parallel()
	got := run(t, "--help")
	require.Zero(t, got.code)
	for _, command := range []string{"serve", "api", "worker", "dispatcher", "migrate", "check", "schema", "simulate", "backtest", "send", "rebuild", "backup", "restore-check", "keys", "users", "tokens", "audit", "merge", "version"} {
		require.Contains(t, got.out, "\n  "+command+" ")
	}
}

func TestACommandLineThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		says string
	}{
		"unknown flag":      {[]string{"version", "--colour"}, "unknown flag --colour"},
		"unknown command":   {[]string{"dance"}, "unexpected argument dance"},
		"no command":        {nil, "expected one of"},
		"missing argument":  {[]string{"check"}, `expected "<map>"`},
		"no such file":      {[]string{"send", "no-such-file", "--write-key=k"}, "no-such-file"},
		"not a number":      {[]string{"api", "--speed=fast"}, "--speed"},
		"not an instant":    {[]string{"api", "--clock-start=yesterday"}, "--clock-start"},
		"not a level":       {[]string{"api", "--log-level=loud"}, "--log-level must be one of"},
		"a flag of another": {[]string{"migrate", "--write-key=k"}, "unknown flag --write-key"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, tt.args...)
			require.Equal(t, 2, got.code)
			require.Contains(t, got.err, "klantreis: ")
			require.Contains(t, got.err, tt.says)
			require.Equal(t, 1, strings.Count(got.err, "\n"), "one line")
			require.Empty(t, got.out)
		})
	}
}

func TestMigrateAndRebuild(t *testing.T) {
	t.Parallel()
	database := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	got := run(t, "rebuild", database)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "migrate")
	for range 2 {
		require.Equal(t, answer{out: "the record is up to date\n"}, run(t, "migrate", database))
	}
	require.Equal(t, answer{out: "0 waiting customers will be woken by the running workers\n"}, run(t, "rebuild", database))
	store := openRecord(t, database)
	store.order(t, "user-1")
	require.Equal(t, answer{out: "1 waiting customer will be woken by the running workers\n"}, run(t, "rebuild", database))
	store.order(t, "user-2")
	require.Equal(t, answer{out: "2 waiting customers will be woken by the running workers\n"}, run(t, "rebuild", database))
}

func TestARecordThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"migrate", "rebuild"} {
		got := run(t, command, "--database=sqlite:"+filepath.Join(t.TempDir(), "missing", "record.db"))
		require.Equal(t, 1, got.code)
		require.Contains(t, got.err, "klantreis: open the record: ")
		require.Empty(t, got.out)
	}
}

func TestAPINamesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	got := run(t, "api", "--database=mysql://root:secret@localhost")
	require.Equal(t, 1, got.code)
	for _, flag := range []string{"--database", "--write-key", "--admin-token"} {
		require.Contains(t, got.err, flag)
	}
	require.NotContains(t, got.err, "secret")
}

func TestAPIOnATakenPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	database := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", database).code)
	got := run(t, "api", database, "--write-key=k", "--admin-token=a", "--addr="+taken.Addr().String())
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "klantreis: listen on "+taken.Addr().String())
	require.Equal(t, 1, strings.Count(got.err, "\n"), "one line")
}
