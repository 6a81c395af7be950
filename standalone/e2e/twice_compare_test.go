package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// latest is how late the engine may be, in real time, with everything that follows upon one hand-over: the timer, the
// decision, and the provider. At a day a second it is six hours.
const latest = 250 * time.Millisecond

// allowance is how far the instants of a real engine may be from those in virtual time.
type allowance struct {
	late  time.Duration // for each hand-over so far, and once more
	early time.Duration
	once  time.Duration // late, on top of the rest
	// publications counts newer maps by an instant, as pace does.
	publications func(time.Duration) int
}

// comparison is what two tellings of a story differ in.
type comparison struct {
	found []string
	// late is true when something came later than allowed: the machine may have been too busy.
	late bool
}

// compare compares the lines about each run. Without an allowance instants do not count.
func compare(want, got []line, allow *allowance) (c comparison) {
	for _, who := range subjects(want, got) {
		w, g := about(want, who), about(got, who)
		for i := range max(len(w), len(g)) {
			switch {
			case i >= len(w):
				c.found = append(c.found, fmt.Sprintf("not expected: %s", g[i]))
			case i >= len(g):
				c.found = append(c.found, fmt.Sprintf("missing: %s", w[i]))
			case masked(w[i].words) != masked(g[i].words):
				c.found = append(c.found, fmt.Sprintf("%s instead of %s", g[i], w[i]))
			case allow != nil:
				c.instants(want, w[i], g[i], allow)
			}
		}
	}
	return c
}

func (c *comparison) instants(all []line, want, got line, allow *allowance) {
	n := time.Duration(1 + handovers(all, want.at) + allow.publications(want.at))
	off := got.at - want.at
	if off > n*allow.late+allow.once || off < -allow.early {
		c.found = append(c.found, fmt.Sprintf("%s, which should be at %s", got, sinceStart(want.at)))
		c.late = c.late || off > 0
	}
}

var instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|age=\S+`)

// masked leaves out of the details what depends on how late an engine is.
func masked(words string) string { return instants.ReplaceAllString(words, "*") }

func subjects(lists ...[]line) []string {
	var all []string
	for _, l := range slices.Concat(lists...) {
		if !slices.Contains(all, l.who) {
			all = append(all, l.who)
		}
	}
	return all
}

func about(lines []line, who string) []line {
	return slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.who != who })
}

// handovers counts the mails that were handed over by an instant.
func handovers(lines []line, by time.Duration) int {
	n := 0
	for _, l := range lines {
		if l.isHandover() && l.at <= by {
			n++
		}
	}
	return n
}
