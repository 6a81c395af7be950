package allinone

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/config"
)

func TestKeysAreMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	f := &folder{path: t.TempDir()}
	http, webhook, err := f.keys(config.HTTP{}, config.Webhook{})
	require.NoError(t, err)
	require.Regexp(t, "^wk_.{26}$", string(http.WriteKey))
	require.Regexp(t, "^at_.{26}$", string(http.AdminToken))
	require.Regexp(t, "^lk_.{26}$", string(http.LinkKey))
	require.Regexp(t, "^whsec_[A-Za-z0-9+/]{43}=$", string(webhook.Secret))
	again, webhookAgain, err := f.keys(config.HTTP{Addr: "x"}, config.Webhook{AllowPrivate: true})
	require.NoError(t, err)
	http.Addr, webhook.AllowPrivate = "x", true
	require.Equal(t, http, again)
	require.Equal(t, webhook, webhookAgain)
	given, webhook, err := f.keys(config.HTTP{LinkKey: "mine"}, config.Webhook{Secret: "whsec_mine"})
	require.NoError(t, err)
	require.Equal(t, config.Secret("mine"), given.LinkKey)
	require.Equal(t, config.Secret("whsec_mine"), webhook.Secret)
	require.Equal(t, http.WriteKey, given.WriteKey)
}

func TestKeysOfAnOlderVersionAreCompleted(t *testing.T) {
	t.Parallel()
	f := &folder{path: t.TempDir()}
	require.NoError(t, os.WriteFile(f.file("keys.json"), []byte(`{"writeKey":"wk_1","adminToken":"at_1"}`), 0o600))
	http, webhook, err := f.keys(config.HTTP{}, config.Webhook{})
	require.NoError(t, err)
	require.Equal(t, config.Secret("wk_1"), http.WriteKey)
	require.NotEmpty(t, http.LinkKey)
	again, webhookAgain, err := f.keys(config.HTTP{}, config.Webhook{})
	require.NoError(t, err)
	require.Equal(t, http, again)
	require.Equal(t, webhook, webhookAgain)
}

func TestDamagedKeys(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"writeKey":"wk_1"}`} {
		f := &folder{path: t.TempDir()}
		require.NoError(t, os.WriteFile(f.file("keys.json"), []byte(text), 0o600))
		_, _, err := f.keys(config.HTTP{}, config.Webhook{})
		require.ErrorContains(t, err, "is damaged")
	}
}

func TestLocalURL(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", ":8080": "http://localhost:8080", "0.0.0.0:80": "http://localhost:80",
		"[::]:80": "http://localhost:80", "[::1]:80": "http://[::1]:80", "nonsense": "",
	} {
		require.Equal(t, want, localURL(addr), addr)
	}
}
