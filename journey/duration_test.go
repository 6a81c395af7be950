package journey

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text    string
		want    time.Duration
		wantErr string
	}{
		"weeks":            {text: "2w", want: 14 * 24 * time.Hour},
		"days":             {text: "7d", want: 7 * 24 * time.Hour},
		"hours":            {text: "36h", want: 36 * time.Hour},
		"minutes":          {text: "90m", want: 90 * time.Minute},
		"seconds":          {text: "30s", want: 30 * time.Second},
		"days and hours":   {text: "1d12h", want: 36 * time.Hour},
		"every unit":       {text: "1w1d1h1m1s", want: 8*24*time.Hour + time.Hour + time.Minute + time.Second},
		"leading zeros":    {text: "007d", want: 7 * 24 * time.Hour},
		"zero parts":       {text: "0d1h", want: time.Hour},
		"hundred years":    {text: "36525d", want: maxDuration},
		"too long":         {text: "36525d1s", wantErr: "must be at most 100 years"},
		"far too long":     {text: "99999999999999999999w", wantErr: "must be at most 100 years"},
		"zero":             {text: "0s", wantErr: "must be positive"},
		"negative":         {text: "-7d", wantErr: "must be positive"},
		"no unit":          {text: "7", wantErr: "7 has no unit (write 7d for days, 7h for hours or 7m for minutes)"},
		"empty":            {text: "", wantErr: `"" is not a duration`},
		"only a sign":      {text: "-", wantErr: `"-" is not a duration`},
		"only a unit":      {text: "d", wantErr: `"d" is not a duration`},
		"words":            {text: "7 days", wantErr: `"7 days" is not a duration (write whole numbers with w, d, h, m or s`},
		"fraction":         {text: "1.5h", wantErr: "is not a duration"},
		"small unit first": {text: "12h1d", wantErr: "is not a duration"},
		"unit twice":       {text: "1d1d", wantErr: "is not a duration"},
		"capital unit":     {text: "7D", wantErr: "is not a duration"},
		"months":           {text: "3mo", wantErr: "is not a duration"},
		"spaces around":    {text: " 7d", wantErr: "is not a duration"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseDuration(tt.text)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestFormatDuration(t *testing.T) {
	t.Parallel()
	tests := map[string]time.Duration{
		"0s":                          0,
		"7d":                          7 * 24 * time.Hour,
		"14d":                         14 * 24 * time.Hour,
		"1d12h":                       36 * time.Hour,
		"1h30m":                       90 * time.Minute,
		"30s":                         30 * time.Second,
		"1d1s":                        24*time.Hour + time.Second,
		"1m1.5s":                      time.Minute + 1500*time.Millisecond,
		"250ms":                       250 * time.Millisecond,
		"-2h":                         -2 * time.Hour,
		"36525d":                      maxDuration,
		"-106751d23h47m16.854775807s": math.MinInt64,
	}
	for want, d := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, FormatDuration(d))
		})
	}
}

func TestFormatDurationComesBack(t *testing.T) {
	t.Parallel()
	for d := time.Second; d <= maxDuration; d = 2*d + 13*time.Second {
		back, err := ParseDuration(FormatDuration(d))
		require.NoError(t, err)
		require.Equal(t, d, back)
	}
}
