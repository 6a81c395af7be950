package backtest

import (
	"cmp"
	"slices"

	"klantreis/journey"
)

// mostExamples is how many customers are named as examples.
const mostExamples = 5

// differences are the customers for whom two maps differ, by touchpoint: those of the map, and then those that only the
// other one has.
type differences []difference

// difference is one touchpoint. Its places in the two maps are -1 where it does not exist.
type difference struct {
	id           string
	mine, theirs int
	gained, lost crowd
}

// crowd counts customers and keeps the first.
type crowd struct {
	count    int
	examples []example
}

// example is a customer with their place in the order.
type example struct {
	number int
	userID string
}

func newDifferences(m, against *journey.Map) differences {
	theirs := counterparts(m, against)
	var ds differences
	for i, t := range m.Touchpoints {
		ds = append(ds, difference{id: t.ID, mine: i, theirs: theirs[i]})
	}
	for i, t := range against.Touchpoints {
		if !slices.Contains(theirs, i) {
			ds = append(ds, difference{id: t.ID, mine: -1, theirs: i})
		}
	}
	return ds
}

// counterparts returns the place in the other map of every touchpoint: that with its id, or one that is the same under a
// former or a later name. It is -1 where there is none. No two have the same.
func counterparts(m, against *journey.Map) []int {
	places := slices.Repeat([]int{-1}, len(m.Touchpoints))
	for _, same := range []func(a, b *journey.Touchpoint) bool{
		func(a, b *journey.Touchpoint) bool { return a.ID == b.ID },
		func(a, b *journey.Touchpoint) bool { return slices.Contains(a.Was, b.ID) },
		func(a, b *journey.Touchpoint) bool { return slices.Contains(b.Was, a.ID) },
	} {
		for i := range m.Touchpoints {
			for j := range against.Touchpoints {
				if places[i] < 0 && !slices.Contains(places, j) && same(&m.Touchpoints[i], &against.Touchpoints[j]) {
					places[i] = j
				}
			}
		}
	}
	return places
}

// note notes a customer, given how many messages of each touchpoint they would have got under either map.
func (ds differences) note(c numbered, mine, theirs []int) {
	got := func(sent []int, i int) bool { return i >= 0 && sent[i] > 0 }
	for i := range ds {
		d := &ds[i]
		switch before, after := got(theirs, d.theirs), got(mine, d.mine); {
		case after && !before:
			d.gained.note(c)
		case before && !after:
			d.lost.note(c)
		}
	}
}

// note adds a customer who comes later in the order than all before.
func (c *crowd) note(customer numbered) {
	c.count++
	if len(c.examples) < mostExamples {
		c.examples = append(c.examples, example{customer.number, customer.UserID})
	}
}

func (ds differences) add(other differences) {
	for i := range ds {
		ds[i].gained.add(other[i].gained)
		ds[i].lost.add(other[i].lost)
	}
}

// add adds another crowd. Of both the first in the order stay examples.
func (c *crowd) add(other crowd) {
	c.count += other.count
	c.examples = append(c.examples, other.examples...)
	slices.SortFunc(c.examples, func(a, b example) int { return cmp.Compare(a.number, b.number) })
	c.examples = c.examples[:min(len(c.examples), mostExamples)]
}

func (c *crowd) report() People {
	p := People{Count: c.count}
	for _, e := range c.examples {
		p.Examples = append(p.Examples, e.userID)
	}
	return p
}

// report returns the touchpoints that differ.
func (ds differences) report(mine, theirs Result) []Difference {
	list := []Difference{}
	for i := range ds {
		d := &ds[i]
		r := Difference{Touchpoint: d.id, Gained: d.gained.report(), Lost: d.lost.report()}
		var before, after Touchpoint
		if d.mine >= 0 {
			after = mine.Touchpoints[d.mine]
		} else {
			r.OnlyIn = "against"
		}
		if d.theirs >= 0 {
			before = theirs.Touchpoints[d.theirs]
			if d.mine >= 0 && before.ID != d.id {
				r.Was = before.ID
			}
		} else {
			r.OnlyIn = "map"
		}
		r.Started, r.Sent = after.Started-before.Started, after.Sent-before.Sent
		if r.Started != 0 || r.Sent != 0 || r.Gained.Count+r.Lost.Count > 0 {
			list = append(list, r)
		}
	}
	return list
}
