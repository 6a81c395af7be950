package journey

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	day         = 24 * time.Hour
	maxDuration = 36525 * day // 100 years
)

// durationUnits are the units of a written duration, largest first. A day is exactly 24 hours.
var durationUnits = []struct {
	name   string
	length time.Duration
}{{"w", 7 * day}, {"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

var (
	durationPattern = regexp.MustCompile(`^-?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$`)
	numberPattern   = regexp.MustCompile(`^[0-9]{1,6}$`)
)

// durationError says what is wrong with a duration, and what to write instead.
type durationError struct {
	message, hint string
}

// Error implements error.
func (e *durationError) Error() string {
	if e.hint == "" {
		return e.message
	}
	return e.message + " (" + e.hint + ")"
}

// ParseDuration reads a duration as it is written in a map: whole numbers with the units w, d, h, m and s, largest
// first, such as "7d", "36h" or "1d12h". A day is exactly 24 hours. The duration must be positive and at most 100 years.
func ParseDuration(text string) (time.Duration, error) {
	if numberPattern.MatchString(text) {
		return 0, &durationError{text + " has no unit", fmt.Sprintf("write %[1]sd for days, %[1]sh for hours or %[1]sm for minutes", text)}
	}
	groups := durationPattern.FindStringSubmatch(text)
	if groups == nil || strings.Trim(text, "-") == "" {
		return 0, &durationError{fmt.Sprintf("%q is not a duration", shorten(text)), "write whole numbers with w, d, h, m or s, such as 7d, 36h or 1d12h"}
	}
	var total time.Duration
	for i, digits := range groups[1:] {
		if digits == "" {
			continue
		}
		unit := durationUnits[i].length
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n > int64((maxDuration-total)/unit) {
			return 0, &durationError{message: "must be at most 100 years"}
		}
		total += time.Duration(n) * unit
	}
	if total == 0 || text[0] == '-' {
		return 0, &durationError{message: "must be positive"}
	}
	return total, nil
}

// FormatDuration writes a duration in days, hours, minutes and seconds, leaving out what is zero: "7d", "1d12h".
// What ParseDuration reads comes back as the same duration. A fraction of a second is kept: "1.5s".
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = d.Abs()
	}
	for _, unit := range durationUnits[1:4] {
		if n := d / unit.length; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.name)
			d -= n * unit.length
		}
	}
	if d > 0 {
		b.WriteString(d.String())
	}
	return b.String()
}
