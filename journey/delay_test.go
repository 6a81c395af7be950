package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDelayAfter(t *testing.T) {
	t.Parallel()
	// 25 November 2026 is a Wednesday.
	tests := map[string]struct{ zone, delay, from, want string }{
		"days are 24 hours, so that an hour is lost over the gap":     {"Europe/Amsterdam", "7d", "2026-03-26T10:00:00+01:00", "2026-04-02T11:00:00+02:00"},
		"days are 24 hours, so that an hour is won in autumn":         {"Europe/Amsterdam", "1d", "2026-10-24T12:00:00+02:00", "2026-10-25T11:00:00+01:00"},
		"a duration keeps fractions of a second":                      {"Europe/Amsterdam", "1d12h", "2026-11-25T10:00:00.123456789+01:00", "2026-11-26T22:00:00.123456789+01:00"},
		"a month after 31 January is the last of February":            {"Europe/Amsterdam", "1 month", "2026-01-31T10:00:00+01:00", "2026-02-28T10:00:00+01:00"},
		"a month after 31 January in a leap year":                     {"Europe/Amsterdam", "1 month", "2028-01-31T10:00:00+01:00", "2028-02-29T10:00:00+01:00"},
		"a month after 29 January too":                                {"Europe/Amsterdam", "1 month", "2026-01-29T10:00:00+01:00", "2026-02-28T10:00:00+01:00"},
		"a month after 28 February is 28 March, not its last":         {"Europe/Amsterdam", "1 month", "2026-02-28T10:00:00+01:00", "2026-03-28T10:00:00+01:00"},
		"two months after 31 December are the last of February":       {"Europe/Amsterdam", "2 months", "2025-12-31T10:00:00+01:00", "2026-02-28T10:00:00+01:00"},
		"a month after 31 May is 30 June":                             {"Europe/Amsterdam", "1 month", "2026-05-31T10:00:00+02:00", "2026-06-30T10:00:00+02:00"},
		"twenty months go over two years":                             {"Europe/Amsterdam", "20 months", "2026-11-25T10:00:00+01:00", "2028-07-25T10:00:00+02:00"},
		"a month keeps the time of day in summer":                     {"Europe/Amsterdam", "1 month", "2026-03-15T10:00:00+01:00", "2026-04-15T10:00:00+02:00"},
		"a month that ends within the gap":                            {"Europe/Amsterdam", "2 months", "2026-01-29T02:30:59+01:00", "2026-03-29T03:00:00+02:00"},
		"a month that ends within the hour that comes twice":          {"Europe/Amsterdam", "1 month", "2026-09-25T02:30:59.5+02:00", "2026-10-25T02:30:59.5+02:00"},
		"a month is one of the customer's calendar: still October":    {"America/New_York", "1 month", "2026-11-01T03:30:00Z", "2026-11-30T23:30:00-05:00"},
		"a month is one of the customer's calendar: already November": {"Pacific/Auckland", "1 month", "2026-10-31T11:30:00Z", "2026-12-01T00:30:00+13:00"},
		"a year after 29 February is 28 February":                     {"Europe/Amsterdam", "1 year", "2028-02-29T10:00:00+01:00", "2029-02-28T10:00:00+01:00"},
		"four years after 29 February are 29 February":                {"Europe/Amsterdam", "4 years", "2028-02-29T10:00:00+01:00", "2032-02-29T10:00:00+01:00"},
		"twelve months are a year":                                    {"Europe/Amsterdam", "12 months", "2026-11-25T10:00:00+01:00", "2027-11-25T10:00:00+01:00"},

		"a working day after a Wednesday":                     {"Europe/Amsterdam", "1 working day", "2026-11-25T10:00:00+01:00", "2026-11-26T10:00:00+01:00"},
		"a working day after a Friday is Monday":              {"Europe/Amsterdam", "1 working day", "2026-11-27T10:00:00+01:00", "2026-11-30T10:00:00+01:00"},
		"a working day after a Saturday is Monday":            {"Europe/Amsterdam", "1 working day", "2026-11-28T10:00:00+01:00", "2026-11-30T10:00:00+01:00"},
		"a working day after a Sunday is Monday":              {"Europe/Amsterdam", "1 working day", "2026-11-29T10:00:00+01:00", "2026-11-30T10:00:00+01:00"},
		"two after a Saturday are Tuesday":                    {"Europe/Amsterdam", "2 working days", "2026-11-28T10:00:00+01:00", "2026-12-01T10:00:00+01:00"},
		"four after a Monday are Friday":                      {"Europe/Amsterdam", "4 working days", "2026-11-23T10:00:00+01:00", "2026-11-27T10:00:00+01:00"},
		"five after a Wednesday are the next":                 {"Europe/Amsterdam", "5 working days", "2026-11-25T10:00:00+01:00", "2026-12-02T10:00:00+01:00"},
		"six after a Thursday are Friday in a week":           {"Europe/Amsterdam", "6 working days", "2026-11-26T10:00:00+01:00", "2026-12-04T10:00:00+01:00"},
		"seven after a Thursday are over two weekends":        {"Europe/Amsterdam", "7 working days", "2026-11-26T10:00:00+01:00", "2026-12-07T10:00:00+01:00"},
		"five after a Sunday are Friday":                      {"Europe/Amsterdam", "5 working days", "2026-11-29T10:00:00+01:00", "2026-12-04T10:00:00+01:00"},
		"a working day with a time, late in the evening":      {"Europe/Amsterdam", "3 working days 10:00", "2026-11-25T23:59:00+01:00", "2026-11-30T10:00:00+01:00"},
		"a working day with a time, early":                    {"Europe/Amsterdam", "1 working day 10:00", "2026-11-25T00:30:00+01:00", "2026-11-26T10:00:00+01:00"},
		"a working day over the weekend of the clocks":        {"Europe/Amsterdam", "1 working day", "2026-10-23T12:00:00+02:00", "2026-10-26T12:00:00+01:00"},
		"a working day over the year's end, holidays and all": {"Europe/Amsterdam", "1 working day", "2026-12-31T12:00:00+01:00", "2027-01-01T12:00:00+01:00"},
		"a working day of the customer: it is Saturday there": {"Pacific/Auckland", "1 working day 09:00", "2026-11-27T12:00:00Z", "2026-11-30T09:00:00+13:00"},
		"a working day that Apia skipped":                     {"Pacific/Apia", "1 working day", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"},

		"a working day that ends on the last day of a leap year": {"Europe/Amsterdam", "1 working day", "2040-12-30T12:00:00+01:00", "2040-12-31T12:00:00+01:00"},

		"next tuesday with a time still to come today":                                  {"Europe/Amsterdam", "next tuesday 10:00", "2026-11-24T09:59:59+01:00", "2026-11-24T10:00:00+01:00"},
		"next tuesday with a time that is now":                                          {"Europe/Amsterdam", "next tuesday 10:00", "2026-11-24T10:00:00+01:00", "2026-12-01T10:00:00+01:00"},
		"next tuesday on a Wednesday":                                                   {"Europe/Amsterdam", "next tuesday 10:00", "2026-11-25T10:00:00+01:00", "2026-12-01T10:00:00+01:00"},
		"tuesday on a Monday is tomorrow":                                               {"Europe/Amsterdam", "tuesday", "2026-11-23T15:04:05+01:00", "2026-11-24T15:04:05+01:00"},
		"tuesday on a Tuesday is in a week":                                             {"Europe/Amsterdam", "tuesday", "2026-11-24T15:04:05+01:00", "2026-12-01T15:04:05+01:00"},
		"sunday on a Saturday is tomorrow":                                              {"Europe/Amsterdam", "sunday", "2026-11-28T15:00:00+01:00", "2026-11-29T15:00:00+01:00"},
		"sunday within the gap":                                                         {"Europe/Amsterdam", "sunday 02:30", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		"sunday within the gap, as the gap ends":                                        {"Europe/Amsterdam", "sunday 02:30", "2026-03-29T03:00:00+02:00", "2026-04-05T02:30:00+02:00"},
		"friday that Apia skipped":                                                      {"Pacific/Apia", "friday 10:00", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		"a weekday in the second of two hours":                                          {"Europe/Amsterdam", "sunday", "2026-10-25T02:30:00+01:00", "2026-11-01T02:30:00+01:00"},
		"the next ten o'clock is today":                                                 {"Europe/Amsterdam", "10:00", "2026-11-25T09:59:59.999+01:00", "2026-11-25T10:00:00+01:00"},
		"the next ten o'clock is tomorrow":                                              {"Europe/Amsterdam", "10:00", "2026-11-25T10:00:00+01:00", "2026-11-26T10:00:00+01:00"},
		"the next midnight":                                                             {"Europe/Amsterdam", "00:00", "2026-12-31T12:00:00+01:00", "2027-01-01T00:00:00+01:00"},
		"the next 02:30, between the two":                                               {"Europe/Amsterdam", "02:30", "2026-10-25T02:45:00+02:00", "2026-10-26T02:30:00+01:00"},
		"the next 02:30, before the second":                                             {"Europe/Amsterdam", "02:30", "2026-10-25T02:15:00+01:00", "2026-10-26T02:30:00+01:00"},
		"the next 02:30, before the gap":                                                {"Europe/Amsterdam", "02:30", "2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00"},
		"the next ten o'clock in Apia is on a later date":                               {"Pacific/Apia", "10:00", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		"the next midnight was struck before the clocks of St John's went back over it": {"America/St_Johns", "00:00", "2010-11-06T23:30:00-03:30", "2010-11-08T00:00:00-03:30"},
		"the next ten o'clock in Kathmandu":                                             {"Asia/Kathmandu", "10:00", "2026-11-25T00:00:00Z", "2026-11-25T10:00:00+05:45"},

		"the last day of February":                          {"Europe/Amsterdam", "last day of month 09:00", "2028-02-10T12:00:00+01:00", "2028-02-29T09:00:00+01:00"},
		"the last day is today, its time to come":           {"Europe/Amsterdam", "last day of month 09:00", "2026-12-31T08:00:00+01:00", "2026-12-31T09:00:00+01:00"},
		"the last day is today, its time is now":            {"Europe/Amsterdam", "last day of month 09:00", "2026-12-31T09:00:00+01:00", "2027-01-31T09:00:00+01:00"},
		"the last day without a time is at the same time":   {"Europe/Amsterdam", "last day of month", "2026-11-25T15:04:05+01:00", "2026-11-30T15:04:05+01:00"},
		"the last day without a time, on a last day":        {"Europe/Amsterdam", "last day of month", "2026-01-31T15:04:05+01:00", "2026-02-28T15:04:05+01:00"},
		"the last day of March within the gap of that year": {"Europe/Amsterdam", "last day of month 02:30", "2024-03-01T12:00:00+01:00", "2024-03-31T03:00:00+02:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := ParseDelay(tt.delay)
			require.NoError(t, err)
			require.Equal(t, mustInstant(t, tt.want), d.After(mustInstant(t, tt.from), mustZone(t, tt.zone)))
		})
	}
}

// TestDelayAfterIsNeverEarlier looks at a working day of which the time of day came before the clocks went back over
// midnight.
func TestDelayAfterIsNeverEarlier(t *testing.T) {
	t.Parallel()
	from := mustInstant(t, "2015-08-14T23:45:00+08:30")
	d := Delay{form: inWorkingDays, timed: true}
	require.Equal(t, from, d.After(from, mustZone(t, "Asia/Pyongyang")))
}

func TestDelayZero(t *testing.T) {
	t.Parallel()
	require.True(t, Delay{}.IsZero())
	require.Equal(t, "0s", Delay{}.String())
	now := mustInstant(t, "2026-11-25T10:00:00Z")
	require.Equal(t, now, Delay{}.After(now.Local(), mustZone(t, "Europe/Amsterdam")))
	length, exact := Delay{}.Exact()
	require.True(t, exact)
	require.Zero(t, length)

	sunday, err := ParseDelay("sunday")
	require.NoError(t, err)
	require.False(t, sunday.IsZero())
	_, exact = sunday.Exact()
	require.False(t, exact)
	week, err := ParseDelay("1w")
	require.NoError(t, err)
	length, exact = week.Exact()
	require.True(t, exact)
	require.Equal(t, 7*24*time.Hour, length)
}
