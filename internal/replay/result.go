package replay

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Result is how a replay went.
type Result struct {
	// Script is what was posted.
	Script Script
	// Expected and Mails are how many mails should have arrived and did, and Verdict is whether they were the same.
	Expected, Mails int
	Verdict         Verdict
	// Took is the real time from the engine being ready to the end, and Speed how many journey seconds passed in one.
	Took  time.Duration
	Speed float64
	// Tried counts posts that had to be repeated. Slowest is the most that an event was taken late, in real time.
	Tried   int
	Slowest time.Duration
}

// Passed tells whether every mail was right and none was missing.
func (r Result) Passed() bool { return len(r.Verdict.Differences) == 0 }

// Write prints the differences, the numbers and the verdict.
func (r Result) Write(w io.Writer) error {
	var text strings.Builder
	for _, d := range r.Verdict.Differences {
		fmt.Fprintln(&text, d)
	}
	s := r.Script
	fmt.Fprintf(&text, "\norders      %d of %d customers\n", s.Orders, s.Customers)
	fmt.Fprintf(&text, "events      %d posted; of these %d were repeated and %d sent again under a new id\n", len(s.Events), s.Repeated, s.Resent)
	for _, name := range []string{completed, fulfilled, delivered, cancelled, refunded, returned, reviewed} {
		fmt.Fprintf(&text, "            %d %s\n", s.Count(name), name)
	}
	fmt.Fprintf(&text, "books       %d impossible orders left out, %d impossible hand-overs left out, %d drawn events shifted\n",
		s.Faults.LeftOut, s.Faults.HandOvers, s.Shifted)
	fmt.Fprintf(&text, "mails       %d of %d expected\n", r.Mails, r.Expected)
	for _, template := range []string{confirmation, request, reminder} {
		late := r.Verdict.Lateness[template]
		fmt.Fprintf(&text, "            %d right %s, late by p50 %s, p99 %s, at most %s\n", r.Verdict.Right[template], template,
			milliseconds(percentile(late, 0.5)), milliseconds(percentile(late, 0.99)), milliseconds(percentile(late, 1)))
	}
	fmt.Fprintf(&text, "real time   %s at %gx: %.1f events/s, %.1f mails/s\n", r.Took.Round(time.Second), r.Speed,
		float64(len(s.Events))/r.Took.Seconds(), float64(r.Mails)/r.Took.Seconds())
	fmt.Fprintf(&text, "posting     at most %s late, %d posts tried again\n\n", milliseconds(r.Slowest), r.Tried)
	if r.Passed() {
		text.WriteString("PASS: every mail that should have arrived did, once and in time, and no other\n")
	} else {
		fmt.Fprintf(&text, "FAIL: %s\n", r.Verdict.count())
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}
