package woo

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/woo/wootest"
	"klantreis/journey"
)

// day is when the orders of these tests are made.
var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// hookPath is to where webhooks post.
const hookPath = "/webhooks/shops/winkel"

// connected returns the adapter of a shop. It is the evening of the day.
func connected(s *wootest.Shop) *Adapter {
	return New(Options{
		Connection: "winkel", Secrets: []string{wootest.WebhookSecret}, Path: hookPath, Delivered: []string{"delivered"},
		URL: s.URL, Key: wootest.Key, Secret: wootest.Secret,
		Now: func() time.Time { return day.Add(12 * time.Hour) },
	})
}

// book is what the record does with what a shop tells: it keeps what is known of each object, and every event once.
type book struct {
	t      *testing.T
	known  map[string][]byte
	ids    map[string]bool
	events []journey.Event
}

func newBook(t *testing.T) *book {
	t.Helper()
	return &book{t: t, known: map[string][]byte{}, ids: map[string]bool{}}
}

// observe notes what is told, and returns the new events.
func (b *book) observe(changes ...shop.Change) []journey.Event {
	b.t.Helper()
	var fresh []journey.Event
	for _, c := range changes {
		told, err := c.Compare(b.known[c.Kind+c.ID])
		require.NoError(b.t, err)
		again, err := c.Compare(slices.Clone(told.State))
		require.NoError(b.t, err)
		require.Empty(b.t, again.Events, "what was told again is no news")
		b.known[c.Kind+c.ID] = told.State
		for _, e := range told.Events {
			require.LessOrEqual(b.t, len(e.MessageID), 100)
			require.False(b.t, b.ids[e.MessageID], "%s is told twice", e.MessageID)
			b.ids[e.MessageID] = true
			fresh = append(fresh, e)
		}
	}
	b.events = append(b.events, fresh...)
	return fresh
}

// post has a shop deliver something, and returns the new events.
func (b *book) post(a *Adapter, d wootest.Delivery) []journey.Event {
	b.t.Helper()
	got, err := a.Receive(wootest.Headers(d), d.Body)
	require.NoError(b.t, err)
	return b.observe(got.Changes...)
}

// walk has the adapter look through the shop until it is done, and returns where the next walk goes on, and the warning.
func (b *book) walk(a *Adapter, cursor string, since time.Time) (next, warning string) {
	b.t.Helper()
	for range 1000 {
		page, err := a.Page(b.t.Context(), cursor, since)
		require.NoError(b.t, err)
		b.observe(page.Changes...)
		cursor = page.Cursor
		if page.Done {
			return cursor, page.Warning
		}
	}
	require.Fail(b.t, "the walk never ends")
	return "", ""
}
