package app

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/config"
	"klantreis/examples"
	"klantreis/internal/bundle"
	"klantreis/internal/shop/woo/wootest"
	"klantreis/internal/testserver"
)

// wooDay is a shop on WooCommerce, and what its customers get mailed by the example map for web shops.
type wooDay struct {
	*shopLife
	shops *shops
	woo   *wootest.Shop
}

// wooMorning is before anything happens on the recorded day.
var wooMorning = time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)

// wooRecord returns the URL of a migrated record.
func wooRecord(t *testing.T) string {
	t.Helper()
	record, err := migrated()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "record.db")
	require.NoError(t, os.WriteFile(path, record, 0o600))
	return "sqlite:" + path
}

func newWooDay(t *testing.T, url string) *wooDay {
	t.Helper()
	d := &wooDay{shopLife: openShop(t, url, wooMorning), woo: wootest.New(t)}
	t.Cleanup(func() { require.NoError(t, d.record.Close()) })
	b, err := bundle.ReadFS(examples.Webshop(), "")
	require.NoError(t, err)
	d.publish(b)
	a := &App{
		Options: Options{Now: func() time.Time { return d.now }, Log: slog.New(slog.DiscardHandler), Roles: config.Roles{API: true}},
		record:  d.record, maps: d.publisher.maps,
	}
	a.shops = newShops(a, func() {})
	a.shops.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	d.shops = a.shops
	c := config.Woo{
		Name: "winkel", URL: d.woo.URL, Secret: wootest.WebhookSecret, Key: wootest.Key, KeySecret: wootest.Secret, Delivered: []string{"delivered"},
	}
	require.NoError(t, d.shops.add(a.wooCommerce(c)))
	require.NoError(t, a.connectShops(t.Context()))
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	for _, topic := range []string{
		"order.created", "order.updated", "order.deleted", "customer.created", "customer.updated", "customer.deleted", "product.updated",
	} {
		hook := d.woo.AddHook(topic, server.URL+shopPath+"winkel")
		require.Equal(t, http.StatusOK, d.woo.Ping(t.Context(), hook))
	}
	return d
}

// ServeHTTP takes what the shop posts, as the route does.
func (d *wooDay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.SetPathValue("shop", strings.TrimPrefix(r.URL.Path, shopPath))
	d.shops.ServeHTTP(w, r)
}

// at lets time pass in the shop and here.
func (d *wooDay) at(now time.Time) {
	d.until(now)
	d.woo.Now(now)
}

// post delivers something, and decides what follows.
func (d *wooDay) post(delivery wootest.Delivery) {
	d.t.Helper()
	got := d.woo.Deliver(d.t.Context(), delivery)
	for tries := 0; tries < 5 && got[0] == http.StatusServiceUnavailable; tries++ { // A busy machine takes too long for it.
		got = d.woo.Deliver(d.t.Context(), delivery)
	}
	require.Equal(d.t, []int{http.StatusOK}, got)
	d.decideAll()
}

// decideAll has everybody decide who has news.
func (d *wooDay) decideAll() {
	d.t.Helper()
	claimed, err := d.record.ClaimWakes(d.t.Context(), d.now, 1000, hour)
	require.NoError(d.t, err)
	ids, err := d.record.CustomerIDs(d.t.Context(), wooUsers)
	require.NoError(d.t, err)
	for userID, id := range ids {
		d.users[id] = userID
	}
	for _, wake := range claimed {
		require.NotEmpty(d.t, d.users[wake.CustomerID], "nobody else is a customer")
		d.decide(wake.CustomerID)
	}
}

// walk asks the shop what was missed.
func (d *wooDay) walk() {
	d.t.Helper()
	require.NoError(d.t, d.shops.walker(d.shops.connections["winkel"]).Once(d.t.Context()))
	d.decideAll()
}

// connection returns how the connection fares.
func (d *wooDay) connection() api.Connection {
	d.t.Helper()
	list, err := connections{record: d.record, shops: d.shops}.Connections(d.t.Context())
	require.NoError(d.t, err)
	require.Len(d.t, list, 1)
	return list[0]
}

// mailed returns who was mailed what, within three weeks of the day.
func (d *wooDay) mailed() map[string][]string {
	d.until(wooMorning.AddDate(0, 0, 21))
	got := map[string][]string{}
	for user, mails := range d.mails {
		for _, m := range mails {
			got[user] = append(got[user], m.template)
		}
	}
	return got
}

