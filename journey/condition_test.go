package journey

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// withExpression returns a map that knows one expression.
func withExpression(t testing.TB, text string, want expressionType) *Map {
	t.Helper()
	m := &Map{}
	m.compile(func(string, string) {})
	m.expression(text, want, "here", func(_, message string) { require.Empty(t, message) })
	return m
}

// conditionVars are what the conditions of these tests see. Numbers are as JSON has them, or as Go has them.
func conditionVars() *vars {
	s := State{
		CustomerID: "c-1", Phase: "care", PhaseSince: engineStart,
		Facts: Facts{
			Traits: map[string]any{"vip": true, "birthday": "1990-05-01T00:00:00Z"}, Locale: "nl",
			Orders: 4, TotalSpent: 100, LastOrderAt: engineStart.Add(-day), FirstSeen: engineStart.Add(-10 * day),
		},
	}
	return &vars{
		event: map[string]any{
			"total": 50.0, "whole": 3, "long": int64(1) << 60, "text": "50", "nothing": nil, "yes": true, "empty": "",
			"list": []any{1.0, 2.0}, "map": map[string]any{"deep": "down"}, "mail": "jo@example.com", "many": make([]any, 3000),
			"huge": strings.Repeat("a", 30_000), "fraction": 0.5, "large": 1e21, "id": 5493928165633.0, "zero byte": "a\x00b",
		},
		customer: s.customer(),
		now:      engineStart,
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		want  bool
		error string
	}{
		"none":                                  {text: "", want: true},
		"number against whole number":           {text: "event.total > 49", want: true},
		"number against fraction":               {text: "event.total >= 50.0", want: true},
		"number equals whole number":            {text: "event.total == 50", want: true},
		"Go's own whole number":                 {text: "event.whole == 3 && event.whole < 3.5", want: true},
		"in a list":                             {text: "event.total in [49, 50]", want: true},
		"text is no number":                     {text: "event.text == 50", want: false},
		"text against number":                   {text: "event.text > 49", error: "no such overload"},
		"text made a number":                    {text: "double(event.text) > 49", want: true},
		"missing property":                      {text: "event.missing > 1", error: "no such key: missing"},
		"missing property below another":        {text: "event.map.missing == 1", error: "no such key: missing"},
		"property of a text":                    {text: "event.text.missing == 1", error: "no such key: missing"},
		"has":                                   {text: "has(event.missing) || has(event.total)", want: true},
		"has with null":                         {text: "has(event.nothing)", want: true},
		"missing on one side of or":             {text: "event.missing > 1 || event.total > 1", want: true},
		"missing on one side of and":            {text: "event.missing > 1 && event.total < 1", want: false},
		"optional":                              {text: `event.?missing.orValue(7) == 7`, want: true},
		"null equals null":                      {text: "event.nothing == null", want: true},
		"null is not zero":                      {text: "event.nothing == 0", want: false},
		"null against number":                   {text: "event.nothing > 0", error: "no such overload"},
		"truth by itself":                       {text: "event.yes", want: true},
		"text by itself":                        {text: "event.text", error: "is of type string, not true or false"},
		"key with a space":                      {text: `event["zero byte"] != ""`, want: true},
		"nested":                                {text: `event.map.deep == "down"`, want: true},
		"exists":                                {text: "event.list.exists(x, x > 1)", want: true},
		"arithmetic of number and whole number": {text: "event.total * 2 > 1", error: "no such overload"},
		"arithmetic of numbers":                 {text: "event.total * 2.0 == 100.0", want: true},
		"text functions":                        {text: `event.mail.endsWith("@example.com") && event.mail.substring(0, 2).upperAscii() == "JO"`, want: true},
		"pattern":                               {text: `event.mail.matches("^[a-z]+@")`, want: true},
		"customer":                              {text: `customer.orders >= 2 && customer.phase == "care" && customer.locale == "nl"`, want: true},
		"customer's averages":                   {text: "customer.average_order == 25.0 && customer.total_spent > 99", want: true},
		"whole number against fraction":         {text: "customer.orders > 3.5", want: true},
		"trait":                                 {text: "customer.traits.vip", want: true},
		"missing trait":                         {text: "customer.traits.missing", error: "no such key: missing"},
		"has trait":                             {text: "has(customer.traits.missing)", want: false},
		"instants":                              {text: `now - customer.last_order_at == duration("24h") && customer.phase_since <= now`, want: true},
		"has an instant":                        {text: "has(customer.last_order_at)", want: true},
		"has no instant":                        {text: "has(customer.first_order_at)", want: false},
		"absent instant is 1970":                {text: `customer.first_order_at == timestamp("1970-01-01T00:00:00Z")`, want: true},
		"instant of a trait":                    {text: "timestamp(customer.traits.birthday).getMonth() == 4", want: true},
		"personal data is not repeated":         {text: "timestamp(event.mail) < now", error: "invalid RFC 3339 timestamp"},
		"divided by zero":                       {text: "1 / (customer.orders - 4) > 0", error: "division by zero"},
		"too much work":                         {text: "event.many.all(x, event.many.all(y, x == y))", error: "cost limit exceeded"},
		"too much text":                         {text: "event.huge.lowerAscii() == event.huge", error: "cost limit exceeded"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := withExpression(t, tt.text, yieldsBool).holds(tt.text, conditionVars())
			if tt.error != "" {
				require.ErrorContains(t, err, tt.error)
				require.NotContains(t, err.Error(), "jo@example.com")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"text":                   {"event.text", "50"},
		"number, as its text":    {"event.total", "50"},
		"large id":               {"event.id", "5493928165633"},
		"Go's own whole number":  {"event.long", "1152921504606846976"},
		"fraction":               {"event.fraction", "0.5"},
		"larger than exact":      {"event.large", "1e+21"},
		"computed":               {`event.mail + "/" + event.text`, "jo@example.com/50"},
		"of the customer":        {"customer.orders", "4"},
		"missing":                {"event.missing", ""},
		"missing, with fallback": {`event.?missing.orValue("x")`, "x"},
		"null":                   {"event.nothing", ""},
		"empty":                  {"event.empty", ""},
		"truth":                  {"event.yes", ""},
		"list":                   {"event.list", ""},
		"too long":               {"event.huge", ""},
		"zero byte":              {`event["zero byte"]`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, withExpression(t, tt.text, yieldsKey).key(tt.text, conditionVars()))
		})
	}
}

