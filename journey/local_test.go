package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mustZone returns a zone by name.
func mustZone(t require.TestingT, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

// mustInstant reads an instant that is written with its offset, and returns it in UTC.
func mustInstant(t require.TestingT, text string) time.Time {
	instant, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return instant.UTC()
}

// mustTime reads a time of day.
func mustTime(t require.TestingT, text string) TimeOfDay {
	at, err := ParseTimeOfDay(text)
	require.NoError(t, err)
	return at
}

func TestLocalInstant(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ zone, local, want string }{
		"Amsterdam in winter is an hour ahead":                                             {"Europe/Amsterdam", "2026-01-15 09:00", "2026-01-15T08:00:00Z"},
		"Amsterdam in summer is two hours ahead":                                           {"Europe/Amsterdam", "2026-07-15 09:00", "2026-07-15T07:00:00Z"},
		"Amsterdam, last minute before the gap":                                            {"Europe/Amsterdam", "2026-03-29 01:59", "2026-03-29T00:59:00Z"},
		"Amsterdam, the gap begins at 02:00, which is skipped":                             {"Europe/Amsterdam", "2026-03-29 02:00", "2026-03-29T01:00:00Z"},
		"Amsterdam, in the gap: the first instant after it":                                {"Europe/Amsterdam", "2026-03-29 02:30", "2026-03-29T01:00:00Z"},
		"Amsterdam, the gap ends at 03:00":                                                 {"Europe/Amsterdam", "2026-03-29 03:00", "2026-03-29T01:00:00Z"},
		"Amsterdam, 02:00 comes twice: the first is in summer":                             {"Europe/Amsterdam", "2026-10-25 02:00", "2026-10-25T00:00:00Z"},
		"Amsterdam, 02:59 comes twice: the first is in summer":                             {"Europe/Amsterdam", "2026-10-25 02:59", "2026-10-25T00:59:00Z"},
		"Amsterdam, 03:00 comes once, an hour after 02:59 again":                           {"Europe/Amsterdam", "2026-10-25 03:00", "2026-10-25T02:00:00Z"},
		"New York, in the gap":                                                             {"America/New_York", "2026-03-08 02:30", "2026-03-08T07:00:00Z"},
		"New York, twice: the first is four hours behind":                                  {"America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"},
		"Lord Howe moves by half an hour, in the gap":                                      {"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z"},
		"Lord Howe, 01:45 comes twice":                                                     {"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z"},
		"Lord Howe, 01:29 comes once":                                                      {"Australia/Lord_Howe", "2026-04-05 01:29", "2026-04-04T14:29:00Z"},
		"Lord Howe, 02:00 comes once":                                                      {"Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04T15:30:00Z"},
		"Troll moves by two hours, in the gap":                                             {"Antarctica/Troll", "2026-03-29 01:30", "2026-03-29T01:00:00Z"},
		"Troll, 01:30 comes twice, two hours apart":                                        {"Antarctica/Troll", "2026-10-25 01:30", "2026-10-24T23:30:00Z"},
		"Cairo has no midnight when the gap is there":                                      {"Africa/Cairo", "2026-04-24 00:00", "2026-04-23T22:00:00Z"},
		"Cairo, the gap's midnight written as the day's end":                               {"Africa/Cairo", "2026-04-23 24:00", "2026-04-23T22:00:00Z"},
		"São Paulo had no midnight either":                                                 {"America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T03:00:00Z"},
		"St John's fell back over midnight: midnight comes twice, the first in summer":     {"America/St_Johns", "2010-11-07 00:00", "2010-11-07T02:30:00Z"},
		"St John's, 23:30 of the day before comes before and after that midnight":          {"America/St_Johns", "2010-11-06 23:30", "2010-11-07T02:00:00Z"},
		"St John's, 00:01 comes once, an hour after it was struck out":                     {"America/St_Johns", "2010-11-07 00:01", "2010-11-07T03:31:00Z"},
		"Casablanca leaves its hour for Ramadan: 02:30 comes twice":                        {"Africa/Casablanca", "2026-02-15 02:30", "2026-02-15T01:30:00Z"},
		"Casablanca during Ramadan is on UTC":                                              {"Africa/Casablanca", "2026-03-01 09:00", "2026-03-01T09:00:00Z"},
		"Casablanca takes its hour back: 02:30 is skipped":                                 {"Africa/Casablanca", "2026-03-22 02:30", "2026-03-22T02:00:00Z"},
		"Casablanca in summer is an hour ahead":                                            {"Africa/Casablanca", "2026-07-01 09:00", "2026-07-01T08:00:00Z"},
		"Kathmandu is 5:45 ahead":                                                          {"Asia/Kathmandu", "2026-01-01 09:00", "2026-01-01T03:15:00Z"},
		"Kathmandu was 5:30 ahead until the quarter of an hour that began 1986 was missed": {"Asia/Kathmandu", "1986-01-01 00:10", "1985-12-31T18:30:00Z"},
		"Apia skipped a whole day, midnight of it":                                         {"Pacific/Apia", "2011-12-30 00:00", "2011-12-30T10:00:00Z"},
		"Apia skipped a whole day, noon of it":                                             {"Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"},
		"Apia skipped a whole day, the minute before":                                      {"Pacific/Apia", "2011-12-29 23:59", "2011-12-30T09:59:00Z"},
		"Apia, the day after is a day ahead":                                               {"Pacific/Apia", "2011-12-31 12:00", "2011-12-30T22:00:00Z"},
		"Kwajalein skipped a day of 24 hours":                                              {"Pacific/Kwajalein", "1993-08-21 18:00", "1993-08-21T12:00:00Z"},
		"Caracas moved by half an hour for good":                                           {"America/Caracas", "2016-05-01 02:45", "2016-05-01T07:00:00Z"},
		"Pyongyang fell back over midnight by half an hour":                                {"Asia/Pyongyang", "2015-08-14 23:45", "2015-08-14T14:45:00Z"},
		"Honolulu never moves":                                                             {"Pacific/Honolulu", "2026-06-30 09:00", "2026-06-30T19:00:00Z"},
		"Kiritimati is furthest ahead":                                                     {"Pacific/Kiritimati", "2026-01-01 00:00", "2025-12-31T10:00:00Z"},
		"Amsterdam long after the last rule in the tables":                                 {"Europe/Amsterdam", "2099-07-01 09:00", "2099-07-01T07:00:00Z"},
		"the last day of a leap year that follows from a rule":                             {"Europe/Amsterdam", "2040-12-31 12:00", "2040-12-31T11:00:00Z"},
		"the last minute of such a year":                                                   {"America/New_York", "2040-12-31 24:00", "2041-01-01T05:00:00Z"},
		"the day after such a year":                                                        {"Europe/Amsterdam", "2041-01-01 12:00", "2041-01-01T11:00:00Z"},
		"the 32nd of December is New Year's Day":                                           {"Europe/Amsterdam", "2025-12-32 09:00", "2026-01-01T08:00:00Z"},
		"24:00 on New Year's Eve is the new year":                                          {"Europe/Amsterdam", "2025-12-31 24:00", "2025-12-31T23:00:00Z"},
		"UTC": {"UTC", "2026-03-29 02:30", "2026-03-29T02:30:00Z"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			year, month, day := smallNumber(tt.local[:4]), smallNumber(tt.local[5:7]), smallNumber(tt.local[8:10])
			got := localInstant(mustZone(t, tt.zone), year, time.Month(month), day, mustTime(t, tt.local[11:]))
			require.Equal(t, mustInstant(t, tt.want), got)
		})
	}
}
