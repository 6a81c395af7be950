package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var begin = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// book is a Book of one shop.
type book struct {
	lease   Lease
	holder  string
	warning string
	errors  []string
	lose    bool
	now     func() time.Time
}

func (b *book) Lease(_ context.Context, _, holder string, _ time.Duration) (Lease, bool, error) {
	if b.holder != "" && b.holder != holder {
		return Lease{}, false, nil
	}
	b.holder = holder
	return b.lease, true, nil
}

func (b *book) Came(_ context.Context, _, _ string, page Page, _ time.Duration) (bool, error) {
	if b.lose {
		return false, nil
	}
	b.lease.Place = page.Cursor
	if page.Done {
		b.lease.Ended, b.warning = b.now(), page.Warning
	}
	return true, nil
}

func (b *book) Free(context.Context, string, string) error { b.holder = ""; return nil }

func (b *book) Failed(_ context.Context, _, message string) error {
	b.errors = append(b.errors, message)
	return nil
}

// paged is a shop of five pages. It answers with errors first, when it has some.
type paged struct {
	errs  []error
	asked []string
}

func (p *paged) Receive(http.Header, []byte) (Delivery, error) { return Delivery{}, nil }

func (p *paged) Page(_ context.Context, cursor string, _ time.Time) (Page, error) {
	p.asked = append(p.asked, cursor)
	if len(p.errs) > 0 {
		err := p.errs[0]
		p.errs = p.errs[1:]
		if err != nil {
			return Page{}, err
		}
	}
	n, _ := strconv.Atoi(cursor)
	page := Page{Cursor: fmt.Sprint(n + 1), Done: n+1 == 5, Warning: "careful"}
	for range 25 {
		page.Changes = append(page.Changes, Change{Kind: "order", ID: cursor})
	}
	return page, nil
}

func newWalker(p *paged) (*Walker, *book, *[]time.Duration, *int) {
	now, slept, observed := begin, &[]time.Duration{}, new(int)
	clock := func() time.Time { return now }
	b := &book{now: clock}
	return &Walker{
		Connection: "shop", Adapter: p, Book: b, Holder: "me", Now: clock, Log: slog.New(slog.DiscardHandler),
		Observe: func(_ context.Context, changes []Change) error { *observed += len(changes); return nil },
		Sleep: func(ctx context.Context, d time.Duration) error {
			*slept = append(*slept, d)
			now = now.Add(d)
			return ctx.Err()
		},
	}, b, slept, observed
}

func TestAWalkGoesThroughAllPagesOnceAnHour(t *testing.T) {
	t.Parallel()
	p := &paged{}
	w, b, _, observed := newWalker(p)
	require.NoError(t, w.Once(t.Context()))
	require.Equal(t, []string{"", "1", "2", "3", "4"}, p.asked)
	require.Equal(t, 125, *observed)
	require.Equal(t, begin, b.lease.Ended)
	require.Equal(t, "careful", b.warning)
	require.Empty(t, b.holder, "the lease is given back")
	require.NoError(t, w.Once(t.Context()))
	require.Len(t, p.asked, 5, "not due")
	require.NoError(t, w.Sleep(t.Context(), WalkEvery))
	b.lease.Place = "4"
	require.NoError(t, w.Once(t.Context()))
	require.Equal(t, "4", p.asked[5])
	b.holder = "another one"
	b.lease.Ended = time.Time{}
	require.NoError(t, w.Once(t.Context()))
	require.Len(t, p.asked, 6, "another process walks")
}

func TestAWalkWaitsForAShopThatIsBusy(t *testing.T) {
	t.Parallel()
	busy := &Refusal{Message: "busy", Temporary: true, RetryAfter: 30 * time.Second}
	p := &paged{errs: []error{busy, errors.New("cut"), nil, busy}}
	w, _, slept, _ := newWalker(p)
	require.NoError(t, w.Once(t.Context()))
	require.Equal(t, []string{"", "", "", "1", "1", "2", "3", "4"}, p.asked)
	require.Equal(t, []time.Duration{30 * time.Second, 4 * time.Second, 30 * time.Second}, *slept)
}

func TestAWalkGivesUpAndGoesOnLater(t *testing.T) {
	t.Parallel()
	away := errors.New("no such host")
	for name, errs := range map[string][]error{
		"away":    {nil, nil, away, away, away, away, away},
		"refused": {nil, nil, &Refusal{Message: "check the token"}},
		"long":    {nil, nil, &Refusal{Message: "later", Temporary: true, RetryAfter: time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &paged{errs: errs}
			w, b, _, observed := newWalker(p)
			require.Error(t, w.Once(t.Context()))
			require.Equal(t, "2", b.lease.Place)
			require.Empty(t, b.holder)
			p.asked = nil
			require.NoError(t, w.Once(t.Context()), "resumes")
			require.Equal(t, []string{"2", "3", "4"}, p.asked)
			require.Equal(t, 125, *observed)
		})
	}
}

func TestAWalkStopsWhenItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	p := &paged{}
	w, b, _, _ := newWalker(p)
	b.lose = true
	require.NoError(t, w.Once(t.Context()))
	require.Len(t, p.asked, 1)
}

func TestRunLooksLessOftenAfterFailures(t *testing.T) {
	t.Parallel()
	p := &paged{}
	for range 9 {
		p.errs = append(p.errs, &Refusal{Message: "check the token"})
	}
	w, b, slept, _ := newWalker(p)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sleep := w.Sleep
	w.Sleep = func(ctx context.Context, d time.Duration) error {
		if len(*slept) == 9 {
			cancel()
		}
		return sleep(ctx, d)
	}
	w.Run(ctx)
	require.Len(t, b.errors, 9)
	require.Equal(t, "check the token", b.errors[0])
	require.Equal(t, []time.Duration{2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour, time.Hour, time.Minute}, *slept)
}
