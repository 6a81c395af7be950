package template_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

// inLocale renders a source as a text in a locale.
func inLocale(t *testing.T, locale, source string, event map[string]any) (string, error) {
	t.Helper()
	files := bare("x", "x")
	files["mail."+locale+".html"], files["mail."+locale+".txt"] = "---\nsubject: x\n---\nx", "["+source+"]"
	content, err := load(t, files).Render(activities.RenderInput{Template: "mail", Locale: locale, Event: event})
	return content.Text, err
}

func TestMoney(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, locale, currency string
		amount                 any
		want                   string
	}{
		{"Dutch", "nl", "EUR", 1234.5, "€\u00a01.234,50"},
		{"Dutch in Belgium", "nl-BE", "EUR", 1234.5, "€\u00a01.234,50"},
		{"English", "en", "EUR", 1234.5, "€1,234.50"},
		{"German", "de", "EUR", 1234.5, "1.234,50\u00a0€"},
		{"no currency", "nl", "", 5.0, "€\u00a05,00"},
		{"pounds", "en-GB", "GBP", 0.5, "£0.50"},
		{"small letters", "en", "usd", 10, "$10.00"},
		{"no decimals", "en", "JPY", 1234.0, "¥1,234"},
		{"symbol of letters", "en", "CHF", 7.0, "CHF\u00a07.00"},
		{"unknown currency", "en", "COINS", 7.0, "COINS\u00a07.00"},
		{"nothing", "nl", "EUR", 0, "€\u00a00,00"},
		{"less than nothing", "nl", "EUR", -5.0, "€\u00a0-5,00"},
		{"less than nothing in English", "en", "EUR", -5.0, "-€5.00"},
		{"rounds to nothing", "en", "EUR", -0.001, "€0.00"},
		{"rounds up", "nl", "EUR", 0.125, "€\u00a00,13"},
		{"number as text", "nl", "EUR", " 39.95 ", "€\u00a039,95"},
		{"missing", "nl", "EUR", nil, ""},
		{"not a number", "nl", "EUR", "39,95", "39,95"},
		{"a list", "nl", "EUR", []any{"a"}, "a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := inLocale(t, c.locale, "{{ event.total | money: event.currency }}", map[string]any{"total": c.amount, "currency": c.currency})
			require.NoError(t, err)
			require.Equal(t, "["+c.want+"]\n", got)
		})
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, locale, source string
		date                 any
		want                 string
	}{
		{"Dutch", "nl", "{{ event.date | date }}", "2026-03-05T10:00:00Z", "5 maart 2026"},
		{"English", "en", "{{ event.date | date }}", "2026-03-05T10:00:00Z", "5 March 2026"},
		{"other languages", "fr", "{{ event.date | date }}", "2026-03-05", "5 March 2026"},
		{"Dutch day", "nl", "{{ event.date | date: '%A %-d %B' }}", "2026-05-03", "zondag 3 mei"},
		{"short names", "nl", "{{ event.date | date: '%a %d %b %H:%M' }}", "2026-03-05T23:30:00+01:00", "do 05 mrt 23:30"},
		{"per cent", "nl", "{{ event.date | date: '100%% %B' }}", "2026-03-05", "100% maart"},
		{"seconds since 1970", "nl", "{{ event.date | date }}", 0, "1 januari 1970"},
		{"missing", "nl", "{{ event.date | date }}", nil, ""},
		{"not a date", "nl", "{{ event.date | date }}", "volgende week", "volgende week"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := inLocale(t, c.locale, c.source, map[string]any{"date": c.date})
			require.NoError(t, err)
			require.Equal(t, "["+c.want+"]\n", got)
		})
	}
}

func TestDateRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ source, want string }{
		"the clock": {"{{ 'now' | date: '%Y' }}", `date: "now" is not available`},
		"padding":   {"{{ '2026-03-05' | date: '%-0999999d' }}", "date: a part of a date cannot be that wide"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := inLocale(t, "nl", c.source, nil)
			require.ErrorContains(t, err, c.want)
		})
	}
}
