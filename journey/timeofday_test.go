package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseTimeOfDay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text    string
		want    TimeOfDay
		wantErr string
	}{
		"morning":           {text: "09:00", want: 540},
		"midnight":          {text: "00:00", want: 0},
		"last minute":       {text: "23:59", want: 1439},
		"end of the day":    {text: "24:00", want: 1440},
		"after the end":     {text: "24:01", wantErr: `"24:01" is not a time of day (the last minute of a day is 23:59)`},
		"hour 25":           {text: "25:00", wantErr: "the last minute of a day is 23:59"},
		"minute 60":         {text: "09:60", wantErr: "the last minute of a day is 23:59"},
		"one digit":         {text: "9:00", wantErr: `"9:00" is not a time of day (did you mean 09:00?)`},
		"a dot":             {text: "09.30", wantErr: "did you mean 09:30?"},
		"seconds":           {text: "09:00:00", wantErr: "write hours and minutes, such as 09:00 or 21:30"},
		"afternoon":         {text: "9pm", wantErr: "is not a time of day"},
		"an hour":           {text: "9", wantErr: "is not a time of day"},
		"nothing":           {text: "", wantErr: `"" is not a time of day`},
		"negative":          {text: "-1:00", wantErr: "is not a time of day"},
		"other digits":      {text: "٠٩:٠٠", wantErr: "is not a time of day"},
		"a line after":      {text: "09:00\n", wantErr: "is not a time of day"},
		"three-digit hours": {text: "009:00", wantErr: "is not a time of day"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseTimeOfDay(tt.text)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.text, got.String())
		})
	}
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	days, err := ParseWeekdays([]string{"Friday", "monday", "MONDAY", "sunday"})
	require.NoError(t, err)
	require.Equal(t, "monday, friday, sunday", days.String())
	require.True(t, days.Has(time.Sunday))
	require.True(t, days.Has(time.Monday))
	require.False(t, days.Has(time.Tuesday))
	require.False(t, days.Has(time.Saturday))

	none, err := ParseWeekdays(nil)
	require.NoError(t, err)
	require.Zero(t, none)
	require.Equal(t, "every day", none.String())
	require.True(t, none.Has(time.Wednesday))
	all, err := ParseWeekdays(weekdayNames)
	require.NoError(t, err)
	require.Equal(t, "every day", all.String())

	for name, hint := range map[string]string{
		"mon": "did you mean monday?", "Tue.": "did you mean tuesday?", "tuesdya": "did you mean tuesday?",
		"maandag": `"maandag" is not a day of the week`, "": `"" is not a day of the week`,
	} {
		_, err := ParseWeekdays([]string{"friday", name})
		require.ErrorContains(t, err, hint)
	}
}
