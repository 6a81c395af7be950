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
		"%q": fmt.Sprintf("%q", c.HTTP.WriteKey), "%x": fmt.Sprintf("%x %X", c.HTTP.WriteKey, c.HTTP.WriteKey), "%d": fmt.Sprintf("%d", c.HTTP.WriteKey), //nolint:govet // a wrong verb is the case
		"pointer": fmt.Sprintf("%+v", &c), "list": fmt.Sprint([]Secret{c.HTTP.WriteKey}), "error": fmt.Errorf("with %v", c.HTTP.WriteKey).Error(),
		"json": string(asJSON), "slog": log.String(),
	} {
		require.NotContains(t, text, "very-secret", name)
	}
}

func TestValidateReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	c := Config{HTTP: HTTP{PublicURL: "reis.example.com", LinkKey: "short", FormerLinkKeys: []Secret{"old"}, UnsubscribeMailto: "a@b.example>, <x:", IngestRate: -1}, Record: Record{Database: "mysql://x"}, SendGrid: SendGrid{Host: "nowhere"}, Clock: Clock{Speed: -1}, Guard: Guard{Most: -1}}
	err := c.Validate(Roles{API: true, Worker: true})
	for _, name := range []string{"--database", "--write-key", "--ingest-rate", "--admin-token", "--sendgrid-api-key", "--sendgrid-host", "--speed", "--public-url", "--link-key", "--former-link-keys", "--unsubscribe-mailto", "--guard"} {
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

func TestPageURL(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://reis.example.com", "https://reis.example.com/"} {
		h := HTTP{PublicURL: base, LinkKey: "a key that nobody knows"}
		require.True(t, h.CanLink())
		require.Equal(t, "https://reis.example.com/a/token", h.PageURL("a", "token"))
	}
	require.False(t, HTTP{PublicURL: "https://reis.example.com"}.CanLink())
	require.False(t, HTTP{LinkKey: "a key that nobody knows"}.CanLink())
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	var n Networks
	require.NoError(t, n.UnmarshalText([]byte("10.1.2.3/8, 192.0.2.7,,fd00::/8")))
	require.Equal(t, "[10.0.0.0/8 192.0.2.7/32 fd00::/8]", fmt.Sprint(n.Prefixes()))
	require.NoError(t, n.UnmarshalText(nil))
	require.Empty(t, n.Prefixes())
	require.ErrorContains(t, n.UnmarshalText([]byte("10.0.0.0/8,proxy")), `"proxy" must be an address or a network`)
}

func TestCertificateAndKeyBelongTogether(t *testing.T) {
	t.Parallel()
	for _, tls := range []TLS{{Cert: "c"}, {Key: "k"}} {
		c := Config{TLS: tls, Record: Record{Database: "sqlite:x.db"}}
		require.ErrorContains(t, c.Validate(Roles{}), "--tls-cert and --tls-key")
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	good := Keep{Events: days(90), Visitors: days(7), Decisions: days(30), Tasks: days(1), Audit: days(90), Rejected: days(7), Reports: days(8), MessageIDs: days(8)}
	for name, tt := range map[string]struct {
		change func(*Keep)
		says   string
	}{
		"all as short as can be":              {func(*Keep) {}, ""},
		"for ever":                            {func(k *Keep) { *k = Keep{Rejected: days(1)} }, ""},
		"refused events for ever":             {func(k *Keep) { k.Rejected = 0 }, "--keep-rejected"},
		"refused events for long":             {func(k *Keep) { k.Rejected = days(91) }, "--keep-rejected"},
		"messageIds for less than they count": {func(k *Keep) { k.MessageIDs = days(7) }, "--keep-message-ids"},
		"reports for less than they come":     {func(k *Keep) { k.Reports = days(7) }, "--keep-reports"},
		"less events than a trial needs":      {func(k *Keep) { k.Events = days(89) }, "--guard-since"},
		"hardly any events":                   {func(k *Keep) { k.Events = days(29) }, "--keep-events: must be at least 30d"},
		"visitors":                            {func(k *Keep) { k.Visitors = days(6) }, "--keep-visitors"},
		"decisions":                           {func(k *Keep) { k.Decisions = days(1) }, "--keep-decisions"},
		"the audit log":                       {func(k *Keep) { k.Audit = days(1) }, "--keep-audit"},
	} {
		c := Config{Record: Record{Database: "sqlite:x.db"}, Guard: Guard{Since: days(90)}, Keep: good}
		tt.change(&c.Keep)
		require.NoError(t, c.Validate(Roles{API: false}), "%s: only who removes minds it", name)
		err := c.Validate(Roles{Dispatcher: true})
		if tt.says == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, tt.says, name)
		}
	}
}
