package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"klantreis/internal/backtest"
	"klantreis/journey"
)

// printReport prints a report for people, with hours in a time zone.
func printReport(w io.Writer, r backtest.Report, zone *time.Location, name, against string) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	since := "the first event"
	if !r.Since.IsZero() {
		since = r.Since.In(zone).Format(time.DateTime)
	}
	fmt.Fprintf(out, "%s, from %s until %s (%s)\n", name, since, r.Until.In(zone).Format(time.DateTime), zone)
	fmt.Fprintf(out, "%s, %s\n\n", count(r.Customers, "customer"), count(r.Events, "event"))
	printTouchpoints(out, r.Map, zone)
	printReasons(out, r.Map)
	if r.Against != nil {
		printDifferences(out, r, against)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return nil
}

func printTouchpoints(w io.Writer, r backtest.Result, zone *time.Location) {
	fmt.Fprintln(w, "TOUCHPOINT\tSTARTED\tSENT\tPEOPLE\tBUSIEST HOUR")
	for _, t := range r.Touchpoints {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s%s\n", t.ID, t.Started, t.Sent, t.People, hour(t.Busiest, zone), besides(t))
	}
	fmt.Fprintf(w, "all\t%d\t%d\t%d\t%s\n", r.Started, r.Sent, r.People, hour(r.Busiest, zone))
}

func hour(h backtest.Hour, zone *time.Location) string {
	if h.Sent == 0 {
		return "-"
	}
	return fmt.Sprintf("%d at %s", h.Sent, h.From.In(zone).Format("2006-01-02 15:04"))
}

// besides tells what else happened at a touchpoint than mails. Most have nothing.
func besides(t backtest.Touchpoint) string {
	var words []string
	for _, kind := range []journey.DecisionKind{journey.DecidedTask, journey.DecidedWebhook, journey.DecidedSeen} {
		n := 0
		for _, times := range t.Decisions[kind] {
			n += times
		}
		if n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, kind))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "\tand " + strings.Join(words, ", ")
}

// notDone are the kinds of decision after which something does not happen, or happens later.
var notDone = []journey.DecisionKind{journey.DecidedNoStart, journey.DecidedNoSend, journey.DecidedHeld, journey.DecidedEnd}

// printReasons prints why runs did not start, messages were not sent, and runs ended before their last step.
func printReasons(w io.Writer, r backtest.Result) {
	head := "\nWHY NOT\tDECISION\tREASON\tTIMES\n"
	for _, t := range r.Touchpoints {
		for _, kind := range notDone {
			reasons := t.Decisions[kind]
			byTimes := func(a, b journey.Reason) int {
				return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
			}
			for _, reason := range slices.SortedFunc(maps.Keys(reasons), byTimes) {
				if reason == journey.ReasonCompleted {
					continue
				}
				fmt.Fprintf(w, "%s%s\t%s\t%s\t%d\n", head, t.ID, kind, reason, reasons[reason])
				head = ""
			}
		}
	}
}

// printDifferences prints what the map would have done otherwise.
func printDifferences(w io.Writer, r backtest.Report, against string) {
	fmt.Fprintf(w, "\ncompared with %s: ", against)
	if len(r.Differences) == 0 {
		fmt.Fprintln(w, "no difference")
		return
	}
	fmt.Fprintf(w, "%d messages instead of %d (%d more to %d people, %d fewer to %d)\n\n", r.Map.Sent, r.Against.Sent,
		r.More.Messages, r.More.People, r.Fewer.Messages, r.Fewer.People)
	fmt.Fprintln(w, "DIFFERENCE\tSTARTED\tSENT\tGAINED\tLOST")
	for _, d := range r.Differences {
		mine, theirs := touchpoint(r.Map, d.Touchpoint), touchpoint(*r.Against, cmp.Or(d.Was, d.Touchpoint))
		name := d.Touchpoint
		if d.Was != "" {
			name += " (was " + d.Was + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", name, instead(mine.Started, theirs.Started), instead(mine.Sent, theirs.Sent),
			d.Gained.Count, d.Lost.Count)
	}
	fmt.Fprintln(w)
	for _, d := range r.Differences {
		printExamples(w, d.Touchpoint, "gained", d.Gained)
		printExamples(w, d.Touchpoint, "lost", d.Lost)
	}
}

func touchpoint(r backtest.Result, id string) backtest.Touchpoint {
	i := slices.IndexFunc(r.Touchpoints, func(t backtest.Touchpoint) bool { return t.ID == id })
	if i < 0 {
		return backtest.Touchpoint{}
	}
	return r.Touchpoints[i]
}

func instead(mine, theirs int) string {
	if mine == theirs {
		return fmt.Sprint(mine)
	}
	return fmt.Sprintf("%d instead of %d", mine, theirs)
}

func printExamples(w io.Writer, touchpoint, what string, p backtest.People) {
	if p.Count == 0 {
		return
	}
	more := ""
	if p.Count > len(p.Examples) {
		more = ", ..."
	}
	fmt.Fprintf(w, "%s, %s: %s%s\n", touchpoint, what, strings.Join(p.Examples, ", "), more)
}
