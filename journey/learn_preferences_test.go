package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLearnPreferences(t *testing.T) {
	t.Parallel()
	changed := func(days float64, properties map[string]any) Event { return told(days, PreferencesChanged, properties) }
	until := func(days float64) string { return told(days, "", nil).Timestamp.Format(time.RFC3339) }
	at := func(days float64) time.Time { return told(days, "", nil).Timestamp }
	tests := map[string]struct {
		events []Event
		weekly bool
		until  time.Time
	}{
		"nothing":                  {[]Event{changed(1, nil)}, false, time.Time{}},
		"weekly":                   {[]Event{changed(1, map[string]any{"frequency": "weekly"})}, true, time.Time{}},
		"no known frequency":       {[]Event{changed(1, map[string]any{"frequency": "hourly"})}, false, time.Time{}},
		"back to normal":           {[]Event{changed(1, map[string]any{"frequency": "weekly"}), changed(2, map[string]any{"frequency": "normal"})}, false, time.Time{}},
		"late":                     {[]Event{changed(2, map[string]any{"frequency": "normal"}), changed(1, map[string]any{"frequency": "weekly"})}, false, time.Time{}},
		"tie":                      {[]Event{changed(1, map[string]any{"frequency": "normal"}), changed(1, map[string]any{"frequency": "weekly"})}, true, time.Time{}},
		"not now":                  {[]Event{changed(1, map[string]any{"not_before": until(31)})}, false, at(31)},
		"not now, of a frequency":  {[]Event{changed(1, map[string]any{"not_before": until(31)}), changed(2, map[string]any{"frequency": "weekly"})}, true, at(31)},
		"now again":                {[]Event{changed(1, map[string]any{"not_before": until(31)}), changed(2, map[string]any{"not_before": ""})}, false, time.Time{}},
		"never is not for a pause": {[]Event{changed(1, map[string]any{"not_before": until(9999)})}, false, at(367)},
		"no instant":               {[]Event{changed(1, map[string]any{"not_before": until(31)}), changed(2, map[string]any{"not_before": "soon"})}, false, at(31)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(tt.events...)
			require.Equal(t, tt.weekly, f.Preferences.Weekly)
			require.True(t, tt.until.Equal(f.Preferences.NotBefore), f.Preferences.NotBefore)
			joined := Facts{}.Join(f)
			require.Equal(t, f.Preferences, joined.Preferences)
			require.Equal(t, f.Preferences, f.Join(Facts{}).Preferences)
		})
	}
}

// TestWeeklyCountsWhatWentOut although its slot is forgotten.
func TestWeeklyCountsWhatWentOut(t *testing.T) {
	t.Parallel()
	sent := map[Class]time.Time{Service: engineStart, Transactional: engineStart.Add(day)}
	f := Facts{Preferences: Preferences{Weekly: true}, LastSent: sent}
	now := engineStart.Add(2 * day)
	require.Equal(t, engineStart.Add(week), f.weeklyFrom(now, now))
	require.True(t, f.weekTaken("m", now))
	require.False(t, f.weekTaken("m", engineStart.Add(week)))
}

func TestConfirmationOutlastsRepetition(t *testing.T) {
	t.Parallel()
	given := func(days float64, confirmed bool) Event {
		return told(days, ConsentGiven, map[string]any{"class": "marketing", "topics": []any{}, "confirmed": confirmed})
	}
	for _, events := range [][]Event{{given(1, true), given(2, false)}, {given(2, false), given(1, true)}} {
		f := learnAll(events...)
		require.Equal(t, Consent{Given: true, Confirmed: true, At: instantOf(2)}, f.Consents[Marketing])
	}
	f := learnAll(given(1, true), told(2, ConsentWithdrawn, nil), given(3, false))
	require.False(t, f.Consents[Marketing].Confirmed, "after an objection it has to be confirmed anew")
}

func TestTopicTitles(t *testing.T) {
	t.Parallel()
	topic := Topic{ID: "tips", Title: "Tips", Titles: map[string]string{"nl": "Tips en onderhoud"}}
	require.Equal(t, "Tips en onderhoud", topic.TitleIn("nl"))
	require.Equal(t, "Tips", topic.TitleIn("en"))
}
