package e2e

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/app"
)

// lanesMap confirms orders and sends a newsletter.
const lanesMap = `
journey: lanes
shop: {name: Shop, email: shop@example.com}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: confirmation, phase: purchase, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: order}]}
  - {id: newsletter, phase: purchase, class: marketing, on: Newsletter Published, do: [send: {template: news}]}
`

// receipts notes when mails reach the provider, by address.
type receipts struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (h *receipts) note(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at[address] = time.Now()
}

// with counts the addresses that begin so.
func (h *receipts) with(prefix string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for address := range h.at {
		if strings.HasPrefix(address, prefix) {
			n++
		}
	}
	return n
}

// TestBenchOrdersUnderMarketing measures how long orders take to be confirmed, first alone and then while the newsletter to
// many customers is going out, in one run. It reports and demands only that all are confirmed: how fast a machine is that does
// other things meanwhile says nothing.
func TestBenchOrdersUnderMarketing(t *testing.T) {
	if os.Getenv("KLANTREIS_BENCH") == "" {
		t.Skip("measures for a minute or two; KLANTREIS_BENCH=1 (make bench) runs it")
	}
	marketing := number(t, "KLANTREIS_BENCH_MARKETING", 10_000)
	orders := number(t, "KLANTREIS_BENCH_ORDERS", 200)
	in := startInsideWith(t, sqliteFile(t), mapFolder(t, lanesMap, "order", "news"), 1, func(c *config.Config, _ *app.Options) { c.SendGrid.PerSecond = 50 })
	h := &receipts{at: map[string]time.Time{}}
	note := h.note
	in.sent.Store(&note)

	in.confirm(h, "warm", 20)
	alone := in.confirm(h, "alone", orders)
	for i := 0; i < marketing; i += 500 {
		var batch []map[string]any
		for j := i; j < min(i+500, marketing); j++ {
			who := identify(fmt.Sprint("reader-", j), "en")
			who["traits"].(map[string]any)["marketing_consent"] = true
			batch = append(batch, who, map[string]any{"type": "track", "userId": who["userId"], "event": "Newsletter Published"})
		}
		in.post(batch...)
	}
	in.eventually(time.Minute, "the newsletter goes out", func() bool { return h.with("reader-") > 0 })
	before := h.with("reader-")
	under := in.confirm(h, "under", orders)
	after := h.with("reader-")
	t.Logf("orders alone:           p50 %s  p99 %s", quantile(alone, 50), quantile(alone, 99))
	t.Logf("under marketing mails:  p50 %s  p99 %s; %d of %d had gone out before, %d during it", quantile(under, 50), quantile(under, 99), before, marketing, after-before)
	t.Logf("ratio: p50 %.2f  p99 %.2f", ratio(under, alone, 50), ratio(under, alone, 99))
}

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// confirm posts ten orders a second, each of another customer, and returns how long after the beginning of its request each
// confirmation reached the provider, shortest first.
func (in *inside) confirm(h *receipts, name string, orders int) []time.Duration {
	in.t.Helper()
	posted := map[string]time.Time{}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := range orders {
		<-tick.C
		user := fmt.Sprintf("%s-%d", name, i)
		posted[user+"@example.com"] = time.Now()
		in.post(identify(user, "en"), track(user, "Order Completed", user))
	}
	in.eventually(2*time.Minute, "all orders are confirmed", func() bool { return h.with(name+"-") == orders })
	h.mu.Lock()
	defer h.mu.Unlock()
	var took []time.Duration
	for address, at := range posted {
		took = append(took, h.at[address].Sub(at))
	}
	slices.Sort(took)
	return took
}

// quantile returns the percentile of sorted durations.
func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)].Round(100 * time.Microsecond)
}

func ratio(a, b []time.Duration, percent int) float64 {
	return float64(quantile(a, percent)) / float64(quantile(b, percent))
}
