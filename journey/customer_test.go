package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// knownCustomer is a customer of whom all is known that can be.
func knownCustomer() *State {
	at := func(e Event, after time.Duration) Event {
		e.Timestamp = engineStart.Add(after)
		return e
	}
	f := learnAll(
		at(Event{Type: TypePage, Name: TypePage, Context: map[string]any{
			"campaign": map[string]any{"source": "google", "medium": "cpc"}, "timezone": "Europe/Amsterdam",
		}}, -40*day),
		at(ordered(map[string]any{"order_id": "A1", "total": 30.0, "products": []any{
			map[string]any{"product_id": "p1", "name": "Tea", "category": "tea", "quantity": 2.0, "price": 15.0},
		}}), -30*day),
		at(ordered(map[string]any{"order_id": "A2", "total": 20.0, "products": []any{
			map[string]any{"sku": "s2", "category": "coffee"},
		}}), -10*day),
		at(Event{Type: TypeTrack, Name: SurveyAnswered, Properties: map[string]any{"survey": "nps", "score": 9.0}}, -8*day),
		at(Event{Type: TypeTrack, Name: ConsentGiven, Properties: map[string]any{"class": "service"}}, -7*day),
		at(Event{Type: TypeTrack, Name: ConsentWithdrawn, Properties: map[string]any{"class": "marketing"}}, -6*day),
		at(Event{Type: TypeTrack, Name: TaskCreated, Properties: map[string]any{"task_id": "t1"}}, -5*day),
		at(identify(map[string]any{"country": "nl"}), -4*day),
	)
	f.LastSent = map[Class]time.Time{Service: engineStart.Add(-3 * day)}
	return &State{CustomerID: "c-1", Phase: "care", PhaseSince: engineStart, Facts: f}
}

func TestCustomerInConditions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text            string
		known, stranger any // true or false, or the text of an error
	}{
		"persona":              {`customer.persona == ""`, true, true},
		"place":                {`customer.timezone == "Europe/Amsterdam" && customer.country == "NL"`, true, false},
		"days since order":     {"customer.days_since_order == 10.0", true, false},
		"days, whole number":   {"customer.days_since_order > 9", true, false},
		"recent orders":        {`customer.recent_orders.exists(o, o.id == "A2" && o.status == "completed" && o.total > 19)`, true, false},
		"newest order":         {"customer.recent_orders[size(customer.recent_orders) - 1].at == customer.last_order_at", true, "index out of bounds"},
		"lines":                {`customer.recent_orders.exists(o, o.lines.exists(l, l.category == "tea" && l.quantity >= 2 && l.price > 14.5))`, true, false},
		"no lines":             {"customer.recent_orders.all(o, size(o.refunds) == 0)", true, true},
		"line by sku":          {`customer.recent_orders.exists(o, o.lines.exists(l, l.sku == "s2" && l.product_id == "" && l.name == ""))`, true, false},
		"favourite category":   {`customer.favourite_category == "tea"`, true, false},
		"campaigns":            {`customer.first_campaign.source == "google" && customer.last_campaign.medium == "cpc"`, true, false},
		"has a campaign":       {"has(customer.first_campaign)", true, false},
		"has no term":          {"has(customer.first_campaign.term)", false, false},
		"consent":              {"customer.consent.service && !customer.consent.marketing", true, "no such key"},
		"has consent":          {"has(customer.consent.marketing)", true, false},
		"last sent":            {`now - customer.last_sent.service == duration("72h")`, true, "no such key"},
		"last sent, by name":   {`"service" in customer.last_sent && !("marketing" in customer.last_sent)`, true, false},
		"has last sent":        {"has(customer.last_sent.service)", true, false},
		"open tasks":           {"customer.open_tasks > 0", true, false},
		"scores":               {"has(customer.scores.nps) && customer.scores.nps >= 9", true, false},
		"score, by name":       {`"nps" in customer.scores && customer.scores["nps"] == 9.0`, true, false},
		"score, by default":    {"customer.scores.?nps.orValue(0.0) > 8", true, false},
		"next order":           {"customer.next_order_expected > now", true, false},
		"has next order":       {"has(customer.next_order_expected)", true, false},
		"before the next":      {`customer.next_order_expected - duration("72h") > customer.last_order_at`, true, false},
		"one day, two classes": {"size(customer.consent) == 2", true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := withExpression(t, tt.text, yieldsBool)
			for s, want := range map[*State]any{knownCustomer(): tt.known, {}: tt.stranger} {
				got, err := m.holds(tt.text, &vars{customer: s.customerAt(engineStart, Rhythm{}), now: engineStart})
				if fault, ok := want.(string); ok {
					require.ErrorContains(t, err, fault)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
		})
	}
}

func TestCustomerWithoutThePresent(t *testing.T) {
	t.Parallel()
	s := knownCustomer()
	timeless, at := s.customer(), s.customerAt(engineStart.Add(day), Rhythm{})
	require.Zero(t, timeless.DaysSinceOrder)
	require.Zero(t, timeless.NextOrderExpected)
	require.InDelta(t, 11, at.DaysSinceOrder, 1e-9)
	want := Rhythm{}.expect(&s.Facts, engineStart.Add(day))
	require.Equal(t, want, at.NextOrderExpected)
	at.DaysSinceOrder, at.NextOrderExpected = 0, time.Time{}
	require.Equal(t, timeless, at)
	require.Zero(t, s.customerAt(engineStart.Add(-100*day), Rhythm{}).DaysSinceOrder, "an order of the future is no days ago")
}

func BenchmarkCustomerAt(b *testing.B) {
	s := knownCustomer()
	b.ReportAllocs()
	for b.Loop() {
		s.customerAt(engineStart, Rhythm{})
	}
}
