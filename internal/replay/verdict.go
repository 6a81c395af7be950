package replay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kind is what is wrong with a mail.
type Kind string

// The kinds of differences.
const (
	Missing       Kind = "missing"        // it should have come
	Double        Kind = "double"         // it came more than once
	WrongCustomer Kind = "wrong customer" // it went to somebody who did not place the order
	WrongLanguage Kind = "wrong language" // it was not written in the customer's language
	AfterCancel   Kind = "after a cancel" // the order had been refunded, returned, cancelled or reviewed
	Unexpected    Kind = "unexpected"     // nothing asked for it
	TooEarly      Kind = "too early"      // it came before it was due
	TooLate       Kind = "too late"       // it came later than is tolerated
	Unclear       Kind = "unclear"        // the replay posted so late that nothing can be said of the order
)

// Difference is one way in which the inbox is not what it should be.
type Difference struct {
	// Kind says which way.
	Kind Kind
	// Order and Template say of which mail; empty when the subject does not tell.
	Order, Template string
	// Email is to whom it went or should have gone.
	Email string
	// Detail says more, for people. It may be empty.
	Detail string
}

// String returns the difference on one line.
func (d Difference) String() string {
	text := fmt.Sprintf("%s: order %s, %s to %s", d.Kind, cmp.Or(d.Order, "?"), cmp.Or(d.Template, "?"), cmp.Or(d.Email, "?"))
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	return text
}

// Verdict is the result of a comparison.
type Verdict struct {
	// Differences are sorted by order; none is a pass.
	Differences []Difference
	// Right counts the mails that are as they should be, by template.
	Right map[string]int
	// Lateness holds how late these were in real time, by template, shortest first.
	Lateness map[string][]time.Duration
}

func (v *Verdict) sort() {
	slices.SortFunc(v.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Template, b.Template), cmp.Compare(a.Kind, b.Kind))
	})
	for _, late := range v.Lateness {
		slices.Sort(late)
	}
}

// count says how many differences there are of each kind.
func (v *Verdict) count() string {
	counts := map[Kind]int{}
	for _, d := range v.Differences {
		counts[d.Kind]++
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	return strings.Join(parts, ", ")
}

// percentile returns the value below which that share of the sorted durations lies; zero when there are none.
func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
