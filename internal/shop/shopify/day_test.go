package shopify

import (
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/shopify/shopifytest"
	"klantreis/journey"
)

var update = flag.Bool("update", false, "write what was told to testdata")

func TestADayOfAShop(t *testing.T) {
	t.Parallel()
	m := newMemory(t, adapter(Options{}))
	for _, h := range shopifytest.Day() {
		m.hear(h)
		m.hear(h) // Shopify sends twice what it is not sure of.
	}
	got := strings.Join(lines(t, m.events), "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile("testdata/day.txt", []byte(got), 0o600))
	}
	want, err := os.ReadFile("testdata/day.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), got)
	require.Equal(t, []shop.PrivacyRequest{
		{ID: "customers/data_request/9999", Kind: shop.DataRequest, UserIDs: []string{"207119553", shop.GuestUserID("carl@example.com")}},
		{ID: "customers/redact/e-0038", Kind: shop.RedactCustomer, UserIDs: []string{"207119553", shop.GuestUserID("carl@example.com")}},
	}, []shop.PrivacyRequest{m.asked[0], m.asked[2]})
	require.Equal(t, m.asked[0], m.asked[1])

	for user, want := range map[string]struct {
		orders int64
		spent  float64
		status string
	}{
		"207119551": {1, 47.40, "delivered"}, "207119552": {1, 19.95, "delivered"}, "207119553": {0, 0, "cancelled"}, "207119554": {0, 0, "refunded"},
	} {
		f := facts(m.events)[user]
		require.Equal(t, want.orders, f.Orders, user)
		require.InDelta(t, want.spent, f.TotalSpent, 0, user)
		require.Equal(t, want.status, f.RecentOrders[0].Status, user)
	}
	require.False(t, facts(m.events)["207119551"].Consents[journey.Marketing].Given)
	require.True(t, facts(m.events)["207119554"].Consents[journey.Marketing].Given)
	require.False(t, facts(m.events)["207119555"].Consents[journey.Marketing].Given, "deleted")
}

// TestTheOrderOfTellingDoesNotMatter tells the day in other orders, some of it twice and some of it never; the walk through the
// shop then fills the gaps.
func TestTheOrderOfTellingDoesNotMatter(t *testing.T) {
	t.Parallel()
	day := shopifytest.Day()
	inOrder := newMemory(t, adapter(Options{}))
	for _, h := range day {
		inOrder.hear(h)
	}
	want := milestones(inOrder.events)
	server := shopifytest.New(t)
	fill(server, day)
	server.Bucket(1_000_000)
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		m := newMemory(t, adapter(Options{URL: server.URL}))
		for _, i := range random.Perm(len(day)) {
			topic := day[i].Topic
			lost := random.IntN(4) == 0 && (strings.HasPrefix(topic, "orders/") || strings.HasPrefix(topic, "refunds/") || topic == "customers/update")
			if lost {
				continue
			}
			m.hear(day[i])
			if random.IntN(3) == 0 {
				m.hear(day[random.IntN(len(day))])
			}
		}
		m.walk()
		before := len(m.events)
		m.walk()
		require.Len(t, m.events, before, "a second walk tells nothing")
		// What is lost for good: a checkout, what was deleted, and where a parcel is, which orders do not say.
		require.Equal(t, want, milestones(m.events), "seed %d", seed)
		checkFacts(t, facts(inOrder.events), facts(m.events), seed)
	}
}

// checkFacts demands the same of what maps decide by.
func checkFacts(t *testing.T, want, got map[string]journey.Facts, seed uint64) {
	t.Helper()
	for user, w := range want {
		g := got[user]
		require.Equal(t, w.Consents[journey.Marketing].Given, g.Consents[journey.Marketing].Given, "seed %d user %s", seed, user)
		require.Equal(t, w.Orders, g.Orders, "seed %d user %s", seed, user)
		switch user {
		case "207119552": // whose order was edited, and who was a guest by another name
			require.Equal(t, w.Traits["email"], g.Traits["email"], "seed %d", seed)
		case "207119555": // who was deleted, and of whom nothing is told after that
		default:
			require.InDelta(t, w.TotalSpent, g.TotalSpent, 0, "seed %d user %s", seed, user)
			require.Equal(t, w.Traits, g.Traits, "seed %d user %s", seed, user)
		}
	}
}

// fill puts into a shop what it has at the end of a day.
func fill(server *shopifytest.Shop, day []shopifytest.Webhook) {
	for _, h := range day {
		collection, what, _ := strings.Cut(h.Topic, "/")
		switch {
		case h.Topic == "customers/delete":
			server.Delete("customers", "207119555")
		case collection == "orders", collection == "products", collection == "customers" && (what == "create" || what == "update"):
			server.Put(collection, h.Body)
		}
	}
}
