package template_test

import (
	"flag"
	"maps"
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

// starters are the maps that ship, but webshop-en, whose mails are those of webshop (a test in examples says so). The mails
// of the first are also compared when next to nothing is known.
var starters = []string{"webshop", "orient-consider-buy", "see-think-do-care", "b2b-quotes"}

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

// occasion is the order together with what the other events of the maps say: a parcel, a product, a quote, an answer.
func occasion() map[string]any {
	event := map[string]any{
		"carrier": "PostNL", "tracking_url": "https://track.example/BH-20417", "delivery_at": "2026-04-10",
		"name": "Terracotta pot", "price": 24.95, "url": "https://buitenhuis.example/p/pot",
		"quote_id": "Q-31", "quote_url": "https://buitenhuis.example/quotes/Q-31", "valid_until": "2026-05-01",
		"reference": "PO 26-014", "survey": "delivery", "score": 10.0,
	}
	maps.Copy(event, order)
	return event
}

// sanne is a customer who told all that the mails of the maps make use of.
func sanne() map[string]any {
	return map[string]any{
		"firstName": "Sanne", "referral_code": "SANNE-27", "invoice_email": "facturen@devries.example",
		"contract_ends": "2027-04-06", "contract_url": "https://buitenhuis.example/contracts/88",
	}
}

func TestStarterMailsMatchTheirGoldens(t *testing.T) {
	t.Parallel()
	full := activities.RenderInput{Customer: sanne(), Event: occasion(), Shop: shop}
	bare := activities.RenderInput{Shop: journey.Shop{Name: "Buitenhuis", Email: "hallo@buitenhuis.example"}}
	eachStarterMail(t, func(t *testing.T, starter string, set *template.Set, name, locale string) {
		require.Empty(t, set.Warnings())
		stem := filepath.Join("testdata", "golden", starter, name+"."+locale)
		content := renderStarter(t, set, name, locale, full)
		golden(t, stem+".full.html", content.HTML)
		golden(t, stem+".full.txt", "Subject: "+content.Subject+"\n\n"+content.Text)
		content = renderStarter(t, set, name, locale, bare)
		if starter == starters[0] {
			golden(t, stem+".minimal.html", content.HTML)
			golden(t, stem+".minimal.txt", "Subject: "+content.Subject+"\n\n"+content.Text)
		}
	})
}

// TestStarterMailsSayHowToReachTheShop holds for every mail, also for a shop that gave only its address.
func TestStarterMailsSayHowToReachTheShop(t *testing.T) {
	t.Parallel()
	eachStarterMail(t, func(t *testing.T, _ string, set *template.Set, name, locale string) {
		all := renderStarter(t, set, name, locale, activities.RenderInput{Shop: shop})
		for _, part := range []string{all.HTML, all.Text} {
			for _, contact := range []string{shop.Name, shop.ReplyTo, shop.Phone, shop.Address} {
				require.Contains(t, part, contact)
			}
		}
		little := renderStarter(t, set, name, locale, activities.RenderInput{Shop: journey.Shop{Name: "B", Email: "hallo@b.example"}})
		require.Contains(t, little.HTML, "mailto:hallo@b.example")
		require.Contains(t, little.Text, "hallo@b.example")
	})
}

// TestStarterMailsLeadToThePreferencePage when their reader can refuse them.
func TestStarterMailsLeadToThePreferencePage(t *testing.T) {
	t.Parallel()
	const link = "https://reis.example/u/c_1~m_1~hash.mac"
	eachStarterMail(t, func(t *testing.T, _ string, set *template.Set, name, locale string) {
		with := renderStarter(t, set, name, locale, activities.RenderInput{Shop: shop, UnsubscribeURL: link})
		require.Contains(t, with.HTML, `href="`+link+`"`)
		require.Contains(t, with.Text, link)
		without := renderStarter(t, set, name, locale, activities.RenderInput{Shop: shop})
		require.NotContains(t, without.HTML, "nsubscribe")
		require.NotContains(t, without.HTML, "itschrijven")
	})
}

func TestStarterMailsTakeOddAndHostileData(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script>`
	hostile := map[string]any{
		"order_id": evil, "total": evil, "currency": evil, "coupon": evil, "discount": 1, "shipping": evil, "shipping_address": evil,
		"checkout_url": "javascript:alert(1)", "review_url": "javascript:alert(1)", "tracking_url": "javascript:alert(1)",
		"quote_url": "javascript:alert(1)", "quote_id": evil, "valid_until": evil, "delivery_at": evil, "carrier": evil, "reference": evil,
		"score": evil, "name": evil, "price": evil, "url": "javascript:alert(1)", "image_url": evil,
		"products": []any{map[string]any{"name": evil, "price": evil, "quantity": evil, "url": "javascript:alert(1)", "image_url": evil}},
	}
	traits := map[string]any{
		"firstName": evil, "referral_code": evil, "invoice_email": evil, "contract_ends": evil, "contract_url": "javascript:alert(1)",
	}
	cases := map[string]activities.RenderInput{
		"hostile": {Customer: traits, Event: hostile},
		"odd": {Customer: map[string]any{"firstName": []any{1}, "first_name": map[string]any{}, "referral_code": 7.0, "contract_ends": []any{}}, Event: map[string]any{
			"order_id": 20417.0, "total": "39,95", "currency": 7, "discount": "5", "tax": nil, "shipping": map[string]any{},
			"shipping_address": map[string]any{"floor": 3}, "products": []any{nil, "pot", map[string]any{"price": "39,95", "quantity": "2"}},
			"quote_id": 31.0, "valid_until": 7.5, "delivery_at": map[string]any{}, "score": []any{}, "name": 5, "price": "?",
		}},
		"no list": {Event: map[string]any{"products": "a pot", "shipping_address": []any{"a"}}},
	}
	eachStarterMail(t, func(t *testing.T, _ string, set *template.Set, name, locale string) {
		for data, in := range cases {
			in.Shop = shop
			content := renderStarter(t, set, name, locale, in)
			for _, never := range []string{"<script", "javascript:"} {
				require.NotContains(t, content.HTML, never, data)
			}
		}
	})
}

// eachStarterMail runs a test for every template of every starter map in every language that it is written in.
func eachStarterMail(t *testing.T, test func(t *testing.T, starter string, set *template.Set, name, locale string)) {
	t.Helper()
	for _, starter := range starters {
		set, err := template.Load(os.DirFS(filepath.Join("../../examples", starter, "templates")))
		require.NoError(t, err, starter)
		files, err := filepath.Glob(filepath.Join("../../examples", starter, "templates", "*.*.html"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			name, locale, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".html"), ".")
			t.Run(starter+" "+name+" "+locale, func(t *testing.T) {
				t.Parallel()
				test(t, starter, set, name, locale)
			})
		}
	}
}

func renderStarter(t *testing.T, set *template.Set, name, locale string, in activities.RenderInput) activities.Content {
	t.Helper()
	in.Locale = locale
	in.Template, in.Persona, _ = strings.Cut(name, "@")
	content, err := set.Render(in)
	require.NoError(t, err)
	require.Equal(t, locale, content.Locale)
	require.Less(t, len(content.HTML), 100_000)
	for _, text := range []string{content.Subject, content.HTML, content.Text} {
		for _, leftover := range []string{"{{", "}}", "{%", "%}", "nil", "%!", "NaN"} {
			require.NotContains(t, text, leftover)
		}
	}
	return content
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
