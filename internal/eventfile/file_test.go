package eventfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/eventfile"
)

func open(t *testing.T, o eventfile.Options, lines ...string) *eventfile.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o600))
	f, err := eventfile.Open(name, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// event is a line. What it is called says nothing but which one it is.
func event(day int, name, ids string) string {
	return fmt.Sprintf(`{"type":"track","event":%q,"timestamp":"2026-03-%02dT09:00:00Z",%s}`, name, day, ids)
}

// names tells the events of a customer: their names, and "*" for those that were a visitor's.
func names(t *testing.T, f *eventfile.File, userID string) string {
	t.Helper()
	place, found := f.Find(userID)
	require.True(t, found)
	events, err := f.Read(place)
	require.NoError(t, err)
	var list []string
	var seq int64
	for _, e := range events {
		require.Greater(t, e.Seq, seq)
		seq = e.Seq
		name := e.Name
		if e.Dormant {
			name += "*"
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func TestWhoseTheEventsAre(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		lines    []string
		want     map[string]string
		visitors int
	}{
		"in order of receipt": {
			[]string{event(3, "third", `"userId":"u"`), event(1, "first", `"userId":"u"`), event(2, "second", `"userId":"u"`)},
			map[string]string{"u": "first second third"},
			0,
		},
		"received later than it happened": {
			[]string{event(1, "late", `"userId":"u","receivedAt":"2026-03-09T09:00:00Z"`), event(2, "early", `"userId":"u"`)},
			map[string]string{"u": "early late"},
			0,
		},
		"a device belongs to the first user that it meets": {
			[]string{
				event(1, "visit", `"anonymousId":"a"`), event(2, "login", `"anonymousId":"a","userId":"u"`),
				event(3, "other", `"anonymousId":"a","userId":"v"`), event(4, "later", `"anonymousId":"a"`),
			},
			map[string]string{"u": "visit* login later", "v": "other"},
			0,
		},
		"a user has many devices": {
			[]string{
				event(1, "b-visit", `"anonymousId":"b"`), event(2, "a", `"anonymousId":"a","userId":"u"`), event(3, "b", `"anonymousId":"b","userId":"u"`),
			},
			map[string]string{"u": "b-visit* a b"},
			0,
		},
		"an alias": {
			[]string{event(1, "visit", `"anonymousId":"a"`), `{"type":"alias","previousId":"a","userId":"u","timestamp":"2026-03-02T09:00:00Z"}`},
			map[string]string{"u": "visit* alias"},
			0,
		},
		"an alias of another user joins nobody": {
			[]string{
				event(1, "own", `"userId":"a"`), event(1, "visit", `"anonymousId":"a"`),
				`{"type":"alias","previousId":"a","userId":"u","timestamp":"2026-03-02T09:00:00Z"}`,
			},
			map[string]string{"a": "own", "u": "alias"},
			1,
		},
		"a device that meets nobody": {
			[]string{event(1, "visit", `"anonymousId":"x"`), event(2, "own", `"userId":"u"`)},
			map[string]string{"u": "own"},
			1,
		},
		"users and devices of the same name": {
			[]string{event(1, "visit", `"anonymousId":"u"`), event(2, "own", `"userId":"u"`)},
			map[string]string{"u": "own"},
			1,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t, eventfile.Options{}, tt.lines...)
			require.Len(t, f.Customers, len(tt.want))
			for user, want := range tt.want {
				require.Equal(t, want, names(t, f, user), user)
			}
			require.Equal(t, tt.visitors, f.Visitors)
			require.Equal(t, len(tt.lines)-tt.visitors, f.Events)
		})
	}
}

func TestWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	var rejected []int
	var done int64
	lines := []string{
		event(1, "one", `"userId":"u","messageId":"m"`), "", "not json", event(2, "again", `"userId":"u","messageId":"m"`),
		`{"type":"track","userId":"u","event":"x"}`, `{"x":"` + strings.Repeat("x", 300<<10) + `"}`,
		`{"type":"track","userId":"u","event":"x","timestamp":"2026-03-02T09:00:00Z","properties":{"x":"` + strings.Repeat("x", 40<<10) + `"}}`,
		event(3, "two", `"userId":"u"`),
	}
	f := open(t, eventfile.Options{
		Progress: func(n int64) { done = n },
		Rejected: func(line int, why string) {
			rejected = append(rejected, line)
			require.NotEmpty(t, why)
		},
	}, lines...)
	require.Equal(t, []int{3, 5, 6, 7}, rejected)
	require.Equal(t, eventfile.Counts{Events: 2, Duplicates: 1, Rejected: 4}, f.Counts)
	require.Equal(t, "one two", names(t, f, "u"))
	require.EqualValues(t, len(strings.Join(lines, "\n")), done)
	require.Equal(t, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), f.First)
	require.Equal(t, time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), f.Last)
	_, found := f.Find("v")
	require.False(t, found)
}

func TestNoSuchFile(t *testing.T) {
	t.Parallel()
	_, err := eventfile.Open(filepath.Join(t.TempDir(), "missing"), eventfile.Options{})
	require.ErrorContains(t, err, "open events: ")
}

func TestAFileThatChanges(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "events.ndjson")
	require.NoError(t, os.WriteFile(name, []byte(event(1, "one", `"userId":"u"`)), 0o600))
	f, err := eventfile.Open(name, eventfile.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	require.NoError(t, os.WriteFile(name, []byte("short"), 0o600))
	_, err = f.Read(0)
	require.ErrorContains(t, err, "read event at byte 0")
}
