package shopify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/shop"
	"klantreis/internal/shop/shopify/shopifytest"
)

func TestTheShopGivesTheAppATokenForADay(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	a := adapter(Options{URL: s.URL, ClientID: shopifytest.ClientID})
	at := now
	a.Token, a.Now = "", func() time.Time { return at }
	ask := func() error {
		_, err := a.Page(t.Context(), "", since)
		return err
	}
	require.NoError(t, ask())
	require.NoError(t, ask())
	require.Equal(t, 1, s.Granted())
	at = at.Add(23*time.Hour + 56*time.Minute)
	require.NoError(t, ask())
	require.Equal(t, 2, s.Granted(), "before it runs out")
	s.Revoke()
	require.ErrorContains(t, ask(), "refuses the access token")
	require.NoError(t, ask())
	require.Equal(t, 3, s.Granted(), "one that was refused is not used again")
}

func TestTheShopGivesAStrangerNoToken(t *testing.T) {
	t.Parallel()
	s := shopifytest.New(t)
	a := adapter(Options{URL: s.URL, ClientID: "other"})
	a.Token = ""
	_, err := a.Page(t.Context(), "", since)
	var refusal *shop.Refusal
	require.ErrorAs(t, err, &refusal)
	require.ErrorContains(t, err, "gives no access token (400)")
	require.NotContains(t, err.Error(), secret)
	require.False(t, refusal.Temporary)
}
