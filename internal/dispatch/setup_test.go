package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/dispatch"
)

var errAway = errors.New("connection refused")

// record holds wake rows, as the real one does: in the order of their arrival.
type record struct {
	mu         sync.Mutex
	waiting    []string
	signalled  map[string]time.Time
	overdue    []string         // what the next reconciliation finds
	reconciled []time.Time      // when it was asked to
	fails      map[string]error // by call; an error is given once
	most       int              // in flight, at any time
	slowest    time.Duration    // from signal to decision
}

func newRecord(customers ...string) *record {
	return &record{waiting: customers, signalled: map[string]time.Time{}, fails: map[string]error{}}
}

// many makes the ids of n customers.
func many(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("c_%d", i)
	}
	return ids
}

func (r *record) fail(call string) error {
	err := r.fails[call]
	delete(r.fails, call)
	return err
}

func (r *record) add(customers ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, customers...)
}

// decide ends what the customer was signalled for.
func (r *record) decide(customerID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slowest = max(r.slowest, time.Since(r.signalled[customerID]))
	delete(r.signalled, customerID)
}

func (r *record) inFlight() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.signalled)
}

func (r *record) ClaimWakes(_ context.Context, now time.Time, limit int, stale time.Duration) ([]dispatch.Wake, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.fail("claim"); err != nil {
		return nil, err
	}
	for id, at := range r.signalled {
		if now.Sub(at) > stale {
			delete(r.signalled, id)
			r.waiting = append([]string{id}, r.waiting...)
		}
	}
	n := min(limit, len(r.waiting))
	var wakes []dispatch.Wake
	for _, id := range r.waiting[:n] {
		wakes = append(wakes, dispatch.Wake{CustomerID: id})
		r.signalled[id] = now
	}
	r.waiting = r.waiting[n:]
	r.most = max(r.most, len(r.signalled))
	return wakes, nil
}

func (r *record) ReleaseWakes(ctx context.Context, claimed time.Time, customerIDs []string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := errors.Join(ctx.Err(), r.fail("release")); err != nil {
		return err
	}
	back := slices.DeleteFunc(slices.Clone(customerIDs), func(id string) bool { return !r.signalled[id].Equal(claimed) })
	for _, id := range back {
		delete(r.signalled, id)
	}
	r.waiting = append(back, r.waiting...)
	return nil
}

func (r *record) Backlog(_ context.Context, now time.Time, late, lost time.Duration) (dispatch.Backlog, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b dispatch.Backlog
	for _, at := range r.signalled {
		switch age := now.Sub(at); {
		case age > lost:
		case age > late:
			b.Late++
			fallthrough
		default:
			b.InFlight++
		}
	}
	return b, r.fail("backlog")
}

func (r *record) WakeOverdue(context.Context, time.Time, time.Duration) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reconciled = append(r.reconciled, time.Now())
	if err := r.fail("overdue"); err != nil {
		return 0, err
	}
	n := len(r.overdue)
	r.waiting, r.overdue = append(r.waiting, r.overdue...), nil
	return n, nil
}

type wakerFunc func(ctx context.Context, customerID string) error

func (f wakerFunc) Wake(ctx context.Context, customerID string) error { return f(ctx, customerID) }

// woken notes whom it wakes; everybody decides at once.
type woken struct {
	*record
	mu  sync.Mutex
	ids []string
}

func (w *woken) Wake(_ context.Context, customerID string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids = append(w.ids, customerID)
	w.decide(customerID)
	return nil
}

func (w *woken) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.ids)
}

// run starts a dispatcher and returns what stops it, which also waits for it.
func run(t *testing.T, o dispatch.Options) (log *strings.Builder, stop func()) {
	t.Helper()
	log = &strings.Builder{}
	o.Now, o.Log = time.Now, slog.New(slog.NewTextHandler(log, nil))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- dispatch.New(o).Run(ctx) }()
	return log, func() {
		cancel()
		require.NoError(t, <-ended)
	}
}
