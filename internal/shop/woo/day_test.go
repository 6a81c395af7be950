package woo

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/woo/wootest"
	"klantreis/journey"
)

var update = flag.Bool("update", false, "write the golden files")

// line writes an event as a line.
func line(e journey.Event) string {
	what := e.Name
	switch e.Type {
	case journey.TypeIdentify:
		what += fmt.Sprintf(" %v", e.Traits["email"])
	case journey.TypeAlias:
		what += " of " + e.PreviousID
	}
	for _, name := range []string{"order_id", "status", "refund_id", "product_id", "former_price", "price", "total", "revenue", "shipping", "tax", "currency"} {
		if value := e.Properties[name]; value != nil {
			what += fmt.Sprintf(" %s=%v", name, value)
		}
	}
	products, _ := e.Properties["products"].([]any)
	for _, item := range products {
		p := item.(map[string]any)
		what += fmt.Sprintf(" [%v× %v %v]", p["quantity"], p["name"], p["price"])
	}
	traits, _ := e.Context["traits"].(map[string]any)
	if traits != nil {
		what += fmt.Sprintf(" from %v %v <%v>", traits["firstName"], traits["lastName"], traits["email"])
	}
	return fmt.Sprintf("%s %s: %s", e.Timestamp.Format("15:04:05.999999"), e.UserID, what)
}

func lines(events []journey.Event) string {
	events = slices.SortedStableFunc(slices.Values(events), func(a, b journey.Event) int { return a.Timestamp.Compare(b.Timestamp) })
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, line(e))
	}
	return b.String()
}

func TestDay(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	a, b := connected(s), newBook(t)
	for _, d := range s.Day() {
		b.post(a, d)
		require.Empty(t, b.post(a, d), "delivered again")
	}
	got := lines(b.events)
	if *update {
		require.NoError(t, os.WriteFile("testdata/day.txt", []byte(got), 0o600))
	}
	want, err := os.ReadFile("testdata/day.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// news are events that tell of two versions of an object that one is not like the other: who never saw one of the two cannot
// tell.
var news = []string{"Order Updated", "Product Price Dropped", "Product Back In Stock", "identify", "Checkout Started"}

// certain returns what must be told however the day comes in: by object and kind, and what was given back. What an order is
// about is told as it was when it was first seen.
func certain(events []journey.Event) []string {
	var list []string
	for _, e := range events {
		if !slices.Contains(news, e.Name) {
			what := e.MessageID + " " + e.UserID + " "
			if e.Name == journey.OrderRefunded {
				what += fmt.Sprint(e.Properties["total"])
			}
			list = append(list, what)
		}
	}
	slices.SortFunc(list, cmp.Compare)
	return list
}

// inOrder is what the day tells when everything comes as it happened.
func inOrder(t *testing.T, s *wootest.Shop) []journey.Event {
	t.Helper()
	a, b := connected(s), newBook(t)
	for _, d := range s.Day() {
		b.post(a, d)
	}
	return b.events
}

// shuffled returns the day in another order, in part, and in part twice.
func shuffled(day []wootest.Delivery, dice *rand.Rand, missing float64) []wootest.Delivery {
	var list []wootest.Delivery
	for _, d := range day {
		if dice.Float64() < missing {
			continue
		}
		list = append(list, d)
		if dice.IntN(3) == 0 {
			list = append(list, d)
		}
	}
	dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// inDoubt takes out what the shop itself forgets: once Dirk's account is deleted, his orders do not say any more whose they
// were, and nobody who asks hears of the account.
func inDoubt(list []string, missed bool) []string {
	if missed {
		list = slices.DeleteFunc(list, func(line string) bool { return strings.Contains(line, "/customer/18/deleted") })
	}
	for i := range list {
		list[i] = strings.NewReplacer(" 18 ", " dirk ", shop.GuestUserID("dirk@example.com"), "dirk").Replace(list[i])
	}
	return list
}

func TestDayShuffled(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	want := inDoubt(certain(inOrder(t, s)), false)
	for seed := range uint64(60) {
		a, b := connected(s), newBook(t)
		for _, d := range shuffled(s.Day(), rand.New(rand.NewPCG(seed, 1)), 0) {
			b.post(a, d)
		}
		require.Equal(t, want, inDoubt(certain(b.events), false), "seed %d", seed)
	}
}

// TestDayWithGaps loses half of the deliveries, and walks through the shop twice.
func TestDayWithGaps(t *testing.T) {
	t.Parallel()
	s := wootest.New(t)
	want := inDoubt(certain(inOrder(t, s)), true)
	for _, d := range s.Day() {
		s.Live(d)
	}
	for seed := range uint64(60) {
		a, b := connected(s), newBook(t)
		for _, d := range shuffled(s.Day(), rand.New(rand.NewPCG(seed, 2)), 0.5) {
			b.post(a, d)
		}
		cursor, _ := b.walk(a, "", day.Add(-time.Hour))
		require.Equal(t, want, inDoubt(certain(b.events), true), "seed %d", seed)
		before := len(b.events)
		b.walk(a, cursor, day)
		require.Len(t, b.events, before, "the second walk tells nothing again")
	}
}