func TestInstants(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		want  time.Time
		error string
	}{
		"computed":                 {text: `now + duration("36h")`, want: engineStart.Add(36 * time.Hour)},
		"of the customer":          {text: "customer.last_order_at", want: engineStart.Add(-day)},
		"text with a zone":         {text: `"2026-03-02T10:00:00+01:00"`, error: `must be a moment, but is a text, so write timestamp("2026-03-02T10:00:00+01:00")`},
		"property":                 {text: "customer.traits.birthday", want: time.Date(1990, 5, 1, 0, 0, 0, 0, time.UTC)},
		"property that is none":    {text: "event.mail", error: "is not a timestamp"},
		"property that is missing": {text: "event.missing", error: "no such key: missing"},
		"number":                   {text: "event.total", error: "is of type double"},
		"beyond the calendar":      {text: `timestamp("9999-12-31T23:59:59Z") + duration("24h")`, error: "overflow"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, message := &Map{}, ""
			m.compile(func(string, string) {})
			m.expression(tt.text, yieldsTimestamp, "here", func(_, text string) { message = text })
			if message != "" {
				require.Contains(t, message, tt.error)
				return
			}
			got, err := m.instant(tt.text, conditionVars())
			if tt.error != "" {
				require.ErrorContains(t, err, tt.error)
				require.NotContains(t, err.Error(), "jo@example.com")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestShareIsEvenAndFixed(t *testing.T) {
	t.Parallel()
	below := 0
	for i := range 10_000 {
		id := RunID("c", "t", "", i)
		s := share(id, "review", "review")
		require.InDelta(t, s, share(id, "review", "review"), 0)
		require.True(t, s >= 0 && s < 1)
		if s < 0.1 {
			below++
		}
	}
	require.InDelta(t, 1000, below, 120)
}

func TestIDsTellPartsApart(t *testing.T) {
	t.Parallel()
	require.NotEqual(t, RunID("ab", "c", "", 1), RunID("a", "bc", "", 1))
	require.NotEqual(t, RunID("a", "b", "1", 1), RunID("a", "b", "", 11))
	require.Regexp(t, `^r_[a-z2-7]{24}$`, RunID("a", "b", "c", 1))
	require.Regexp(t, `^m_[a-z2-7]{24}$`, MessageID("r_1", "send-1", engineStart))
	rapid.Check(t, func(t *rapid.T) {
		parts := func(label string) []string { return rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, label) }
		a, b := parts("a"), parts("b")
		require.Equal(t, strings.Join(a, "\x00|") == strings.Join(b, "\x00|") && len(a) == len(b), digest(a...) == digest(b...))
	})
}
