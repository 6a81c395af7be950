package shopify

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/shopify/shopifytest"
	"klantreis/journey"
)

const secret = "hush"

// now is the real instant of every test.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func adapter(o Options) *Adapter {
	o.Connection, o.Version, o.Token = "nl", "2026-01", shopifytest.Token
	o.Secrets = append([]string{secret}, o.Secrets...)
	o.Now = func() time.Time { return now }
	if o.URL == "" {
		o.URL = "https://nl.myshopify.com"
	}
	return New(o)
}

// memory keeps what is known of objects, and the events that were told, as the record does.
type memory struct {
	t       *testing.T
	adapter *Adapter
	known   map[string][]byte
	events  []journey.Event
	asked   []shop.PrivacyRequest
	seen    map[string]bool
}

func newMemory(t *testing.T, a *Adapter) *memory {
	t.Helper()
	return &memory{t: t, adapter: a, known: map[string][]byte{}, seen: map[string]bool{}}
}

// hear takes a webhook.
func (m *memory) hear(h shopifytest.Webhook) {
	m.t.Helper()
	d, err := m.adapter.Receive(h.Header(secret), h.Body)
	require.NoError(m.t, err, h.Topic)
	if d.Privacy != nil {
		m.asked = append(m.asked, *d.Privacy)
	}
	m.observe(d.Changes)
}

func (m *memory) observe(changes []shop.Change) {
	m.t.Helper()
	for _, c := range changes {
		key := c.Kind + "/" + c.ID
		before := string(m.known[key])
		told, err := c.Compare(m.known[key])
		require.NoError(m.t, err)
		again, err := c.Compare([]byte(before))
		if before == "" {
			again, err = c.Compare(nil)
		}
		require.NoError(m.t, err)
		require.JSONEq(m.t, string(told.State), string(again.State), "comparing is pure")
		require.Len(m.t, again.Events, len(told.Events))
		m.known[key] = told.State
		for _, e := range told.Events {
			require.False(m.t, m.seen[e.MessageID], "told twice: %s", e.MessageID)
			require.LessOrEqual(m.t, len(e.MessageID), 100)
			require.False(m.t, e.Timestamp.IsZero(), e.MessageID)
			m.seen[e.MessageID] = true
			m.events = append(m.events, e)
		}
	}
}

// walk asks the shop for everything.
func (m *memory) walk() {
	m.t.Helper()
	cursor := ""
	for range 100 {
		page, err := m.adapter.Page(m.t.Context(), cursor, now.Add(-48*time.Hour))
		require.NoError(m.t, err)
		m.observe(page.Changes)
		if cursor = page.Cursor; page.Done {
			require.Empty(m.t, page.Warning)
			return
		}
	}
	m.t.Fatal("the walk never ends")
}

// lines writes events one a line, for comparison.
func lines(t *testing.T, events []journey.Event) []string {
	t.Helper()
	list := make([]string, len(events))
	for i, e := range events {
		said := e.Properties
		if e.Type == journey.TypeIdentify {
			said = e.Traits
		}
		if e.Type == journey.TypeAlias {
			said = map[string]any{"was": e.PreviousID}
		}
		text, err := json.Marshal(said)
		require.NoError(t, err)
		list[i] = fmt.Sprintf("%s %s [%s] %s", e.Timestamp.Format("15:04:05.000000"), e.Name, e.UserID, text)
	}
	return list
}

// milestones are the events that must be the same in whatever order a shop tells things: all but those about versions that an
// out of order telling skips. Whose they are is told by who is the same person in the end.
func milestones(events []journey.Event) []string {
	same := map[string]string{shop.GuestUserID("bob@example.com"): "207119552"}
	var list []string
	for _, e := range events {
		if e.Type != journey.TypeTrack || e.Name == orderUpdated || strings.HasPrefix(e.Name, "Consent") || strings.HasPrefix(e.Name, "Product ") {
			continue
		}
		user := e.UserID
		if s, ok := same[user]; ok {
			user = s
		}
		properties := maps.Clone(e.Properties)
		for _, name := range []string{"products", "checkout_id", "revenue"} {
			delete(properties, name)
		}
		if properties["order_id"] == "5002" { // which was edited: what it says depends on the version that was seen first
			delete(properties, "total")
		}
		text, _ := json.Marshal(properties)
		list = append(list, fmt.Sprintf("%s [%s] %s", e.Name, user, text))
	}
	slices.Sort(list)
	return list
}

// facts are what a core knows of each customer after the events.
func facts(events []journey.Event) map[string]journey.Facts {
	same := map[string]string{shop.GuestUserID("bob@example.com"): "207119552"}
	by := map[string][]journey.Event{}
	for _, e := range events {
		e.ReceivedAt = now
		if s, ok := same[e.UserID]; ok {
			e.UserID = s
		}
		by[e.UserID] = append(by[e.UserID], e)
	}
	all := map[string]journey.Facts{}
	for user, told := range by {
		all[user] = journey.Facts{}.Told(told)
	}
	return all
}
