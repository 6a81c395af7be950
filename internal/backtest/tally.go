package backtest

import (
	"time"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

// tally counts what customers would have met under one map. Adding two is the same in either order.
type tally struct {
	m            *journey.Map
	since, until time.Time
	places       map[string]int // of the touchpoints, by id
	points       []point
	people       int
	hours        hours
	// sentNow says how many messages of each touchpoint the customer in hand would have got.
	sentNow []int
}

// point is the tally of one touchpoint.
type point struct {
	decisions map[what]int
	people    int
	hours     hours
}

// what is what was decided, and why.
type what struct {
	kind   journey.DecisionKind
	reason journey.Reason
}

// hours are how many messages were sent in each hour since 1970.
type hours map[int64]int

func newTally(m *journey.Map, since, until time.Time) *tally {
	t := &tally{
		m: m, since: since, until: until, places: map[string]int{}, hours: hours{},
		points: make([]point, len(m.Touchpoints)), sentNow: make([]int, len(m.Touchpoints)),
	}
	for i := range m.Touchpoints {
		t.places[m.Touchpoints[i].ID] = i
		t.points[i] = point{decisions: map[what]int{}, hours: hours{}}
	}
	return t
}

// begin begins with a further customer.
func (t *tally) begin() { clear(t.sentNow) }

// see counts one entry of the customer's timeline.
func (t *tally) see(e simulate.Entry) {
	if e.Touchpoint == "" || e.At.Before(t.since) || e.At.After(t.until) {
		return
	}
	i := t.places[e.Touchpoint]
	t.points[i].decisions[what{e.Kind, e.Reason}]++
	if e.Kind != simulate.Sent {
		return
	}
	t.sentNow[i]++
	hour := e.At.Unix() / 3600
	t.points[i].hours[hour]++
	t.hours[hour]++
}

// end ends the customer.
func (t *tally) end() {
	got := false
	for i, n := range t.sentNow {
		if n > 0 {
			t.points[i].people++
			got = true
		}
	}
	if got {
		t.people++
	}
}

// allNow returns how many messages the customer in hand would have got.
func (t *tally) allNow() int {
	all := 0
	for _, n := range t.sentNow {
		all += n
	}
	return all
}

func (t *tally) add(other *tally) {
	t.people += other.people
	t.hours.add(other.hours)
	for i := range t.points {
		p, o := &t.points[i], &other.points[i]
		p.people += o.people
		p.hours.add(o.hours)
		for w, n := range o.decisions {
			p.decisions[w] += n
		}
	}
}

func (h hours) add(other hours) {
	for hour, n := range other {
		h[hour] += n
	}
}

// busiest returns the hour with the most messages, the first of several.
func (h hours) busiest() Hour {
	var busiest Hour
	var when int64
	for hour, n := range h {
		if n > busiest.Sent || n == busiest.Sent && hour < when {
			when = hour
			busiest = Hour{From: time.Unix(hour*3600, 0).UTC(), Sent: n}
		}
	}
	return busiest
}

func (t *tally) report() Result {
	r := Result{Journey: t.m.Journey, People: t.people, Busiest: t.hours.busiest(), Touchpoints: []Touchpoint{}}
	for i := range t.points {
		p := t.points[i].report(t.m.Touchpoints[i].ID)
		r.Started += p.Started
		r.Sent += p.Sent
		r.Touchpoints = append(r.Touchpoints, p)
	}
	return r
}

func (p *point) report(id string) Touchpoint {
	r := Touchpoint{
		ID: id, People: p.people, Busiest: p.hours.busiest(),
		Decisions: map[journey.DecisionKind]map[journey.Reason]int{},
	}
	for w, n := range p.decisions {
		if r.Decisions[w.kind] == nil {
			r.Decisions[w.kind] = map[journey.Reason]int{}
		}
		r.Decisions[w.kind][w.reason] = n
		switch w.kind {
		case journey.DecidedStart:
			r.Started += n
		case simulate.Sent:
			r.Sent += n
		}
	}
	return r
}
