package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
)

// with returns the small shop with other steps.
func with(t *testing.T, steps string) bundle.Bundle {
	t.Helper()
	b, err := bundle.ReadFS(shop, "")
	require.NoError(t, err)
	b.Files["journey.yaml"] = strings.Replace(b.Files["journey.yaml"], "send: {template: order}", steps, 1)
	return b
}

const (
	asks  = `ask: {template: order, question: "How was it?", scale: 1-5}`
	calls = `webhook: {url: "https://erp.example.com/hook", type: order.made}`
)

func TestAMapIsNotPublishedWithoutWhatItNeeds(t *testing.T) {
	t.Parallel()
	const link, secret = "--public-url (KLANTREIS_PUBLIC_URL) and --link-key", "--webhook-secret (KLANTREIS_WEBHOOK_SECRET): must be set, because the map calls webhooks"
	s := emptyShop(t)
	review := func(has means, steps string) error {
		s.publisher.means = has
		_, err := s.publisher.Review(t.Context(), with(t, steps))
		return err
	}
	require.NoError(t, review(means{}, "send: {template: order}"))
	require.ErrorContains(t, review(means{call: true}, asks), "the map needs settings that are not there, so it is not published:\n"+link)
	require.ErrorContains(t, review(means{link: true}, calls), secret)
	err := review(means{}, asks+", "+calls)
	require.ErrorContains(t, err, link)
	require.ErrorContains(t, err, secret)
	require.NoError(t, review(means{link: true, call: true}, asks+", "+calls))

	s.publish(with(t, asks))
	require.NoError(t, review(means{}, asks+", send: {template: order}"), "the live map asks too, so the processes can")
	require.ErrorContains(t, review(means{}, asks+", "+calls), secret)
	require.NotContains(t, review(means{}, asks+", "+calls).Error(), link)
}

func TestTheAPIDoesNotPublishWithoutWhatTheMapNeeds(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.HTTP.LinkKey = ""
	a := serve(t, cfg)
	body, err := json.Marshal(map[string]any{"files": with(t, asks).Files})
	require.NoError(t, err)
	status, answer := a.do(t, http.MethodPost, "/api/v1/maps", string(body), http.Header{"Authorization": {"Bearer admin-token"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, answer, "--public-url (KLANTREIS_PUBLIC_URL)")
	require.EqualValues(t, 1, liveVersion(t, a.cfg))
}
