package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"klantreis/activities"
	"klantreis/internal/bundle"
	"klantreis/internal/eventfile"
	"klantreis/journey"
)

// readMap reads a map that could be published.
func readMap(path string) (*activities.Published, error) {
	b, err := bundle.Read(path)
	if err != nil {
		return nil, err
	}
	checked := b.Check()
	if err := checked.Err(); err != nil {
		return nil, fmt.Errorf("%s has errors:\n%w", path, err)
	}
	return checked.Published, nil
}

// mostRejected is how many lines that cannot be used are shown one by one.
const mostRejected = 20

// openEvents opens a file of events, and tells people what of it is left out once it is read.
func openEvents(name string, log io.Writer, progress func(done int64)) (*eventfile.File, error) {
	var rejected []string
	file, err := eventfile.Open(name, eventfile.Options{
		Progress: progress,
		Rejected: func(line int, why string) {
			if len(rejected) < mostRejected {
				rejected = append(rejected, fmt.Sprintf("%s:%d: %s\n", name, line, why))
			}
		},
	})
	if err != nil {
		return nil, err
	}
	fmt.Fprint(log, strings.Join(rejected, ""))
	leftOut := func(n int, what, which string) {
		if n > 0 {
			fmt.Fprintf(log, "%s: %s%s left out\n", name, count(n, what), which)
		}
	}
	leftOut(file.Rejected-len(rejected), "more line", " that cannot be used")
	leftOut(file.Duplicates, "duplicate", "")
	leftOut(file.Visitors, "event", " of visitors who never became a customer")
	return file, nil
}

// instantFrom reads the value of a flag: an instant, or how long it is after another one, or before it when the direction
// is -1.
func instantFrom(flag, text string, from time.Time, direction time.Duration) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	d, err := journey.ParseDuration(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %q is neither an instant such as 2026-03-02T09:00:00Z nor a duration such as 30d", flag, text)
	}
	return from.Add(direction * d), nil
}
