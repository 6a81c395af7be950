package journey

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// joinEvents makes events of one person: few enough that nothing is forgotten.
func joinEvents(random *rand.Rand, n int) []Event {
	var events []Event
	for i := range n {
		e := Event{
			Seq: int64(i), Type: TypeTrack, Timestamp: engineStart.Add(time.Duration(random.IntN(1000)) * time.Hour),
			Context: map[string]any{},
		}
		order := fmt.Sprintf("A%d", random.IntN(6))
		switch random.IntN(10) {
		case 0, 1, 2:
			e.Name = OrderCompleted
			// An order looks the same whoever it is told of.
			e.Timestamp = engineStart.Add(time.Duration(order[1]-'0') * 100 * time.Hour)
			e.Properties = map[string]any{"order_id": order, "total": 10.0, "products": []any{map[string]any{"category": "c" + order, "quantity": 2.0}}}
		case 3:
			e.Name = []string{OrderFulfilled, OrderDelivered, OrderReturned, OrderCancelled}[random.IntN(4)]
			e.Properties = map[string]any{"order_id": order}
		case 4:
			e.Name, e.Properties = OrderRefunded, map[string]any{"order_id": order, "total": 4.0}
		case 5:
			e.Name, e.Properties = SurveyAnswered, map[string]any{"survey": fmt.Sprint(random.IntN(3)), "score": float64(random.IntN(10))}
		case 6:
			e.Name, e.Properties = []string{ConsentGiven, ConsentWithdrawn}[random.IntN(2)], map[string]any{"class": "marketing"}
		case 7:
			e.Name, e.Properties = []string{TaskCreated, TaskCompleted}[random.IntN(2)], map[string]any{"task_id": fmt.Sprint(random.IntN(4))}
		case 8:
			e.Name, e.Context = "Product Viewed", map[string]any{"campaign": map[string]any{"source": fmt.Sprint(i, random.IntN(1000))}}
		default:
			e.Name = "Product Viewed"
		}
		events = append(events, e)
	}
	return events
}

// TestJoinIsWhatOneCustomerWouldHaveLearnt gives two customers events, also of the same orders and tasks.
func TestJoinIsWhatOneCustomerWouldHaveLearnt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		// No two events of one instant, because the order in which they are told then counts.
		events := joinEvents(random, 2+random.IntN(14))
		for i := range events {
			if events[i].Name != OrderCompleted {
				events[i].Timestamp = events[i].Timestamp.Add(time.Duration(i+1) * time.Second)
			}
		}
		cut := random.IntN(len(events))
		one, other := learnAll(events[:cut]...), learnAll(events[cut:]...)
		before := fmt.Sprintf("%+v %+v", one, other)
		want := learnAll(events...)
		for name, got := range map[string]Facts{"one": one.Join(other), "other": other.Join(one)} {
			// In what order tasks are known says nothing.
			for _, f := range []*Facts{&got, &want} {
				f.OpenTaskIDs, f.DoneTaskIDs = slices.Sorted(slices.Values(f.OpenTaskIDs)), slices.Sorted(slices.Values(f.DoneTaskIDs))
				f.EarlyChanges, f.RecentOrders = slices.Clone(f.EarlyChanges), slices.Clone(f.RecentOrders)
				slices.SortFunc(f.EarlyChanges, func(a, b OrderChange) int { return compareChanges(a, b) })
				for i := range f.RecentOrders {
					f.RecentOrders[i].Refunds = slices.Clone(f.RecentOrders[i].Refunds)
					slices.SortFunc(f.RecentOrders[i].Refunds, func(a, b Refund) int { return a.At.Compare(b.At) })
				}
			}
			require.Equal(t, fmt.Sprintf("%+v", flat(want)), fmt.Sprintf("%+v", flat(got)), "seed %d, into %s", seed, name)
		}
		require.Equal(t, before, fmt.Sprintf("%+v %+v", one, other), "neither is changed")
	}
}

// flat is what can be printed and compared.
func flat(f Facts) any {
	type campaigns struct{ First, Last Campaign }
	var c campaigns
	if f.FirstCampaign != nil {
		c = campaigns{*f.FirstCampaign, *f.LastCampaign}
	}
	f.FirstCampaign, f.LastCampaign = nil, nil
	if len(f.OpenTaskIDs) == 0 {
		f.OpenTaskIDs = nil
	}
	return []any{f, c}
}

func compareChanges(a, b OrderChange) int {
	return slices.Compare([]string{a.ID, a.Status, a.Refund.At.String()}, []string{b.ID, b.Status, b.Refund.At.String()})
}

