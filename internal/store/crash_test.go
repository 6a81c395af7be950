package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/journey"
)

// crashVariable makes the test binary the process that is killed. It holds the URL of the record and a round.
const crashVariable = "KLANTREIS_STORE_CRASH"

// A process is killed in the middle of storing and deciding, again and again. What it acknowledged is there, and whoever
// comes next carries on.
func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	r := &record{url: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}
	r.set(0)
	r.Store = r.open(t)
	require.NoError(t, r.Migrate(t.Context()))
	var acknowledged []string
	for round := range 5 {
		acknowledged = append(acknowledged, runAndKill(t, fmt.Sprintf("%d %s", round, r.url), 30+10*round)...)

		require.Equal(t, "ok", scalar[string](t, r, "PRAGMA integrity_check"))
		owners := r.owners(t)
		for _, messageID := range acknowledged {
			require.Contains(t, owners, messageID, "acknowledged and lost")
		}
		require.Equal(t, len(owners), int(scalar[int64](t, r, "SELECT COUNT(*) FROM message_ids")))
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE consumed_step IS NULL AND customer_id NOT IN "+
			"(SELECT customer_id FROM wakes)"), "an event that nobody will look at")
		r.requireConsumedOnce(t)
	}
	r.set(time.Since(start) + time.Hour)
	var nobodyWrites atomic.Int64
	require.NoError(t, r.decideUntilQuiet(t.Context(), 1, &nobodyWrites))
	require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events WHERE consumed_step IS NULL"))
	r.requireConsumedOnce(t)
}

// requireConsumedOnce makes sure that events and the decisions about them belong together, one to one.
func (r *record) requireConsumedOnce(t *testing.T) {
	t.Helper()
	require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM decisions GROUP BY event_seq HAVING COUNT(*) > 1 UNION ALL SELECT 0"))
	require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM events e WHERE (consumed_step IS NOT NULL) <> "+
		"EXISTS (SELECT 1 FROM decisions d WHERE d.event_seq = e.seq AND d.decided_in = e.consumed_step)"))
	require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM customers c WHERE step < "+
		"(SELECT COALESCE(MAX(consumed_step), 0) FROM events e WHERE e.customer_id = c.id)"))
}

// runAndKill runs the process below, kills it once it has acknowledged some events, and returns all that it did.
func runAndKill(t *testing.T, what string, enough int) []string {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestProcessToKill$")
	child.Env = append(os.Environ(), crashVariable+"="+what)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	var acknowledged []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		// The last line may be cut off by the kill: only a whole one counts.
		if id, whole := strings.CutSuffix(lines.Text(), ";"); whole && strings.HasPrefix(id, "event-") {
			acknowledged = append(acknowledged, id)
		}
		if len(acknowledged) == enough {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.ErrorContains(t, child.Wait(), "signal: killed")
	require.GreaterOrEqual(t, len(acknowledged), enough)
	return acknowledged
}

func TestProcessToKill(t *testing.T) {
	what := os.Getenv(crashVariable)
	if what == "" {
		t.Skip("this is the body of the process that TestKilledProcessLosesNothing kills")
	}
	round, url, _ := strings.Cut(what, " ")
	s, err := Open(t.Context(), url, time.Now)
	require.NoError(t, err)
	var group errgroup.Group
	for writer := range 3 {
		group.Go(func() error { return writeForever(t.Context(), s, fmt.Sprintf("event-%s-%d", round, writer)) })
	}
	for range 2 {
		group.Go(func() error { return decideForever(t.Context(), s) })
	}
	require.NoError(t, group.Wait())
}

func writeForever(ctx context.Context, s *Store, prefix string) error {
	for n := 0; ; n++ {
		var events []journey.Event
		for i := range 3 {
			id := fmt.Sprintf("%s-%d-%d", prefix, n, i)
			events = append(events, track(id, fmt.Sprintf("u-%d", (n+i)%7), "device of "+id, "wake"))
		}
		if _, _, err := s.Ingest(ctx, events, AnyVersion, waking); err != nil {
			return err
		}
		for _, event := range events {
			fmt.Println(event.MessageID + ";")
		}
	}
}

func decideForever(ctx context.Context, s *Store) error {
	for {
		wakes, err := s.ClaimWakes(ctx, time.Now(), 3, 10*time.Millisecond)
		if err != nil {
			return err
		}
		for _, wake := range wakes {
			if _, err := s.Decide(ctx, wake.CustomerID, 0, echo); err != nil {
				return err
			}
		}
	}
}
