package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/replay"
)

// TestTorture mistreats an installation and demands that no promise is broken.
func TestTorture(t *testing.T) {
	o := short(torment.seed)
	if long {
		o = torment
	}
	if planted {
		t.Skip("only the planted faults are asked for")
	}
	var changes []change
	if o.patience > 0 {
		changes = append(changes, patience(o.patience))
	}
	r := mistreat(t, o, long, build(t, changes...))
	r.print(t)
	require.Empty(t, r.refusals, "a shop that does nothing wrong was refused")
	require.Empty(t, firstOf(r.found, 20), "%d breaches: %v", len(r.found), byRule(r.found))
	require.True(t, r.AtRest, "not everything came to rest within %s", o.quiet)
	require.Positive(t, r.Findings.ReviewMails)
	require.Positive(t, r.Findings.Offers)
	require.GreaterOrEqual(t, r.Faults, 10)
}

// mistreat runs an installation of the binary through all of it.
func mistreat(t *testing.T, o options, long bool, binary string) *result {
	t.Helper()
	folder := logFolder(t, o)
	in := install(t, folder, binary, o.speed)
	shop := newShop(in.bases, "http://"+in.toProvider.addr())
	k := newKiller(in, o, long)
	w := &watch{}
	t.Logf("seed %d, logs in %s", o.seed, folder)

	torment, done := context.WithTimeout(t.Context(), o.duration)
	defer done()
	stories, stop := context.WithCancel(t.Context())
	watching, unwatch := context.WithCancel(t.Context())
	var shopping, watcher sync.WaitGroup
	defer func() {
		unwatch()
		stop()
		shopping.Wait()
		watcher.Wait()
	}()
	shopping.Go(func() { shop.open(torment, stories, newWriter(t, o), o); done() })
	watcher.Go(func() { w.run(watching, in) })
	watcher.Go(func() { progress(watching, t, in, shop, k) })
	k.run(torment, o.faultEvery)
	k.calm()
	calmed := time.Now()
	if o.heal {
		in.rebuild()
	}
	beat, hush := context.WithCancel(stories)
	shopping.Go(func() { heartbeat(beat, stories, shop, o) })
	rests := in.until(o.quiet, func() bool { return in.settledBefore(calmed) })
	hush()
	shopping.Wait()
	rests = rests && in.until(o.quiet, in.atRest)
	unwatch()
	watcher.Wait()
	return in.judge(shop, k, w, o, calmed, rests)
}

// newWriter returns the writer of the stories, with the ids of real orders when they are at hand.
func newWriter(t *testing.T, o options) *writer {
	t.Helper()
	w := &writer{rng: rand.New(rand.NewPCG(o.seed, 3)), week: week(o.speed)}
	path, err := replay.FindOlist()
	require.NoError(t, err)
	var orders []replay.Order
	if path == "" {
		t.Log("the real orders are not at hand; synthetic ones are used")
		orders = replay.Synthetic(1000, o.seed)
	} else {
		file, err := os.Open(path)
		require.NoError(t, err)
		defer file.Close()
		orders, err = replay.ReadOlist(file)
		require.NoError(t, err)
	}
	for _, order := range orders {
		w.orders = append(w.orders, order.ID)
	}
	return w
}

// heartbeat posts an order a second until ctx is done, so that reports of the provider keep coming: without them nobody knows
// whether the one that stays away is lost.
func heartbeat(ctx, stories context.Context, s *shop, o options) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			user := fmt.Sprintf("beat-%d", n)
			s.act(stories, act{events: []event{
				{Type: identify, UserID: user, MessageID: user + "/identify", Traits: map[string]any{"email": user + "@torture.example", "locale": "en"}},
				{Type: "track", Name: completed, UserID: user, MessageID: user + "/order", Properties: map[string]any{"order_id": fmt.Sprintf("beat-%d-%d", o.seed, n)}},
			}})
		}
	}
}

// settledBefore tells whether all messages that were planned before a real instant have ended.
func (in *installation) settledBefore(at time.Time) bool {
	return in.number(`SELECT COUNT(*) FROM messages m, clock c WHERE m.status IN ('planned', 'claimed')
		AND (m.planned_at - c.j0) / c.speed + c.r0 < $1`, at.UnixMicro()) == 0
}

// atRest tells whether nothing is to be done any more.
func (in *installation) atRest() bool {
	for _, query := range []string{
		`SELECT COUNT(*) FROM wakes`, `SELECT COUNT(*) FROM messages WHERE consumed_step IS NULL`, `SELECT COUNT(*) FROM runs WHERE status = 'active'`,
		`SELECT COUNT(*) FROM events WHERE consumed_step IS NULL AND wakes = 1 AND customer_id IS NOT NULL`,
	} {
		if in.number(query) != 0 {
			return false
		}
	}
	return true
}

// progress tells now and then how far it is.
func progress(ctx context.Context, t *testing.T, in *installation, s *shop, k *killer) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		events, acked, attempts := s.ledger.count()
		t.Logf("%5s  events %d, acknowledged %d, attempts %d, faults %d; wakes %d, open messages %d, active runs %d", time.Since(began).Round(time.Second),
			events, acked, attempts, k.total(), in.number(`SELECT COUNT(*) FROM wakes`),
			in.number(`SELECT COUNT(*) FROM messages WHERE consumed_step IS NULL`), in.number(`SELECT COUNT(*) FROM runs WHERE status = 'active'`))
	}
}

// logFolder is where the processes log; it stays when the test fails.
func logFolder(t *testing.T, o options) string {
	t.Helper()
	if o.keep != "" {
		require.NoError(t, os.MkdirAll(o.keep, 0o700))
		folder, err := os.MkdirTemp(o.keep, "torture-")
		require.NoError(t, err)
		return folder
	}
	folder, err := os.MkdirTemp("", "klantreis-torture-")
	require.NoError(t, err)
	t.Cleanup(func() {
		if !t.Failed() {
			require.NoError(t, os.RemoveAll(folder))
		}
	})
	return folder
}
