package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c := Config{HTTP: HTTP{WriteKey: "wk-very-secret"}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "key", c.HTTP.WriteKey, "all", c)
	asJSON, err := json.Marshal(c)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "%s": fmt.Sprint(c.HTTP.WriteKey),
		"json": string(asJSON), "slog": log.String(),
	} {
		require.NotContains(t, text, "very-secret", name)
	}
}

func TestValidateReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	c := Config{HTTP: HTTP{PublicURL: "reis.example.com", LinkKey: "short", IngestRate: -1}, Record: Record{Database: "mysql://x"}, SendGrid: SendGrid{Host: "nowhere"}, Clock: Clock{Speed: -1}, Guard: Guard{Most: -1}}
	err := c.Validate(Roles{API: true, Worker: true})
	for _, name := range []string{"--database", "--write-key", "--ingest-rate", "--admin-token", "--sendgrid-api-key", "--sendgrid-host", "--speed", "--public-url", "--link-key", "--guard"} {
		require.ErrorContains(t, err, name)
	}
	for _, speed := range []float64{math.NaN(), math.Inf(1)} {
		odd := Config{Record: Record{Database: "sqlite:x.db"}, Clock: Clock{Speed: speed}}
		require.ErrorContains(t, odd.Validate(Roles{}), "--speed")
	}
	ok := Config{Record: Record{Database: "sqlite:x.db"}}
	require.NoError(t, ok.Validate(Roles{}))
}

func TestDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"400d": 9600 * time.Hour, "0d": 0, "1d": 24 * time.Hour} {
		var d Days
		require.NoError(t, d.UnmarshalText([]byte(text)))
		require.Equal(t, want, time.Duration(d))
	}
	for _, text := range []string{"", "d", "400", "-1d", "1.5d", "13 months", "999999999d"} {
		var d Days
		require.ErrorContains(t, d.UnmarshalText([]byte(text)), "must be a number of days, such as 400d")
	}
}

func TestAnswerBase(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://reis.example.com", "https://reis.example.com/"} {
		h := HTTP{PublicURL: base, LinkKey: "a key that nobody knows"}
		require.True(t, h.CanAsk())
		require.Equal(t, "https://reis.example.com/a/", h.AnswerBase())
	}
	require.False(t, HTTP{PublicURL: "https://reis.example.com"}.CanAsk())
	require.False(t, HTTP{LinkKey: "a key that nobody knows"}.CanAsk())
}
