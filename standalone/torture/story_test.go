package torture

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// week is the wait of the map in real time.
func week(speed float64) time.Duration {
	return time.Duration(float64(7*24*time.Hour) / speed)
}

// act is something that a customer or the shop does, some time after the story began.
type act struct {
	after  time.Duration
	events []event
	// objects is the subject of a mail with which the reader objects, and how is the kind of report; or oneClick.
	objects, how string
	// user is who objects.
	user string
	// history is true for events that are imported.
	history bool
	// together is true to post each event by itself, all at the same time.
	together bool
	// once is true to post only one time, whatever comes of it.
	once bool
}

// story is what happens around one customer. Its acts come one after the other, each once the one before was acknowledged.
type story struct {
	acts []act
}

// writer draws stories.
type writer struct {
	rng    *rand.Rand
	week   time.Duration
	orders []string // the ids of real orders, used up first
	count  int
}

func (w *writer) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.rng.Int64N(int64(to-from)))
}

// story draws a story of one to three orders.
func (w *writer) story() story {
	w.count++
	user := fmt.Sprintf("cust-%d", w.count)
	var s story
	start := time.Duration(0)
	if w.rng.Float64() < 0.3 {
		s.acts = append(s.acts, act{events: []event{w.visit(user), w.visit(user)}})
		start = w.between(0, time.Second)
	}
	for range 1 + max(0, w.rng.IntN(5)-2) {
		s.acts = append(s.acts, w.order(user, start)...)
		start += w.between(0, 3*time.Second)
	}
	if w.rng.Float64() < 0.12 {
		s.acts = append(s.acts, w.alterEgo(user)...)
	}
	if w.rng.Float64() < 0.1 {
		s.acts = append(s.acts, w.history(user))
	}
	slices.SortStableFunc(s.acts, func(a, b act) int { return cmp.Compare(a.after, b.after) })
	return s
}

// alterEgo draws what a customer does under another id, until an alias says that both are one person; and after that.
func (w *writer) alterEgo(user string) []act {
	other := user + "-b"
	acts := w.order(other, w.between(0, 2*time.Second))
	joined := w.between(0, 4*time.Second+w.week)
	acts = append(acts, act{after: joined, events: []event{{Type: alias, UserID: user, Former: other, MessageID: user + "/alias"}}})
	if w.rng.Float64() < 0.5 {
		acts = append(acts, w.order(other, joined+w.between(0, 2*time.Second))...)
	}
	return acts
}

// imported is what the ids of orders from before our time begin with.
const imported = "imported-"

// history is an old order that is brought in afterwards: nobody is to be mailed about it.
func (w *writer) history(user string) act {
	id := imported + w.orderID()
	properties := map[string]any{"order_id": id, "total": 12.5, "currency": "EUR"}
	return act{after: w.between(0, 10*time.Second), history: true, events: []event{
		{Type: "track", Name: completed, UserID: user, MessageID: id + "/" + completed, Properties: properties},
		{Type: "track", Name: delivered, UserID: user, MessageID: id + "/" + delivered, Properties: properties},
	}}
}

// visit is a look at a product by somebody whose device is known, and who is known by it later.
func (w *writer) visit(user string) event {
	return event{Type: "track", Name: viewed, Device: "device-" + user, MessageID: fmt.Sprintf("visit-%016x", w.rng.Uint64())}
}

