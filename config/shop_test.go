package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShopifySettings(t *testing.T) {
	t.Parallel()
	good := Shopify{Name: "nl-1", URL: "https://example.myshopify.com", Secret: "s", Version: "2026-01"}
	for name, c := range map[string]struct {
		change func(*Shopify)
		says   string
	}{
		"good":              {func(*Shopify) {}, ""},
		"none":              {func(s *Shopify) { *s = Shopify{Name: "shopify", Version: "2026-01"} }, ""},
		"no secret":         {func(s *Shopify) { s.Secret = "" }, "--shopify-secret (KLANTREIS_SHOPIFY_SECRET): must be set"},
		"a token alone":     {func(s *Shopify) { *s = Shopify{Token: "t"} }, "--shopify-secret"},
		"name":              {func(s *Shopify) { s.Name = "a/b" }, "--shopify-name"},
		"no address":        {func(s *Shopify) { s.URL = "example.myshopify.com" }, "--shopify-url"},
		"address and login": {func(s *Shopify) { s.URL = "https://a:b@example.com" }, "--shopify-url"},
		"version":           {func(s *Shopify) { s.Version = "latest/../x" }, "--shopify-version"},
	} {
		s, said := good, ""
		c.change(&s)
		s.validate(func(format string, args ...any) { said += fmt.Sprintf(format, args...) })
		require.Contains(t, said, c.says, name)
		require.Equal(t, c.says == "", said == "", name)
	}
	require.False(t, good.CanAsk())
	good.ClientID = "app"
	require.True(t, good.CanAsk())
}
