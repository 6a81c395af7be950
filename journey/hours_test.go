package journey

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// readHours reads spans of time such as "monday friday 21:00-09:00", separated by semicolons.
func readHours(t require.TestingT, text string) []Hours {
	var spans []Hours
	for span := range strings.SplitSeq(text, ";") {
		words := strings.Fields(span)
		if len(words) == 0 {
			continue
		}
		last := len(words) - 1
		days, err := ParseWeekdays(words[:last])
		require.NoError(t, err)
		from, to, _ := strings.Cut(words[last], "-")
		spans = append(spans, Hours{Days: days, From: mustTime(t, from), To: mustTime(t, to)})
	}
	return spans
}

func TestHoursContains(t *testing.T) {
	t.Parallel()
	// 23 November 2026 is a Monday.
	tests := map[string]struct {
		zone, hours, at string
		want            bool
	}{
		"From belongs to it":                        {"Europe/Amsterdam", "10:00-18:00", "2026-11-23T10:00:00+01:00", true},
		"To does not":                               {"Europe/Amsterdam", "10:00-18:00", "2026-11-23T18:00:00+01:00", false},
		"the nanosecond before To does":             {"Europe/Amsterdam", "10:00-18:00", "2026-11-23T17:59:59.999999999+01:00", true},
		"the nanosecond before From does not":       {"Europe/Amsterdam", "10:00-18:00", "2026-11-23T09:59:59.999999999+01:00", false},
		"another day":                               {"Europe/Amsterdam", "monday 10:00-18:00", "2026-11-24T12:00:00+01:00", false},
		"over midnight, the evening":                {"Europe/Amsterdam", "21:00-09:00", "2026-11-23T21:00:00+01:00", true},
		"over midnight, the morning":                {"Europe/Amsterdam", "21:00-09:00", "2026-11-23T08:59:59+01:00", true},
		"over midnight, not at noon":                {"Europe/Amsterdam", "21:00-09:00", "2026-11-23T12:00:00+01:00", false},
		"over midnight, the night after its day":    {"Europe/Amsterdam", "monday 21:00-09:00", "2026-11-24T03:00:00+01:00", true},
		"over midnight, the night before its day":   {"Europe/Amsterdam", "monday 21:00-09:00", "2026-11-23T03:00:00+01:00", false},
		"Saturday night ends on Sunday":             {"Europe/Amsterdam", "saturday 22:00-02:00", "2026-11-22T01:00:00+01:00", true},
		"Sunday night ends on Monday":               {"Europe/Amsterdam", "sunday 22:00-02:00", "2026-11-23T01:00:00+01:00", true},
		"until 24:00":                               {"Europe/Amsterdam", "monday 22:00-24:00", "2026-11-23T23:59:59+01:00", true},
		"until 24:00, not after":                    {"Europe/Amsterdam", "monday 22:00-24:00", "2026-11-24T00:00:00+01:00", false},
		"until 00:00 is until 24:00":                {"Europe/Amsterdam", "monday 22:00-00:00", "2026-11-23T23:59:59+01:00", true},
		"the whole of Monday, its first instant":    {"Europe/Amsterdam", "monday 00:00-00:00", "2026-11-23T00:00:00+01:00", true},
		"the whole of Monday, its last":             {"Europe/Amsterdam", "monday 00:00-24:00", "2026-11-23T23:59:59+01:00", true},
		"the whole of Monday, not Tuesday":          {"Europe/Amsterdam", "monday 00:00-00:00", "2026-11-24T00:00:00+01:00", false},
		"from nine to nine begins on Monday":        {"Europe/Amsterdam", "monday 09:00-09:00", "2026-11-23T09:00:00+01:00", true},
		"from nine to nine lasts until Tuesday":     {"Europe/Amsterdam", "monday 09:00-09:00", "2026-11-24T08:59:59+01:00", true},
		"from nine to nine ends on Tuesday":         {"Europe/Amsterdam", "monday 09:00-09:00", "2026-11-24T09:00:00+01:00", false},
		"the zone's date, not UTC's: still Sunday":  {"America/New_York", "monday 00:00-24:00", "2026-11-22T23:30:00-05:00", false},
		"the zone's date, not UTC's: Monday":        {"Pacific/Auckland", "monday 00:00-24:00", "2026-11-23T00:30:00+13:00", true},
		"an hour that comes twice, first time":      {"Europe/Amsterdam", "02:00-03:00", "2026-10-25T02:30:00+02:00", true},
		"an hour that comes twice, second time":     {"Europe/Amsterdam", "02:00-03:00", "2026-10-25T02:30:00+01:00", true},
		"after an hour that came twice":             {"Europe/Amsterdam", "02:00-03:00", "2026-10-25T03:00:00+01:00", false},
		"an hour that is skipped, before":           {"Europe/Amsterdam", "02:00-03:00", "2026-03-29T01:59:59+01:00", false},
		"an hour that is skipped, after":            {"Europe/Amsterdam", "02:00-03:00", "2026-03-29T03:00:00+02:00", false},
		"before 1970 the weekdays are right too":    {"UTC", "wednesday 00:00-24:00", "1969-12-31T23:59:59Z", true},
		"in 1900 the weekdays are right too":        {"UTC", "monday 12:00-13:00", "1900-01-01T12:30:00Z", true},
		"Apia, the night before the skipped day":    {"Pacific/Apia", "thursday 21:00-09:00", "2011-12-29T23:59:59-10:00", true},
		"Apia, the morning after the skipped night": {"Pacific/Apia", "friday 21:00-09:00", "2011-12-31T08:00:00+14:00", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := readHours(t, tt.hours)[0]
			require.Equal(t, tt.want, h.Contains(mustInstant(t, tt.at), mustZone(t, tt.zone)))
		})
	}
}