// order draws what happens around an order.
func (w *writer) order(user string, start time.Duration) []act {
	id := w.orderID()
	track := func(name, suffix string) event {
		return event{
			Type: "track", Name: name, UserID: user, MessageID: id + "/" + name + suffix,
			Properties: map[string]any{"order_id": id, "total": 59.9, "currency": "EUR"},
		}
	}
	known := event{
		Type: identify, UserID: user, Device: "device-" + user, MessageID: id + "/identify",
		Traits: map[string]any{"email": user + "@torture.example", "locale": "en", "timezone": w.zone()},
	}
	first := act{after: start, events: []event{known, track(completed, "")}}
	for i := range w.rng.IntN(4) {
		first.events = append(first.events, track(viewed, fmt.Sprint("/", i)))
	}
	sent := start + w.between(300*time.Millisecond, 2*time.Second)
	arrived := sent + w.between(300*time.Millisecond, 3*time.Second)
	acts := []act{first, {after: sent, events: []event{track(fulfilled, ""), track(viewed, "/sent")}}}
	if w.rng.Float64() < 0.93 {
		acts = append(acts, act{after: arrived, events: []event{track(delivered, "")}})
	}
	acts = append(acts, w.aftermath(user, id, arrived, track)...)
	if w.rng.Float64() < 0.3 {
		acts = append(acts, act{after: start + w.between(0, 6*time.Second), events: []event{track(joined, "")}})
	}
	if w.rng.Float64() < 0.04 { // a change of mind, at once
		acts = append(acts, act{after: start + w.between(0, time.Second), events: []event{track(cancelled, "/at-once")}})
	}
	switch dice := w.rng.Float64(); {
	case dice < 0.05: // the same events again, as a client that missed the answer
		again := first
		again.after += w.between(0, 10*time.Second)
		acts = append(acts, again)
	case dice < 0.08: // the same order under another messageId
		acts = append(acts, act{after: start + w.between(0, 10*time.Second), events: []event{track(completed, "/again")}})
	case dice < 0.20: // many things in one moment
		burst := act{after: start + w.between(0, time.Second), together: true}
		for i := range 6 {
			burst.events = append(burst.events, track(completed, fmt.Sprint("/burst/", i)))
		}
		acts = append(acts, burst)
	}
	return acts
}

// aftermath draws what comes of a delivery, often in the moments around a mail that falls due.
func (w *writer) aftermath(user, id string, arrived time.Duration, track func(name, suffix string) event) []act {
	due := arrived + w.week
	around := w.between(due-time.Second, due+w.week+5*time.Second)
	if w.rng.Float64() < 0.5 {
		around = w.between(due-time.Second, due+4*time.Second)
	}
	early := w.between(0, arrived+w.week)
	one := func(after time.Duration, e event) []act { return []act{{after: after, events: []event{e}}} }
	switch dice := w.rng.Float64(); {
	case dice < 0.20:
		return one(around, track(reviewed, ""))
	case dice < 0.30:
		return one(around, track(cancelled, ""))
	case dice < 0.36:
		return one(around, track(returned, ""))
	case dice < 0.42:
		return one(early, track(refunded, ""))
	case dice < 0.52:
		objection := track(withdrawn, "")
		objection.Properties = map[string]any{"class": []string{"service", "marketing", "all"}[w.rng.IntN(3)]}
		return one(around, objection)
	case dice < 0.60:
		subject := "order-confirmation " + id
		how := "unsubscribe"
		if w.rng.Float64() < 0.5 {
			subject, how = "review-request "+id, oneClick
		}
		if w.rng.Float64() < 0.3 {
			how = "spamreport"
		}
		return []act{{after: around, objects: subject, how: how, user: user}}
	case dice < 0.63:
		return []act{{after: early, objects: "order-confirmation " + id, how: bounce, user: user}}
	case dice < 0.70: // a client that does not try again
		return []act{{after: around, events: []event{track(reviewed, "/once")}, once: true}}
	default:
		return one(around+w.week, track(viewed, "/later"))
	}
}

// zone is where a customer lives: all the ids of one live in one place.
func (w *writer) zone() string {
	return []string{"Europe/Amsterdam", "America/New_York", "Asia/Tokyo"}[w.count%3]
}

func (w *writer) orderID() string {
	if len(w.orders) > 0 {
		id := w.orders[0]
		w.orders = w.orders[1:]
		return id
	}
	return fmt.Sprintf("%016x%016x", w.rng.Uint64(), w.rng.Uint64())
}
