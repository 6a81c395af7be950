package replay

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain makes the test binary an engine when it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "run" {
		os.Exit(fakeBinary(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// fakeBinary takes the command line of the all-in-one binary. A file "broken" beside the data makes it die.
func fakeBinary(args []string) int {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	addr, data, maps := flags.String("addr", "", ""), flags.String("data", "", ""), flags.String("map", "", "")
	speed, start := flags.Float64("speed", 0, ""), flags.String("clock-start", "", "")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	j0, err := time.Parse(time.RFC3339, *start)
	files, _ := filepath.Glob(filepath.Join(*maps, "templates", "*"))
	if _, broken := os.Stat(filepath.Join(*data, "..", "broken")); err != nil || len(files) != 14 || broken == nil {
		fmt.Println("this engine does not work:", err, files)
		return 3
	}
	f := newFakeEngine(Clock{J0: j0, R0: time.Now(), Speed: *speed}, "")
	server := &http.Server{Addr: *addr, Handler: f.serve(os.Getenv("KLANTREIS_WRITE_KEY"), os.Getenv("KLANTREIS_ADMIN_TOKEN"))}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go server.ListenAndServe()
	<-stop
	return 0
}

// oneOrder is a file with an order that is never delivered, so that a replay takes two seconds.
func oneOrder(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "orders.csv")
	row := "0123456789abcdef0123456789abcdef,c,shipped,11/1/2017 9:00,,11/1/2017 12:00,,\n"
	require.NoError(t, os.WriteFile(name, []byte(olistHeader+row), 0o600))
	return name
}

func TestReplayStartsAndStopsAnEngine(t *testing.T) {
	t.Setenv("KLANTREIS_WRITE_KEY", "of somebody else")
	var out strings.Builder
	data := filepath.Join(t.TempDir(), "data")
	result, err := Replay(t.Context(), Options{
		Binary: os.Args[0], CSV: oneOrder(t), Seed: quietSeed(t), Data: data, Lead: 3 * time.Second, Tolerance: 200 * time.Millisecond, Out: &out,
	})
	require.NoError(t, err, out.String())
	require.Empty(t, result.Verdict.Differences)
	require.Equal(t, 1, result.Mails)
	require.FileExists(t, filepath.Join(data, "engine.log"))

	_, err = Replay(t.Context(), Options{Binary: os.Args[0], CSV: oneOrder(t), Data: data, Out: &out})
	require.ErrorContains(t, err, "is not empty")
}

// quietSeed returns one that draws nothing for the order, so that the replay is short.
func quietSeed(t *testing.T) uint64 {
	t.Helper()
	for seed := range uint64(100) {
		s := NewScript([]Order{{ID: "0123456789abcdef0123456789abcdef", Purchased: noon, HandedOver: noon.Add(3 * time.Hour)}}, seed, day)
		if len(s.Events) == 3 {
			return seed
		}
	}
	t.Fatal("every seed draws something")
	return 0
}

func TestReplayTellsOfAnEngineThatDies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "broken"), nil, 0o600))
	_, err := startEngine(t.Context(), os.Args[0], dir, noon, 1)
	require.ErrorContains(t, err, "the engine has ended (exit status 3): this engine does not work")

	_, err = startEngine(t.Context(), filepath.Join(dir, "nothing"), t.TempDir(), noon, 1)
	require.ErrorContains(t, err, "start the engine: ")
}

func TestReplayEndsWithItsEngine(t *testing.T) {
	t.Parallel()
	e, err := startEngine(t.Context(), os.Args[0], t.TempDir(), noon, 1)
	require.NoError(t, err)
	ctx, cancel := e.whileRunning(t.Context())
	t.Cleanup(cancel)
	require.NoError(t, e.cmd.Process.Kill())
	script := NewScript(Synthetic(1, 1), 1, day)
	script.Events[0].PostAt = noon.Add(day)
	_, err = Run(ctx, RunOptions{
		Server: newFakeEngine(Clock{J0: noon, R0: time.Now(), Speed: 1}, ""), Script: script, Now: time.Now, Out: io.Discard,
	})
	require.ErrorContains(t, err, "the engine has ended (signal: killed)")
	require.NoError(t, e.stop())
	require.NoError(t, e.stop(), "stopping twice does no harm")
}

func TestReplayOptions(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	_, err := Replay(t.Context(), Options{Speed: 86_401, Out: &out})
	require.EqualError(t, err, "the speed must be more than 0 and at most 86400")
	_, err = Replay(t.Context(), Options{CSV: filepath.Join(t.TempDir(), "none.csv"), Out: &out})
	require.ErrorIs(t, err, os.ErrNotExist)
	orders, err := Options{Orders: 40, Out: &out}.load()
	require.NoError(t, err)
	require.Len(t, orders, 40)
	require.Contains(t, out.String(), "40 synthetic orders")
	require.False(t, slices.ContainsFunc(withoutOurs([]string{"HOME=/", "KLANTREIS_SPEED=1"}), func(v string) bool { return v != "HOME=/" }))
}