func TestEarliestAllowed(t *testing.T) {
	t.Parallel()
	const night, office = "21:00-09:00", "monday tuesday wednesday thursday friday 10:00-18:00"
	tests := map[string]struct{ zone, closed, open, from, want string }{
		"no hours at all":                                        {"Europe/Amsterdam", "", "", "2026-11-23T03:00:00+01:00", "2026-11-23T03:00:00+01:00"},
		"by day":                                                 {"Europe/Amsterdam", night, "", "2026-11-23T12:34:56.789+01:00", "2026-11-23T12:34:56.789+01:00"},
		"the last instant before the night":                      {"Europe/Amsterdam", night, "", "2026-11-23T20:59:59.999999+01:00", "2026-11-23T20:59:59.999999+01:00"},
		"as the night begins":                                    {"Europe/Amsterdam", night, "", "2026-11-23T21:00:00+01:00", "2026-11-24T09:00:00+01:00"},
		"in the night":                                           {"Europe/Amsterdam", night, "", "2026-11-24T03:00:00+01:00", "2026-11-24T09:00:00+01:00"},
		"half a second before the night ends":                    {"Europe/Amsterdam", night, "", "2026-11-24T08:59:59.5+01:00", "2026-11-24T09:00:00+01:00"},
		"as the night ends":                                      {"Europe/Amsterdam", night, "", "2026-11-24T09:00:00+01:00", "2026-11-24T09:00:00+01:00"},
		"the night of New Year's Eve":                            {"Europe/Amsterdam", night, "", "2026-12-31T23:59:59+01:00", "2027-01-01T09:00:00+01:00"},
		"the night that leaves an hour out":                      {"Europe/Amsterdam", night, "", "2026-03-28T21:00:00+01:00", "2026-03-29T09:00:00+02:00"},
		"the night that has an hour twice":                       {"Europe/Amsterdam", night, "", "2026-10-24T21:00:00+02:00", "2026-10-25T09:00:00+01:00"},
		"a night that ends within the gap":                       {"Europe/Amsterdam", "22:00-02:30", "", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		"a night that begins within the gap":                     {"Europe/Amsterdam", "02:30-06:00", "", "2026-03-29T03:00:00+02:00", "2026-03-29T06:00:00+02:00"},
		"closed hours that are skipped":                          {"Europe/Amsterdam", "02:00-03:00", "", "2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+02:00"},
		"an end that comes twice, before the first":              {"Europe/Amsterdam", "22:00-02:30", "", "2026-10-25T02:15:00+02:00", "2026-10-25T02:30:00+02:00"},
		"an end that comes twice, between":                       {"Europe/Amsterdam", "22:00-02:30", "", "2026-10-25T02:45:00+02:00", "2026-10-25T02:45:00+02:00"},
		"an end that comes twice, the night again":               {"Europe/Amsterdam", "22:00-02:30", "", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00"},
		"a night that ends as the clocks go back":                {"Europe/Amsterdam", "22:00-03:00", "", "2026-10-25T02:59:00+02:00", "2026-10-25T03:00:00+01:00"},
		"New York, the short night":                              {"America/New_York", "22:00-02:30", "", "2026-03-08T00:00:00-05:00", "2026-03-08T03:00:00-04:00"},
		"New York, the long night":                               {"America/New_York", night, "", "2026-11-01T01:30:00-04:00", "2026-11-01T09:00:00-05:00"},
		"Lord Howe, half an hour back into the night":            {"Australia/Lord_Howe", "21:00-01:45", "", "2026-04-05T01:30:00+10:30", "2026-04-05T01:45:00+10:30"},
		"Lord Howe, the first of the two ends":                   {"Australia/Lord_Howe", "21:00-01:45", "", "2026-04-05T01:40:00+11:00", "2026-04-05T01:45:00+11:00"},
		"Lord Howe, an end within the gap":                       {"Australia/Lord_Howe", "21:00-02:15", "", "2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00"},
		"St John's, back over midnight into Saturday":            {"America/St_Johns", "saturday 00:00-24:00", "", "2010-11-06T23:01:00-03:30", "2010-11-07T00:00:00-03:30"},
		"St John's, the first minute of that Sunday":             {"America/St_Johns", "saturday 00:00-24:00", "", "2010-11-06T23:59:59-02:30", "2010-11-07T00:00:00-02:30"},
		"Cairo, a day that begins at one":                        {"Africa/Cairo", "thursday 00:00-24:00", "", "2026-04-23T12:00:00+02:00", "2026-04-24T01:00:00+03:00"},
		"Casablanca, as Ramadan's clock begins":                  {"Africa/Casablanca", night, "", "2026-02-14T22:00:00+01:00", "2026-02-15T09:00:00+00:00"},
		"Kathmandu":                                              {"Asia/Kathmandu", night, "", "2026-11-23T21:00:00+05:45", "2026-11-24T09:00:00+05:45"},
		"Kathmandu, the quarter missed on New Year":              {"Asia/Kathmandu", "21:00-00:10", "", "1985-12-31T23:00:00+05:30", "1986-01-01T00:15:00+05:45"},
		"Apia, the night before the skipped day":                 {"Pacific/Apia", night, "", "2011-12-29T22:00:00-10:00", "2011-12-31T09:00:00+14:00"},
		"Apia, only on Fridays, but it is skipped":               {"Pacific/Apia", "", "friday 10:00-18:00", "2011-12-29T12:00:00-10:00", "2012-01-06T10:00:00+14:00"},
		"office hours, in them":                                  {"Europe/Amsterdam", "", office, "2026-11-27T17:59:59+01:00", "2026-11-27T17:59:59+01:00"},
		"office hours, Friday at six":                            {"Europe/Amsterdam", "", office, "2026-11-27T18:00:00+01:00", "2026-11-30T10:00:00+01:00"},
		"office hours, on a Sunday":                              {"Europe/Amsterdam", "", office, "2026-11-29T12:00:00+01:00", "2026-11-30T10:00:00+01:00"},
		"office hours, before they begin":                        {"Europe/Amsterdam", "", office, "2026-11-27T09:59:59+01:00", "2026-11-27T10:00:00+01:00"},
		"office hours, the weekend of the gap":                   {"Europe/Amsterdam", "", office, "2026-03-27T18:00:00+01:00", "2026-03-30T10:00:00+02:00"},
		"a window and a night: the later opening":                {"Europe/Amsterdam", night, "08:00-20:00", "2026-11-23T20:00:00+01:00", "2026-11-24T09:00:00+01:00"},
		"a window and a night: a minute between":                 {"Europe/Amsterdam", night, "08:00-09:01", "2026-11-23T10:00:00+01:00", "2026-11-24T09:00:00+01:00"},
		"two windows: the next one":                              {"Europe/Amsterdam", "", "10:00-12:00; 14:00-16:00", "2026-11-23T12:00:00+01:00", "2026-11-23T14:00:00+01:00"},
		"two windows: the next day":                              {"Europe/Amsterdam", "", "10:00-12:00; 14:00-16:00", "2026-11-23T16:00:00+01:00", "2026-11-24T10:00:00+01:00"},
		"nights that follow each other without a gap":            {"Europe/Amsterdam", "21:00-03:00; 03:00-09:00", "", "2026-11-23T22:00:00+01:00", "2026-11-24T09:00:00+01:00"},
		"a window over midnight, after midnight":                 {"Europe/Amsterdam", "", "friday 22:00-02:00", "2026-11-28T01:00:00+01:00", "2026-11-28T01:00:00+01:00"},
		"a window over midnight, a week later":                   {"Europe/Amsterdam", "", "friday 22:00-02:00", "2026-11-28T02:00:00+01:00", "2026-12-04T22:00:00+01:00"},
		"a window within the gap comes a week later":             {"Europe/Amsterdam", "", "sunday 02:00-03:00", "2026-03-28T12:00:00+01:00", "2026-04-05T02:00:00+02:00"},
		"a window within the gap comes two weeks later":          {"Europe/Amsterdam", "", "sunday 02:00-03:00", "2026-03-22T03:00:00+01:00", "2026-04-05T02:00:00+02:00"},
		"a window that begins within the gap":                    {"Europe/Amsterdam", "", "02:30-04:00", "2026-03-29T00:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		"a window that comes twice, the second time":             {"Europe/Amsterdam", "", "sunday 02:00-02:30", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"},
		"closed all week but for one minute":                     {"Europe/Amsterdam", "monday tuesday wednesday thursday friday saturday 00:00-24:00; sunday 00:01-24:00", "", "2026-11-22T00:01:00+01:00", "2026-11-29T00:00:00+01:00"},
		"the last night of a leap year that follows from a rule": {"Europe/Amsterdam", night, "", "2040-12-31T03:00:00+01:00", "2040-12-31T09:00:00+01:00"},
		"over the end of such a year":                            {"America/New_York", night, "", "2040-12-31T22:00:00-05:00", "2041-01-01T09:00:00-05:00"},
		"closed all day":                                         {"Europe/Amsterdam", "00:00-24:00", "", "2026-11-23T12:00:00+01:00", ""},
		"closed from nine to nine":                               {"Europe/Amsterdam", "09:00-09:00", "", "2026-11-23T12:00:00+01:00", ""},
		"a window within the night":                              {"Europe/Amsterdam", night, "22:00-23:00", "2026-11-23T12:00:00+01:00", ""},
		"a window of a day that is closed":                       {"Europe/Amsterdam", "sunday 00:00-24:00", "sunday 10:00-18:00", "2026-11-23T12:00:00+01:00", ""},
		"Friday's window reaches into Saturday's open":           {"Europe/Amsterdam", "friday 00:00-24:00", "friday 22:00-02:00", "2026-11-27T12:00:00+01:00", "2026-11-28T00:00:00+01:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			closed, open := readHours(t, tt.closed), readHours(t, tt.open)
			got, ok := earliestAllowed(mustInstant(t, tt.from), mustZone(t, tt.zone), closed, open)
			require.Equal(t, tt.want != "", ok)
			require.Equal(t, ok, everAllowed(closed, open))
			if ok {
				require.Equal(t, mustInstant(t, tt.want), got)
			} else {
				require.Equal(t, time.Time{}, got)
			}
		})
	}
}

// TestNeverOpenHours have no first instant at which they allow anything.
func TestNeverOpenHours(t *testing.T) {
	t.Parallel()
	nine, ten := TimeOfDay(9*60), TimeOfDay(10*60)
	_, ok := earliestAllowed(engineStart, time.UTC, []Hours{{From: nine, To: nine}}, nil)
	require.False(t, ok, "quiet all day")
	_, ok = earliestAllowed(engineStart, time.UTC, []Hours{{From: nine, To: ten}}, []Hours{{From: nine, To: ten}})
	require.False(t, ok, "quiet whenever a window is open")
}
