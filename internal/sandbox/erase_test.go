package sandbox_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/sandbox"
)

func TestErasesMails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := setup(t, sandbox.Options{Dir: dir})
	for _, id := range []string{"m-1", "m-2"} {
		b.send(t, testMail(id))
	}
	other := testMail("m-3")
	other.To.Email = "piet@example.com"
	b.send(t, other)

	left, err := b.client.Erase(t.Context(), []string{"JAN@example.com", "nobody@example.com"})
	require.NoError(t, err)
	require.Empty(t, left)
	require.Len(t, b.Messages(), 1)
	kept, err := os.ReadFile(filepath.Join(dir, "inbox.ndjson"))
	require.NoError(t, err)
	require.NotContains(t, string(kept), "jan@example.com")
	require.Contains(t, string(kept), "piet@example.com")

	left, err = b.client.Erase(t.Context(), []string{"no address", "piet@example.com"})
	require.NoError(t, err)
	require.Equal(t, "1 of 2 addresses was refused as no mail address, so no mail can have gone there", left)
	require.Empty(t, b.Messages())
	left, err = b.client.Erase(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestRefusesToErase(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	for _, body := range []string{"{", "{}", `{"email_addresses":[]}`, `{"email_addresses":["x"]}`} {
		got := request(t, http.MethodPost, b.api+"/v3/recipients/erasejob", body, withKey)
		require.Equal(t, http.StatusBadRequest, got.status, body)
	}
	got := request(t, http.MethodPost, b.api+"/v3/recipients/erasejob", `{"email_addresses":["x@example.com"]}`, nil)
	require.Equal(t, http.StatusUnauthorized, got.status)
	require.NoError(t, b.SetFaults(sandbox.FaultPlan{Fault: sandbox.FaultUnavailable, Next: 1}))
	_, err := b.client.Erase(t.Context(), []string{"x@example.com"})
	require.ErrorContains(t, err, "status 503")
	_, err = b.client.Erase(t.Context(), []string{"x@example.com"})
	require.NoError(t, err)
}
