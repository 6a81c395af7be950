package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"klantreis/journey"
)

// line is something that became visible, in the words of the golden files.
type line struct {
	// at is the time since the beginning of the story; for a run that stands, until when it does.
	at time.Duration
	// who is the run, or what else it is about. Only lines about the same have an order among themselves: mails that are
	// under way together overtake each other.
	who   string
	words string
}

// String returns the line for people.
func (l line) String() string {
	if l.isStanding() {
		return l.words + " " + sinceStart(l.at)
	}
	return sinceStart(l.at) + " " + l.words
}

// parseLines reads a golden file. What is published or withdrawn is left out: the one is the script's, and whether a
// message is withdrawn, or never planned, depends on how events are batched.
func parseLines(text string) ([]line, error) {
	var lines []line
	for row := range strings.Lines(text) {
		instant, told, _ := strings.Cut(strings.TrimRight(row, "\n"), " ")
		at, err := readSince(instant)
		if err != nil {
			return nil, err
		}
		l := line{at: at, words: told}
		words := strings.Fields(l.words)
		l.who = words[0]
		switch {
		case words[0] == "publish", slices.Contains(words, "withdraw"):
			continue
		case len(words) > 1 && (words[1] == "noStart" || words[1] == "handed" || words[1] == "stands" || words[1] == "exposed"):
			l.who += " " + words[1]
		}
		if l.isHandover() {
			l.who = handoverOf(l.who, words[len(words)-1])
		}
		if l.words, l.at, err = endsAt(l); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

var untilWords = regexp.MustCompile(` until (\S+)`)

// endsAt takes the instant off a line about where a run stands, or until when a goal counts: it moves with the hand-over
// before it. A run stands until that instant; an exposure has another one.
func endsAt(l line) (words string, at time.Duration, err error) {
	switch until := untilWords.FindStringSubmatch(l.words); {
	case l.isStanding() && until == nil:
		return l.words, 0, nil
	case l.isStanding():
		at, err = readSince(until[1])
		return strings.Replace(l.words, until[0], " until", 1), at, err
	case l.isExposure() && until != nil:
		return strings.Replace(l.words, until[0], " until", 1), l.at, nil
	}
	return l.words, l.at, nil
}

var timeSince = regexp.MustCompile(`^(-?)(\d+)d(\d+)h(\d+)m(\d+)s$`)

// readSince reads what sinceStart writes.
func readSince(text string) (time.Duration, error) {
	parts := timeSince.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("not a time since the beginning: %q", text)
	}
	var at time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, err := strconv.Atoi(parts[2+i])
		if err != nil {
			return 0, err
		}
		at += time.Duration(n) * unit
	}
	if parts[1] == "-" {
		at = -at
	}
	return at, nil
}

// runName is the touchpoint and, when the run is one of several, its key and number: "review-request/A1#2".
func runName(touchpoint, key string, nth int) string {
	if key != "" {
		touchpoint += "/" + key
	}
	if nth > 1 {
		touchpoint += fmt.Sprintf("#%d", nth)
	}
	return touchpoint
}

// sinceStart writes a time from the beginning: "7d0h0m0s".
func sinceStart(d time.Duration) string {
	const day = 24 * time.Hour
	sign := ""
	if d < 0 {
		d, sign = -d, "-"
	}
	return fmt.Sprintf("%s%dd%dh%dm%ds", sign, d/day, d%day/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second)
}

func (l line) isHandover() bool { return strings.HasSuffix(l.who, " handed") }
func (l line) isStanding() bool { return strings.HasSuffix(l.who, " stands") }
func (l line) isExposure() bool { return strings.HasSuffix(l.who, " exposed") }

// isNews tells whether the decision came of an event in any case, and of no timer.
func (l line) isNews() bool {
	words := strings.Fields(l.words)
	if last := words[len(words)-1]; last == string(journey.ReasonAbsent) || last == string(journey.ReasonDateCame) {
		return false
	}
	return l.who == "phase" || len(words) > 1 && (words[1] == "start" || words[1] == "noStart")
}

// isSend tells whether a message was planned.
func (l line) isSend() bool {
	words := strings.Fields(l.words)
	return len(words) > 1 && words[1] == "send"
}
