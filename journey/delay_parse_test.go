package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseDelay(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"7d": "7d", "1d12h": "1d12h", "2w": "14d", " 7d ": "7d", "36525d": "36525d",
		"1 month": "1 month", "2 months": "2 months", "1 months": "1 month", "02 Months": "2 months",
		"1 year": "1 year", "3 years": "3 years", "12 months": "1 year", "18 months": "18 months", "1200 months": "100 years",
		"3 working days": "3 working days", "1 working day": "1 working day", "3 WORKING  days 10:00": "3 working days 10:00",
		"26089 working days": "26089 working days",
		"tuesday":            "next tuesday", "next tuesday": "next tuesday", "Next Tuesday 10:00": "next tuesday 10:00", "SUNDAY 00:00": "next sunday 00:00",
		"10:00": "10:00", "00:00": "00:00", "23:59": "23:59",
		"last day of month": "last day of month", "Last day of month 09:00": "last day of month 09:00",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d, err := ParseDelay(text)
			require.NoError(t, err)
			require.Equal(t, want, d.String())
			again, err := ParseDelay(want)
			require.NoError(t, err)
			require.Equal(t, d, again)
		})
	}
}

func TestParseDelayProblems(t *testing.T) {
	t.Parallel()
	const general = "write a duration such as 7d or 1d12h, or 2 months"
	tests := map[string]string{
		"7":                          "7 has no unit (write 7d for days, 7h for hours or 7m for minutes)",
		"soon":                       `"soon" is not a duration (write whole numbers with w, d, h, m or s, such as 7d, 36h or 1d12h)`,
		"7D":                         `"7D" is not a duration`,
		"5M":                         `"5M" is not a duration`,
		"-7d":                        "must be positive",
		"0d":                         "must be positive",
		"99999w":                     "must be at most 100 years",
		"7 days":                     `"7 days" is not a duration (did you mean 7d?)`,
		"2 Weeks":                    `"2 Weeks" is not a duration (did you mean 2w?)`,
		"007 days":                   "did you mean 7d?",
		"0 days":                     "is not a duration",
		"-2 hours":                   "must be positive",
		"99999 weeks":                "must be at most 100 years",
		"99999 workdays":             "must be at most 100 years",
		"2 months 9:00":              "did you mean 09:00?",
		"2 days 10:00":               `"2 days 10:00" is not a wait (` + general,
		"3 workdays":                 `"3 workdays" is not a wait (did you mean 3 working days?)`,
		"1 business day":             `"1 business day" is not a wait (did you mean 1 working day?)`,
		"3 workdays 10:00":           `did you mean 3 working days 10:00?`,
		"3 workng days":              `did you mean 3 working days?`,
		"2 mnths":                    `did you mean 2 months?`,
		"2 moons":                    general,
		"2 months 10:00":             `a time of day goes with working days, a weekday and the last day of the month only`,
		"0 months":                   "must be positive",
		"-1 year":                    "must be positive",
		"1201 months":                "must be at most 100 years",
		"101 years":                  "must be at most 100 years",
		"26090 working days":         "must be at most 100 years",
		"99999999999999999999 years": "must be at most 100 years",
		"1.5 months":                 general,
		"tuesdy":                     `"tuesdy" is not a wait (did you mean tuesday?)`,
		"tue":                        "did you mean tuesday?",
		"next tue 10:00":             "did you mean tuesday?",
		"next month":                 general,
		"next":                       `"next" is not a duration`,
		"next next tuesday":          general,
		"last day of the month":      "did you mean last day of month?",
		"last day":                   "did you mean last day of month?",
		"10:00 tuesday":              general,
		"9:00":                       "did you mean 09:00?",
		"25:00":                      `"25:00" is not a time of day`,
		"24:00":                      "24:00 is the end of a day (write 00:00)",
		"tuesday 24:00":              "24:00 is the end of a day",
		"10:00 10:00":                general,
		"":                           `"" is not a wait (` + general,
		" ":                          `" " is not a wait (` + general,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d, err := ParseDelay(text)
			require.ErrorContains(t, err, want)
			require.True(t, d.IsZero())
			var problem *durationError
			require.ErrorAs(t, err, &problem)
			require.NotEmpty(t, problem.message)
		})
	}
}

// FuzzDelay checks that every delay that can be read can be written and read again, and ends after it began.
func FuzzDelay(f *testing.F) {
	for _, text := range []string{
		"7d", "2 months", "1 year", "3 working days 10:00", "next tuesday", "tuesday 02:30", "10:00", "24:00", "last day of month 09:00",
		"3 workdays", "7 days", "99999999999 years", "-1 month", "next", ":", "\u00a0", "last day of the month",
	} {
		f.Add(text)
	}
	zone := mustZone(f, "Europe/Amsterdam")
	now := mustInstant(f, "2026-10-25T00:30:00Z")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDelay(text)
		if err != nil {
			var problem *durationError
			require.ErrorAs(t, err, &problem)
			require.True(t, d.IsZero())
			return
		}
		require.False(t, d.IsZero())
		again, err := ParseDelay(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again, "%q is written %q", text, d)
		require.True(t, d.After(now, zone).After(now))
	})
}
