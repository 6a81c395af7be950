package app

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
	"klantreis/journey"
)

// TestConfirmingAConsent follows the mail that asks for it.
func TestConfirmingAConsent(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	status, answer := r.do(t, http.MethodPost, "/v1/batch", `{"writeKey":"write-key","batch":[
		{"type":"identify","userId":"piet","traits":{"email":"piet@example.net","locale":"nl"}},
		{"type":"track","userId":"piet","event":"Consent Requested","messageId":"request-1",
			"properties":{"topics":["tips"],"text_version":"7","confirmed":true,"source":"footer"}}]}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	messageID := r.plan(t, "piet")
	path := strings.TrimPrefix(r.links().Confirm(messageID), "https://reis.test")
	customer := func() store.Reader {
		c, _, err := r.record.CustomerByUserID(t.Context(), "piet")
		require.NoError(t, err)
		reader, _, err := r.record.Reader(t.Context(), c.State.CustomerID)
		require.NoError(t, err)
		reader.State.Facts = reader.State.Facts.Told(reader.Unseen)
		return reader
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		status, page := r.request(t, method, path, "", "")
		require.Equal(t, http.StatusOK, status)
		if method == http.MethodGet {
			require.Contains(t, page, "Wil je mail van ons ontvangen?")
			require.Contains(t, page, "Tips en onderhoud")
		}
	}
	require.Empty(t, customer().State.Facts.Topics, "looking changes nothing, and neither does asking")
	for range 2 {
		status, page := r.request(t, http.MethodPost, path, urlencoded, "")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Bedankt, het is bevestigd")
	}
	said := customer().State.Facts.Topics["tips"]
	require.True(t, said.Given && said.Confirmed)
	require.Empty(t, customer().State.Facts.Consents, "a topic is no class")
	ledger, err := r.record.Consents(t.Context(), customer().State.CustomerID, math.MaxInt64, 10)
	require.NoError(t, err)
	require.Len(t, ledger, 1)
	require.Equal(t, "double-opt-in", ledger[0].Source)
	require.Equal(t, "7", ledger[0].TextVersion)
	require.True(t, ledger[0].Confirmed)
	require.Contains(t, ledger[0].Proof, "request-1")
	require.Contains(t, ledger[0].Proof, messageID)

	// Whoever objects after that is not signed up again by the old mail, however late.
	require.NoError(t, r.chooser().choose(t.Context(), store.Choice{Events: []journey.Event{
		r.chooser().event("piet", journey.ConsentWithdrawn, map[string]any{"topic": "tips"}),
	}}))
	_, err = r.record.PruneMessageIDs(t.Context(), start.AddDate(1, 0, 0), 1000)
	require.NoError(t, err)
	r.request(t, http.MethodPost, path, urlencoded, "")
	ledger, err = r.record.Consents(t.Context(), customer().State.CustomerID, math.MaxInt64, 10)
	require.NoError(t, err)
	require.Len(t, ledger, 2)
}

// TestLinksThatConfirmNothing are forged, of another mail, or too old.
func TestLinksThatConfirmNothing(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	order := strings.TrimPrefix(r.links().Confirm(r.messageID), "https://reis.test")
	for name, path := range map[string]string{
		"of a mail that asked nothing": order, "of no mail": strings.TrimPrefix(r.links().Confirm("m_none"), "https://reis.test"),
		"forged": "/c/" + r.messageID + ".AAAAAAAAAAAAAAAAAAAAAA", "of another kind": "/c/" + r.answerLinks().Token(r.messageID),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, _ := r.request(t, method, path, urlencoded, "")
			require.Equal(t, http.StatusNotFound, status, name)
		}
	}
	require.Empty(t, r.said(t))
	status, answer := r.do(t, http.MethodPost, "/v1/track", `{"writeKey":"write-key","userId":"piet","event":"Consent Requested",
		"context":{"traits":{"email":"piet@example.net"}}}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	token := r.confirmationLinks().Token(r.plan(t, "piet"))
	for after, want := range map[time.Duration]bool{29 * 24 * time.Hour: true, 31 * 24 * time.Hour: false} {
		p, ok := r.preferences().(*preferences)
		require.True(t, ok)
		p.now = func() time.Time { return start.Add(after) }
		_, found, err := p.Confirmation(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, want, found, after)
	}
}
