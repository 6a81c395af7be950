package cli_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var updateStories = flag.Bool("update", false, "write the golden files of testdata/trial anew")

const (
	trialMap     = "testdata/trial/map"
	trialStories = "testdata/trial/stories/"
)

// golden compares with a golden file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *updateStories {
		require.NoError(t, os.WriteFile(name, []byte(got), 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestSimulateStories(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"order-and-reminder": {"--show-mails"},
		"cart-of-a-visitor":  nil,
		"returned":           {"--until=2026-03-10T00:00:00Z"},
	}
	for name, flags := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, append([]string{"simulate", trialMap, trialStories + name + ".ndjson"}, flags...)...)
			require.Zero(t, got.code, got.err)
			require.Empty(t, got.err)
			golden(t, trialStories+name+".golden", got.out)
		})
	}
}

func TestSimulateAsJSON(t *testing.T) {
	t.Parallel()
	got := run(t, "simulate", trialMap, trialStories+"order-and-reminder.ndjson", "--json", "--until=2d")
	require.Zero(t, got.code, got.err)
	type line struct {
		At                                         time.Time
		Phase, Touchpoint, Key, Step, Kind, Reason string
		Nth                                        int
		Detail                                     map[string]any
		Message                                    map[string]any
	}
	var lines []line
	for text := range strings.Lines(got.out) {
		var l line
		require.NoError(t, json.Unmarshal([]byte(text), &l))
		lines = append(lines, l)
	}
	require.Len(t, lines, 8)
	sent := lines[3]
	require.Equal(t, "sent", sent.Kind)
	require.Equal(t, "1001", sent.Key)
	require.Equal(t, "confirmation", sent.Message["template"])
	require.Equal(t, "anna@example.com", sent.Message["to"])
	require.Equal(t, "Confirmation 1001", sent.Message["subject"])
	require.NotContains(t, sent.Message, "text")
	require.Contains(t, got.out, `"at":"2026-03-02T10:00:00+01:00"`)
	last := lines[7]
	require.Equal(t, "stands", last.Kind)
	require.Equal(t, "wait-1", last.Step)
	require.Equal(t, map[string]any{"until": "2026-04-03T11:30:00+02:00"}, last.Detail, "summer time has begun")
}

func TestSimulateWritesMails(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	got := run(t, "simulate", trialMap, trialStories+"order-and-reminder.ndjson", "--mails="+dir)
	require.Zero(t, got.code, got.err)
	files, err := filepath.Glob(dir + "/*")
	require.NoError(t, err)
	require.Len(t, files, 6)
	html, err := os.ReadFile(filepath.Join(dir, "002-review.html"))
	require.NoError(t, err)
	require.Equal(t, "<html><body><p>Hello Anna</p>\n</body></html>", strings.TrimSpace(string(html)))
	text, err := os.ReadFile(filepath.Join(dir, "003-review.txt"))
	require.NoError(t, err)
	require.Contains(t, string(text), "To: Anna <anna@example.com>\nSubject: Review 1001\n\nHello Anna,\n")
}

func TestSimulateWantsOneCustomer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var lines []string
	for _, user := range []string{"a", "b", "c", "d", "e", "f"} {
		lines = append(lines, `{"type":"track","event":"Order Completed","userId":"`+user+`","timestamp":"2026-03-02T09:00:00Z","properties":{"order_id":"1"}}`)
	}
	lines = append(lines, `{"type":"page","anonymousId":"x","timestamp":"2026-03-02T09:00:00Z"}`, `nonsense`)
	write(t, dir, "events.ndjson", strings.Join(lines, "\n"))
	write(t, dir, "visitors.ndjson", lines[6])
	file := filepath.Join(dir, "events.ndjson")

	got := run(t, "simulate", trialMap, file)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "has 6 customers; choose one with --customer (there are: a, b, c, d, e, ...)\n")
	require.Contains(t, got.err, file+":8: ")
	require.Contains(t, got.err, file+": 1 event of visitors who never became a customer left out\n")
	got = run(t, "simulate", trialMap, file, "--customer=z")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, `there is no customer "z" (there are: a, b, c, d, e, ...)`)
	got = run(t, "simulate", trialMap, file, "--customer=f")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "f, times in Europe/Amsterdam\n")
	require.Contains(t, got.out, "no-address")
	got = run(t, "simulate", trialMap, filepath.Join(dir, "visitors.ndjson"))
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "no event has a userId")
}

func TestSimulateSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "journey.yaml", "journey: broken\n")
	story := trialStories + "returned.ndjson"
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"a broken map":  {[]string{dir, story}, 1, "journey.yaml"},
		"no map":        {[]string{dir + "/missing", story}, 1, "read the map: "},
		"no events":     {[]string{trialMap, dir + "/missing"}, 2, "missing"},
		"an odd end":    {[]string{trialMap, story, "--until=soon"}, 1, `--until: "soon" is neither an instant such as`},
		"a bad folder":  {[]string{trialMap, story, "--mails=" + dir + "/journey.yaml"}, 1, "write a mail: "},
		"an odd flag":   {[]string{trialMap, story, "--colour"}, 2, "unknown flag --colour"},
		"too few words": {[]string{trialMap}, 2, "expected"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, append([]string{"simulate"}, tt.args...)...)
			require.Equal(t, tt.code, got.code, got.err)
			require.Contains(t, got.err, tt.says)
			require.Empty(t, got.out)
		})
	}
}

// A mail that cannot be rendered is not sent, as in production, and the error is told.
func TestSimulateAMailThatCannotBeRendered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, file := range []string{"journey.yaml", "templates/layout.html", "templates/layout.txt"} {
		text, err := os.ReadFile(filepath.Join(trialMap, file))
		require.NoError(t, err)
		write(t, dir, file, string(text))
	}
	for _, name := range []string{"confirmation", "cart", "review"} {
		write(t, dir, "templates/"+name+".en.html", "---\nsubject: \"{{ event.missing }}\"\n---\n<p>x</p>\n")
		write(t, dir, "templates/"+name+".en.txt", "x\n")
	}
	got := run(t, "simulate", dir, trialStories+"order-and-reminder.ndjson")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "template-error")
	require.NotContains(t, got.out, "  sent  ")
	require.Contains(t, got.err, "2026-03-02T09:00:00Z: template \"confirmation\": ")
}