func TestJoinOfWhatDecisionsDid(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time { return engineStart.Add(time.Duration(h) * time.Hour) }
	one := Facts{
		FirstSeen: at(0), LastSeen: at(5),
		Last:     map[string]time.Time{"both": at(1), "mine": at(2)},
		Fired:    map[string]time.Time{"a": at(1), "b": at(4)},
		LastSent: map[Class]time.Time{Marketing: at(3)},
		Slots:    []Slot{{MessageID: "m1", Class: Marketing, At: at(3)}},
	}
	other := Facts{
		FirstSeen: at(0), LastSeen: at(4),
		Last:     map[string]time.Time{"both": at(3), "theirs": at(2)},
		Fired:    map[string]time.Time{"a": at(2)},
		LastSent: map[Class]time.Time{Marketing: at(2), Service: at(1)},
		Slots:    []Slot{{MessageID: "m0", Class: Marketing, At: at(2)}, {MessageID: "m1", Class: Marketing, At: at(3)}},
	}
	got := one.Join(other)
	require.Equal(t, map[string]time.Time{"both": at(3)}, got.Last, "the others are looked up again")
	require.Equal(t, map[string]time.Time{"a": at(2), "b": at(4)}, got.Fired)
	require.Equal(t, map[Class]time.Time{Marketing: at(3), Service: at(1)}, got.LastSent)
	require.Equal(t, []Slot{{MessageID: "m0", Class: Marketing, At: at(2)}, {MessageID: "m1", Class: Marketing, At: at(3)}}, got.Slots)
	require.Equal(t, one.Last, one.Join(Facts{}).Last, "of somebody new there is nothing to look up")
	require.Equal(t, one.Last, Facts{}.Join(one).Last)
}

func TestJoinOfTraits(t *testing.T) {
	t.Parallel()
	address := map[string]any{"country": "be"}
	older := Facts{LastSeen: engineStart, Locale: "en", Timezone: "Europe/London", Traits: map[string]any{"email": "old@example.com", "name": "Jan", "address": address, "locale": "nl-BE"}}
	newer := Facts{LastSeen: engineStart.Add(time.Hour), Locale: "de", Country: "DE", Traits: map[string]any{"email": "new@example.com"}}
	for _, got := range []Facts{older.Join(newer), newer.Join(older)} {
		require.Equal(t, map[string]any{"email": "new@example.com", "name": "Jan", "address": address, "locale": "nl-BE"}, got.Traits)
		require.Equal(t, "nl-BE", got.Locale, "a trait comes before what a browser says")
		require.Equal(t, "Europe/London", got.Timezone)
		require.Equal(t, "BE", got.Country)
	}
	objected := map[Class]Consent{Marketing: {Given: false, At: engineStart.Add(time.Minute)}}
	given := map[Class]Consent{Marketing: {Given: true, At: engineStart}}
	require.Equal(t, objected, Facts{Consents: objected}.Join(Facts{Consents: given}).Consents)
	require.Equal(t, objected, Facts{Consents: given}.Join(Facts{Consents: objected}).Consents)
}

// TestJoinForgetsNoField fails when a fact is added that Join knows nothing of.
func TestJoinForgetsNoField(t *testing.T) {
	t.Parallel()
	at := engineStart
	full := Facts{
		Traits: map[string]any{"a": 1.0}, Locale: "nl", Timezone: "Europe/Amsterdam", Country: "NL", FirstSeen: at, LastSeen: at,
		Orders: 1, TotalSpent: 10, FirstOrderAt: at, LastOrderAt: at, RecentOrders: []Order{{ID: "A1", At: at, Total: 10, Status: statusCompleted}},
		EarlyChanges: []OrderChange{{ID: "A2", Status: statusDelivered}}, OlderGaps: Gaps{Count: 1, Days: 2, Until: at},
		Categories: map[string]Bought{"c": {Quantity: 1, At: at}}, FavouriteCategory: "c",
		FirstCampaign: &Campaign{Source: "s", At: at}, LastCampaign: &Campaign{Source: "t", At: at},
		Scores: map[string]float64{"nps": 9}, ScoredAt: map[string]time.Time{"nps": at}, Consents: map[Class]Consent{Marketing: {Given: true, At: at}},
		Topics: map[string]Consent{"tips": {At: at}}, Preferences: Preferences{Weekly: true, WeeklyAt: at, NotBefore: at.Add(time.Hour), NotBeforeAt: at},
		OpenTaskIDs: []string{"t1"}, DoneTaskIDs: []string{"t2"},
		Last: map[string]time.Time{"e": at}, Fired: map[string]time.Time{"r": at}, LastSent: map[Class]time.Time{Service: at},
		Slots: []Slot{{MessageID: "m", Class: Service, At: at}}, Done: map[string][]Deed{"r_1": {{What: "mail"}}},
	}
	value := reflect.ValueOf(full)
	for i := range value.NumField() {
		require.False(t, value.Field(i).IsZero(), "give the new field %s a value here, and see that Join knows it", value.Type().Field(i).Name)
	}
	require.Equal(t, full, Facts{}.Join(full))
	require.Equal(t, full, full.Join(Facts{}))
}
