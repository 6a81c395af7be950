package journey

import "time"

// Customer is what conditions see as `customer`.
type Customer struct {
	// Phase is the id of the phase the customer is in; empty before the first.
	Phase string `cel:"phase"`
	// PhaseSince is when the customer entered it.
	PhaseSince time.Time `cel:"phase_since"`
	// Traits are the newest values given by identify.
	Traits map[string]any `cel:"traits"`
	// Persona is the id of the persona that the customer is like; empty for none. Who makes the Customer sets it.
	Persona string `cel:"persona"`
	// Locale is the customer's language tag; empty when unknown.
	Locale string `cel:"locale"`
	// Timezone is the customer's IANA zone name; empty when unknown.
	Timezone string `cel:"timezone"`
	// Country is the customer's country, usually two capital letters; empty when unknown.
	Country string `cel:"country"`
	// FirstSeen is the timestamp of the earliest event.
	FirstSeen time.Time `cel:"first_seen"`
	// LastSeen is the timestamp of the latest event.
	LastSeen time.Time `cel:"last_seen"`
	// Orders are how many orders the customer bought; cancelled and fully refunded ones do not count.
	Orders int64 `cel:"orders"`
	// TotalSpent is the sum of the totals of these orders less what was refunded of them, in the shop's currency.
	TotalSpent float64 `cel:"total_spent"`
	// AverageOrder is TotalSpent divided by Orders; zero without orders.
	AverageOrder float64 `cel:"average_order"`
	// FirstOrderAt is the timestamp of the first order; 1 January 1970 without one, and has(customer.first_order_at) is false then.
	FirstOrderAt time.Time `cel:"first_order_at"`
	// LastOrderAt is the timestamp of the last order; 1 January 1970 without one, and has(customer.last_order_at) is false then.
	LastOrderAt time.Time `cel:"last_order_at"`
	// DaysSinceOrder are the days from LastOrderAt to now, with a fraction; zero without an order.
	DaysSinceOrder float64 `cel:"days_since_order"`
	// RecentOrders are the last 20 orders at most, newest last.
	RecentOrders []Order `cel:"recent_orders"`
	// FavouriteCategory is the product category of which the customer bought most; empty when unknown.
	FavouriteCategory string `cel:"favourite_category"`
	// FirstCampaign and LastCampaign are where the customer came from; their texts are empty when unknown.
	FirstCampaign *Campaign `cel:"first_campaign"`
	LastCampaign  *Campaign `cel:"last_campaign"`
	// Consent says by message class whether the customer consented; a class about which they said nothing is not in it.
	Consent map[string]bool `cel:"consent"`
	// LastSent says by message class when the last message went out; a class of which none did is not in it.
	LastSent map[Class]time.Time `cel:"last_sent"`
	// OpenTasks are how many tasks about the customer somebody has yet to do.
	OpenTasks int64 `cel:"open_tasks"`
	// Scores are the last answers by survey.
	Scores map[string]float64 `cel:"scores"`
	// NextOrderExpected is when the next order is expected, see Rhythm; 1 January 1970 without an order, and
	// has(customer.next_order_expected) is false then.
	NextOrderExpected time.Time `cel:"next_order_expected"`
}

// customer returns what conditions see of the state, without what depends on the present: days_since_order and
// next_order_expected.
func (s *State) customer() *Customer {
	f := &s.Facts
	c := &Customer{
		Phase: s.Phase, PhaseSince: s.PhaseSince, Traits: f.Traits,
		Locale: f.Locale, Timezone: f.Timezone, Country: f.Country,
		FirstSeen: f.FirstSeen, LastSeen: f.LastSeen,
		Orders: f.Orders, TotalSpent: f.TotalSpent, FirstOrderAt: f.FirstOrderAt, LastOrderAt: f.LastOrderAt,
		RecentOrders: f.RecentOrders, FavouriteCategory: f.FavouriteCategory,
		FirstCampaign: f.FirstCampaign, LastCampaign: f.LastCampaign,
		Consent: consentView(f), LastSent: f.LastSent, OpenTasks: f.OpenTasks(), Scores: f.Scores,
	}
	if c.Traits == nil {
		c.Traits = noTraits
	}
	if f.Orders > 0 {
		c.AverageOrder = f.TotalSpent / float64(f.Orders)
	}
	return c
}

// customerAt returns what conditions see of the state at an instant of journey time. Persona is left empty.
func (s *State) customerAt(now time.Time, r Rhythm) *Customer {
	c := s.customer()
	if last := s.Facts.LastOrderAt; !last.IsZero() {
		c.DaysSinceOrder = max(0, now.Sub(last).Hours()/24)
	}
	c.NextOrderExpected = r.expect(&s.Facts, now)
	return c
}

// noTraits stands for the traits of a customer without any.
var noTraits = map[string]any{}

// consentViews are all that can be known about the consent to service and to marketing messages, by what is known of each:
// 0 for nothing, 1 for an objection, 2 for consent. They are made once, because a Customer is made for every event.
var consentViews = func() (views [3][3]map[string]bool) {
	for service := range views {
		for marketing := range views[service] {
			view := map[string]bool{}
			for class, known := range map[Class]int{Service: service, Marketing: marketing} {
				if known > 0 {
					view[string(class)] = known == 2
				}
			}
			views[service][marketing] = view
		}
	}
	return views
}()

func consentView(f *Facts) map[string]bool {
	if len(f.Consents) == 0 {
		return consentViews[0][0]
	}
	known := func(class Class) int {
		switch given, known := f.Consent(class); {
		case !known:
			return 0
		case !given:
			return 1
		}
		return 2
	}
	return consentViews[known(Service)][known(Marketing)]
}
