package torture

import (
	"sync"
	"time"
)

// posted is one event as the shop knows it.
type posted struct {
	MessageID, UserID, OrderID, Name string
	// Former is the other id of an alias, and Device the visitor's.
	Former, Device string
	// Zone is the customer's time zone, and Class what they object to; empty when that is not what it tells.
	Zone, Class string
	// First is when it was posted first, and Acked when an answer said that it is kept; zero when none did.
	First, Acked time.Time
	// Attempts are how often it was posted.
	Attempts int
}

// ledger is what the shop posted and what was acknowledged. It is safe for concurrent use.
type ledger struct {
	mu       sync.Mutex
	events   map[string]*posted
	order    []*posted
	attempts int
	acked    int
	// objectors are the users who did something to a mail by which they are not mailed any more, and what.
	objectors map[string][]string
}

func newLedger() *ledger {
	return &ledger{events: map[string]*posted{}, objectors: map[string][]string{}}
}

// offer notes that events are posted, for the first time or again.
func (l *ledger) offer(events []event, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		p := l.events[e.MessageID]
		if p == nil {
			p = &posted{
				MessageID: e.MessageID, UserID: e.UserID, OrderID: e.order(), Name: e.name(), Former: e.Former, Device: e.Device,
				Zone: e.zone(), Class: e.class(), First: at,
			}
			l.events[e.MessageID] = p
			l.order = append(l.order, p)
		}
		p.Attempts++
		l.attempts++
	}
}

// acknowledge notes that events were answered with a 2xx.
func (l *ledger) acknowledge(events []event, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		if p := l.events[e.MessageID]; p.Acked.IsZero() {
			p.Acked = at
			l.acked++
		}
	}
}

// object notes that a user calls mails off, or cannot be reached, whether or not anybody hears it.
func (l *ledger) object(user, how string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.objectors[user] = append(l.objectors[user], how)
}

// count returns how many events were posted, acknowledged, and how many attempts that took.
func (l *ledger) count() (events, acked, attempts int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.order), l.acked, l.attempts
}

// all returns a copy of all entries, in the order of posting.
func (l *ledger) all() []posted {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]posted, len(l.order))
	for i, p := range l.order {
		out[i] = *p
	}
	return out
}
