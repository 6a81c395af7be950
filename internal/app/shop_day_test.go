package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/examples"
	"klantreis/internal/bundle"
	shopkit "klantreis/internal/shop"
	"klantreis/internal/shop/shopify"
	"klantreis/internal/shop/shopify/shopifytest"
	"klantreis/internal/testserver"
)

// morning is before everything that the recorded day has.
var morning = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

// connected is a shop in virtual time with a connection from a Shopify shop.
type connected struct {
	*shopLife
	shops  *shops
	server *shopifytest.Shop
}

func connect(t *testing.T, url string) *connected {
	t.Helper()
	require.NoError(t, Migrate(t.Context(), config.Record{Database: config.Secret(url)}, func() time.Time { return morning }))
	life := openShop(t, url, morning)
	t.Cleanup(func() { require.NoError(t, life.record.Close()) })
	files, err := bundle.ReadFS(examples.Webshop(), "")
	require.NoError(t, err)
	life.publish(files)
	c := &connected{shopLife: life, server: shopifytest.New(t)}
	c.server.Bucket(1_000_000)
	a := &App{Options: Options{Roles: config.Roles{API: true}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return life.now }}, record: life.record, maps: life.publisher.maps}
	a.shops = newShops(a, func() {})
	c.shops = a.shops
	require.NoError(t, c.shops.add(&connection{name: "nl", kind: shopify.Kind, walks: true, adapter: shopify.New(shopify.Options{
		Connection: "nl", URL: c.server.URL, Version: "2026-01", Secrets: []string{"hush"}, Token: shopifytest.Token, Now: a.Now,
	})}))
	require.NoError(t, a.connectShops(t.Context()))
	c.shops.sleep = func(context.Context, time.Duration) error { return nil }
	return c
}

// post has the shop send a webhook, and customers decide.
func (c *connected) post(h shopifytest.Webhook) int {
	c.t.Helper()
	w := c.send(h)
	c.wake()
	return w.Code
}

// send has the shop send a webhook.
func (c *connected) send(h shopifytest.Webhook) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/webhooks/shops/nl", strings.NewReader(string(h.Body)))
	r.Header = h.Header("hush")
	r.SetPathValue("shop", "nl")
	w := httptest.NewRecorder()
	c.shops.ServeHTTP(w, r)
	return w
}

// wake has everybody decide for whom there is news. Who was merged into another one decides no more.
func (c *connected) wake() {
	c.t.Helper()
	claimed, err := c.record.ClaimWakes(c.t.Context(), c.now, 1000, time.Hour)
	require.NoError(c.t, err)
	ids := make([]string, 0, len(claimed))
	for _, wake := range claimed {
		ids = append(ids, wake.CustomerID)
	}
	for id := range c.next {
		if !slices.Contains(ids, id) && c.gone(id) {
			delete(c.next, id)
		}
	}
	for _, id := range ids {
		if c.gone(id) {
			delete(c.next, id)
			continue
		}
		reader, found, err := c.record.Reader(c.t.Context(), id)
		require.NoError(c.t, err)
		require.True(c.t, found)
		c.users[id] = reader.UserID
		c.decide(id)
	}
}

func (c *connected) gone(id string) bool {
	reader, found, err := c.record.Reader(c.t.Context(), id)
	require.NoError(c.t, err)
	return !found || reader.State.CustomerID != id
}

// walk asks the shop for what was missed.
func (c *connected) walk() {
	c.t.Helper()
	require.NoError(c.t, c.shops.walker(c.shops.connections["nl"]).Once(c.t.Context()))
	c.wake()
}

// sent lists the mails of all, with whose they are in the end.
func (c *connected) sent() []string {
	same := map[string]string{shopkit.GuestUserID("bob@example.com"): "207119552"}
	var list []string
	for user, mails := range c.mails {
		if s, ok := same[user]; ok {
			user = s
		}
		for _, m := range mails {
			list = append(list, user+" "+m.template)
		}
	}
	slices.Sort(list)
	return list
}

// mailsOfTheDay are one confirmation of every order, and one request for a review: Anna's and Dora's orders were refunded, and
// Carl cancelled his.
var mailsOfTheDay = []string{
	"207119551 order-confirmation", "207119552 order-confirmation", "207119552 review-request", "207119553 order-confirmation", "207119554 order-confirmation",
}

func databases(t *testing.T) map[string]func(*testing.T) string {
	t.Helper()
	return map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "record.db") },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) + "&pool_max_conns=8" },
	}
}

// TestARecordedDayOfAShopMailsWhatItShould plays the day as it happened, every webhook twice.
func TestARecordedDayOfAShopMailsWhatItShould(t *testing.T) {
	t.Parallel()
	for name, url := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, url(t))
			for _, h := range shopifytest.Day() {
				at, err := time.Parse(time.RFC3339, h.TriggeredAt)
				require.NoError(t, err)
				c.until(at.UTC())
				require.Equal(t, http.StatusOK, c.post(h))
				require.Equal(t, http.StatusOK, c.post(h))
			}
			require.Equal(t, []string{"207119551 order-confirmation", "207119552 order-confirmation", "207119553 order-confirmation", "207119554 order-confirmation"}, c.sent())
			c.until(morning.Add(9 * 24 * time.Hour))
			require.Equal(t, mailsOfTheDay, c.sent())
			open, err := c.record.PrivacyRequests(t.Context(), 10)
			require.NoError(t, err)
			require.Len(t, open, 2)
			anna, _, err := c.record.CustomerByUserID(t.Context(), "207119551")
			require.NoError(t, err)
			require.InDelta(t, 47.40, anna.State.Facts.TotalSpent, 0)
			consents, err := c.record.Consents(t.Context(), anna.State.CustomerID, 1<<40, 10)
			require.NoError(t, err)
			require.Len(t, consents, 2, "the ledger")
			guest, found, err := c.record.CustomerByUserID(t.Context(), shopkit.GuestUserID("bob@example.com"))
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, "207119552", guest.UserID, "one person")
		})
	}
}

// TestAShuffledDayWithGapsMailsTheSame has webhooks come late, in any order, twice or never. The walk finds what is missing.
func TestAShuffledDayWithGapsMailsTheSame(t *testing.T) {
	t.Parallel()
	day := shopifytest.Day()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 3))
			c := connect(t, "sqlite:"+filepath.Join(t.TempDir(), "record.db"))
			for _, h := range day {
				if collection, _, _ := strings.Cut(h.Topic, "/"); collection == "orders" {
					c.server.Put(collection, h.Body)
				}
			}
			c.until(morning.Add(15 * time.Hour))
			for _, i := range random.Perm(len(day)) {
				if random.IntN(3) == 0 && (strings.HasPrefix(day[i].Topic, "orders/") || strings.HasPrefix(day[i].Topic, "refunds/")) {
					continue
				}
				c.post(day[i])
				if random.IntN(3) == 0 {
					c.post(day[random.IntN(len(day))])
				}
			}
			c.walk()
			c.until(c.now.Add(time.Hour))
			c.walk()
			c.until(morning.Add(9 * 24 * time.Hour))
			require.Equal(t, mailsOfTheDay, c.sent())
		})
	}
}