// wooMails are the mails of the day: a confirmation for every order that was placed, in whatever currency, and none for a
// checkout that was left by somebody who never agreed to mail; and about the one order that was delivered two more.
var wooMails = map[string][]string{
	"17":                             {"order-confirmation", "order-confirmation"},
	"18":                             {"order-confirmation", "order-confirmation"},
	"19":                             {"order-confirmation", "review-request", "review-reminder"},
	"guest-w25puxsg67w62xzdj7tgf4ls": {"order-confirmation"},
	"guest-6ug7er33sss6ldkvptwmd7p6": {"order-confirmation"},
}

// wooUsers are all customers of the day: those, and who left the checkout.
var wooUsers = append(slices.Collect(maps.Keys(wooMails)), "guest-e4jkgfdx5veb3tkqu5xwlgdf")

func TestWooDayAsItHappens(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"sqlite": wooRecord,
		"postgres": func(t *testing.T) string {
			url := testserver.Postgres(t) + "&pool_max_conns=8"
			require.NoError(t, Migrate(t.Context(), config.Record{Database: config.Secret(url)}, now))
			return url
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newWooDay(t, url(t))
			for _, delivery := range d.woo.Day() {
				d.at(delivery.At.Add(time.Minute))
				d.post(delivery)
				d.post(delivery) // under another delivery id
			}
			require.Equal(t, wooMails, d.mailed())
		})
	}
}

// TestWooDayWithGaps delivers what happened in an hour in another order, in part twice, and in part never; then the shop is
// asked what changed.
func TestWooDayWithGaps(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		d, dice := newWooDay(t, wooRecord(t)), rand.New(rand.NewPCG(seed, 3))
		day := d.woo.Day()
		for from := wooMorning; from.Before(wooMorning.Add(13 * hour)); from = from.Add(hour) {
			end := from.Add(hour)
			var posted []wootest.Delivery
			for _, delivery := range day {
				if delivery.At.Before(from) || !delivery.At.Before(end) {
					continue
				}
				d.woo.Live(delivery)
				for range dice.IntN(3) {
					posted = append(posted, delivery)
				}
			}
			dice.Shuffle(len(posted), func(i, j int) { posted[i], posted[j] = posted[j], posted[i] })
			d.at(end)
			for _, delivery := range posted {
				d.post(delivery)
			}
			d.woo.Answer(http.StatusTooManyRequests, 0, http.StatusBadGateway)
			d.walk()
		}
		require.Equal(t, wooMails, d.mailed(), "seed %d", seed)
	}
}

// TestWooGuestRegisters has the shop give a guest's order to the account that the guest made: what waits for the order goes on.
func TestWooGuestRegisters(t *testing.T) {
	t.Parallel()
	d := newWooDay(t, wooRecord(t))
	order := func(status, modified, customer string) wootest.Delivery {
		return wootest.Delivery{Topic: "order.updated", Body: []byte(`{"id":7,"status":"` + status + `","currency":"EUR","total":"10.00","customer_id":` + customer + `,
			"date_created_gmt":"2026-03-02T08:00:00","date_paid_gmt":"2026-03-02T08:00:00","date_modified_gmt":"2026-03-02T` + modified + `",
			"billing":{"email":"bram.jansen@example.com"}}`)}
	}
	const guest = "guest-w25puxsg67w62xzdj7tgf4ls"
	d.at(wooMorning.Add(2 * hour))
	d.post(order("delivered", "08:30:00", "0"))
	require.Equal(t, []string{"order-confirmation"}, templates(d.mails[guest]))
	ids, err := d.record.CustomerIDs(t.Context(), []string{guest})
	require.NoError(t, err)
	d.at(wooMorning.Add(3 * hour))
	d.post(order("completed", "09:30:00", "17"))
	merged, err := d.record.CustomerIDs(t.Context(), []string{guest, "17"})
	require.NoError(t, err)
	require.Equal(t, merged["17"], merged[guest])
	if merged[guest] != ids[guest] {
		delete(d.next, ids[guest]) // whose workflow ends
	}
	mailed := d.mailed()
	require.Equal(t, []string{"order-confirmation", "review-request", "review-reminder"}, append(mailed[guest], mailed["17"]...))
}

func templates(mails []sentMail) []string {
	var list []string
	for _, m := range mails {
		list = append(list, m.template)
	}
	return list
}
