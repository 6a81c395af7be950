package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDateOccurrence(t *testing.T) {
	t.Parallel()
	const (
		year = true
		once = false
	)
	tests := map[string]struct {
		trait  any
		after  string
		offset int
		at     string
		every  bool
		zone   string
		want   string
	}{
		"a birthday still to come this year":                 {"1990-05-12", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2026-05-12T09:00:00+02:00"},
		"a birthday that has been this year":                 {"1990-05-12", "2026-06-01T12:00:00+02:00", 0, "09:00", year, "Europe/Amsterdam", "2027-05-12T09:00:00+02:00"},
		"a birthday today, before nine":                      {"1990-05-12", "2026-05-12T08:59:59+02:00", 0, "09:00", year, "Europe/Amsterdam", "2026-05-12T09:00:00+02:00"},
		"a birthday today at nine is over":                   {"1990-05-12", "2026-05-12T09:00:00+02:00", 0, "09:00", year, "Europe/Amsterdam", "2027-05-12T09:00:00+02:00"},
		"a week before a birthday in the new year":           {"1990-01-03", "2026-12-01T12:00:00+01:00", -7, "09:00", year, "Europe/Amsterdam", "2026-12-27T09:00:00+01:00"},
		"a week before it, and that is over":                 {"1990-01-03", "2026-12-27T09:00:00+01:00", -7, "09:00", year, "Europe/Amsterdam", "2027-12-27T09:00:00+01:00"},
		"three days after a birthday in the old year":        {"1990-12-30", "2027-01-01T12:00:00+01:00", 3, "09:00", year, "Europe/Amsterdam", "2027-01-02T09:00:00+01:00"},
		"400 days after: last year's is the next":            {"1990-05-12", "2026-06-01T12:00:00+02:00", 400, "09:00", year, "Europe/Amsterdam", "2026-06-16T09:00:00+02:00"},
		"800 days before: that of two years ahead":           {"1990-05-12", "2026-01-01T12:00:00+01:00", -800, "09:00", year, "Europe/Amsterdam", "2026-03-04T09:00:00+01:00"},
		"29 February in another year is the 28th":            {"1992-02-29", "2026-01-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2026-02-28T09:00:00+01:00"},
		"29 February in a leap year":                         {"1992-02-29", "2028-01-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2028-02-29T09:00:00+01:00"},
		"29 February in 2100, which is no leap year":         {"1992-02-29", "2100-01-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2100-02-28T09:00:00+01:00"},
		"the day before 29 February":                         {"1992-02-29", "2026-01-01T12:00:00+01:00", -1, "09:00", year, "Europe/Amsterdam", "2026-02-27T09:00:00+01:00"},
		"the day after 29 February in another year":          {"1992-02-29", "2026-01-01T12:00:00+01:00", 1, "09:00", year, "Europe/Amsterdam", "2026-03-01T09:00:00+01:00"},
		"without a year, two dashes":                         {"--05-12", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2026-05-12T09:00:00+02:00"},
		"without a year":                                     {"05-12", "2026-06-01T12:00:00+02:00", 0, "09:00", year, "Europe/Amsterdam", "2027-05-12T09:00:00+02:00"},
		"29 February without a year":                         {"02-29", "2026-01-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2026-02-28T09:00:00+01:00"},
		"spaces around it":                                   {" 1990-05-12 ", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2026-05-12T09:00:00+02:00"},
		"an instant is the date in the zone: the day before": {"1990-05-12T01:00:00Z", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "America/New_York", "2026-05-11T09:00:00-04:00"},
		"an instant is the date in the zone: the day after":  {"1990-05-12T23:30:00.5Z", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Asia/Kathmandu", "2026-05-13T09:00:00+05:45"},
		"an instant of a program":                            {time.Date(1990, 5, 12, 1, 0, 0, 0, time.UTC), "2026-02-01T12:00:00+01:00", 0, "09:00", year, "America/New_York", "2026-05-11T09:00:00-04:00"},
		"within the gap":                                     {"1990-03-29", "2026-02-01T12:00:00+01:00", 0, "02:30", year, "Europe/Amsterdam", "2026-03-29T03:00:00+02:00"},
		"within the hour that comes twice":                   {"1990-10-25", "2026-02-01T12:00:00+01:00", 0, "02:30", year, "Europe/Amsterdam", "2026-10-25T02:30:00+02:00"},
		"within the hour that comes twice, the first is over": {
			"1990-10-25", "2026-10-25T02:15:00+01:00", 0, "02:30", year, "Europe/Amsterdam", "2027-10-25T02:30:00+02:00",
		},
		"on a date that Apia skipped":               {"1990-12-30", "2011-12-01T12:00:00-10:00", 0, "09:00", year, "Pacific/Apia", "2011-12-31T00:00:00+14:00"},
		"local days over the gap":                   {"1990-03-25", "2026-03-25T12:00:00+01:00", 7, "09:00", year, "Europe/Amsterdam", "2026-04-01T09:00:00+02:00"},
		"New Year's Day begins first in Kiritimati": {"2000-01-01", "2026-12-31T09:59:59Z", 0, "00:00", year, "Pacific/Kiritimati", "2026-12-31T10:00:00Z"},
		"every year, but not before its own":        {"2028-05-12", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", "2028-05-12T09:00:00+02:00"},
		"every year, a week before its own":         {"2028-05-12", "2026-02-01T12:00:00+01:00", -7, "09:00", year, "Europe/Amsterdam", "2028-05-05T09:00:00+02:00"},
		"once, to come":                             {"2026-05-12", "2026-02-01T12:00:00+01:00", -7, "10:30", once, "Europe/Amsterdam", "2026-05-05T10:30:00+02:00"},
		"once, now":                                 {"2026-05-12", "2026-05-12T09:00:00+02:00", 0, "09:00", once, "Europe/Amsterdam", ""},
		"once, over":                                {"1990-05-12", "2026-05-12T09:00:00+02:00", 0, "09:00", once, "Europe/Amsterdam", ""},
		"once, over, but for the days after it":     {"2026-05-12", "2026-05-14T09:00:00+02:00", 3, "09:00", once, "Europe/Amsterdam", "2026-05-15T09:00:00+02:00"},
		"once, without a year":                      {"05-12", "2026-02-01T12:00:00+01:00", 0, "09:00", once, "Europe/Amsterdam", ""},
		"once, without a year, long ago":            {"05-12", "1999-02-01T12:00:00+01:00", 0, "09:00", once, "Europe/Amsterdam", ""},
		"no trait":                                  {nil, "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"a number":                                  {19900512.0, "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"words":                                     {"in May", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"nothing":                                   {"", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"30 February":                               {"1990-02-30", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"29 February of a year without":             {"1990-02-29", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"month 13":                                  {"13-01", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"day first":                                 {"12-05-1990", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"three dashes":                              {"---05-12", "2026-02-01T12:00:00+01:00", 0, "09:00", year, "Europe/Amsterdam", ""},
		"an offset that is out of bounds":           {"1990-05-12", "2026-02-01T12:00:00+01:00", 40000, "09:00", year, "Europe/Amsterdam", ""},
		"an offset that is out of bounds the other way": {"1990-05-12", "2026-02-01T12:00:00+01:00", -40000, "09:00", year, "Europe/Amsterdam", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := dateOccurrence(tt.trait, mustInstant(t, tt.after), tt.offset, mustTime(t, tt.at), tt.every, mustZone(t, tt.zone))
			require.Equal(t, tt.want != "", ok)
			if ok {
				require.Equal(t, mustInstant(t, tt.want), got)
			}
		})
	}
}
