package template_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/template"
	"klantreis/journey"
)

var update = flag.Bool("update", false, "write the golden files anew")

const webshop = "../../examples/webshop/templates"

var shop = journey.Shop{
	Name: "Buitenhuis", Email: "hallo@buitenhuis.example", ReplyTo: "hallo@buitenhuis.example", Phone: "+31 20 123 45 67",
	URL: "https://buitenhuis.example", Address: "Prinsengracht 12, 1015 DV Amsterdam",
}

// order is an order as Segment's Order Completed describes it.
var order = map[string]any{
	"order_id": "BH-20417", "total": 1234.45, "subtotal": 1248.4, "shipping": 0.0, "tax": 214.25, "discount": 13.95,
	"coupon": "LENTE", "currency": "EUR",
	"products": []any{
		map[string]any{
			"product_id": "p1", "sku": "K-01", "name": "Eikenhouten tuintafel, 200 cm", "price": 1198.5, "quantity": 1.0,
			"url": "https://buitenhuis.example/p/tuintafel",
		},
		map[string]any{
			"product_id": "p2", "sku": "P-07", "name": "Terracotta pot", "price": 24.95, "quantity": 2.0,
			"image_url": "https://buitenhuis.example/p/pot.jpg",
			"url":       "https://buitenhuis.example/p/pot",
		},
	},
	"shipping_address": map[string]any{
		"name": "Sanne de Vries", "street": "Lange Nieuwstraat 8 bis", "postalCode": "3512 PH",
		"city": "Utrecht", "country": "Nederland",
	},
}

func TestWebshopMailsMatchTheirGoldens(t *testing.T) {
	t.Parallel()
	set, err := template.Load(os.DirFS(webshop))
	require.NoError(t, err)
	require.Empty(t, set.Warnings())
	cases := map[string]activities.RenderInput{
		"full":    {Customer: map[string]any{"firstName": "Sanne"}, Event: order, Shop: shop},
		"minimal": {Shop: journey.Shop{Name: "Buitenhuis", Email: "hallo@buitenhuis.example"}},
	}
	for _, name := range set.Names() {
		for _, locale := range set.Locales(name) {
			for data, in := range cases {
				t.Run(name+" "+locale+" "+data, func(t *testing.T) {
					t.Parallel()
					in.Template, in.Locale = name, locale
					content, err := set.Render(in)
					require.NoError(t, err)
					require.Equal(t, locale, content.Locale)
					for _, text := range []string{content.Subject, content.HTML, content.Text} {
						for _, leftover := range []string{"{{", "}}", "{%", "%}", "nil", "%!", "NaN"} {
							require.NotContains(t, text, leftover)
						}
					}
					require.Less(t, len(content.HTML), 100_000)
					stem := filepath.Join("testdata", "golden", name+"."+locale+"."+data)
					golden(t, stem+".html", content.HTML)
					golden(t, stem+".txt", "Subject: "+content.Subject+"\n\n"+content.Text)
				})
			}
		}
	}
}

func TestWebshopMailsTakeOddAndHostileData(t *testing.T) {
	t.Parallel()
	set, err := template.Load(os.DirFS(webshop))
	require.NoError(t, err)
	evil := `"><script>alert(1)</script>`
	cases := map[string]activities.RenderInput{
		"hostile": {Customer: map[string]any{"firstName": evil}, Event: map[string]any{
			"order_id": evil, "total": evil, "currency": evil, "coupon": evil, "discount": 1, "shipping": evil, "shipping_address": evil,
			"checkout_url": "javascript:alert(1)", "review_url": "javascript:alert(1)",
			"products": []any{map[string]any{"name": evil, "price": evil, "quantity": evil, "url": "javascript:alert(1)", "image_url": evil}},
		}},
		"odd": {Customer: map[string]any{"firstName": []any{1}, "first_name": map[string]any{}}, Event: map[string]any{
			"order_id": 20417.0, "total": "39,95", "currency": 7, "discount": "5", "tax": nil, "shipping": map[string]any{},
			"shipping_address": map[string]any{"floor": 3}, "products": []any{nil, "pot", map[string]any{"price": "39,95", "quantity": "2"}},
		}},
		"no list": {Event: map[string]any{"products": "a pot", "shipping_address": []any{"a"}}},
	}
	for _, name := range set.Names() {
		for _, locale := range set.Locales(name) {
			for data, in := range cases {
				t.Run(name+" "+locale+" "+data, func(t *testing.T) {
					t.Parallel()
					in.Template, in.Locale, in.Shop = name, locale, shop
					content, err := set.Render(in)
					require.NoError(t, err)
					for _, never := range []string{"<script", "javascript:", "nil", "%!", "NaN"} {
						require.NotContains(t, content.HTML, never)
					}
				})
			}
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
}
