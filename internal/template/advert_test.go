package template_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/template"
)

func TestAdvertising(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want string // empty when there is nothing to find
	}{
		"review":                          {"Please write a short review of it.", "asks for a review"},
		"review, Dutch":                   {"Een review helpt ons.", "asks for a review"},
		"rate":                            {"Rate your purchase here", "asks for a review"},
		"rate, Dutch":                     {"Beoordeel je aankoop", "asks for a review"},
		"opinion, Dutch":                  {"Laat weten wat je ervan vond", "asks for a review"},
		"percent":                         {"Nu 10% korting op alles", "offers a discount"},
		"code":                            {"Use code THANKS at the checkout", "offers a discount"},
		"code, Dutch":                     {"Met de kortingscode DANK", "offers a discount"},
		"next order":                      {"Five euros off your next order", "offers a discount"},
		"next order, Dutch":               {"Gratis verzending bij je volgende bestelling", "offers a discount"},
		"coupon":                          {"A coupon for you", "offers a discount"},
		"also like":                       {"You may also like", "sells more"},
		"also like, Dutch":                {"Dit vind je misschien ook leuk", "sells more"},
		"maybe also, Dutch":               {"Misschien ook iets voor jou", "sells more"},
		"others, Dutch":                   {"Anderen kochten ook", "sells more"},
		"on two lines":                    {"Customers also\n  bought", "sells more"},
		"between values":                  {"{{ customer.firstName }}, you might like {{ event.other }}", "sells more"},
		"newsletter":                      {"Sign up for our newsletter", "asks for more than the order"},
		"newsletter, Dutch":               {"Schrijf je in voor onze nieuwsbrief", "asks for more than the order"},
		"friend":                          {"Tell a friend!", "asks for more than the order"},
		"a discount that was given":       {"Korting ({{ event.coupon }}): -{{ event.discount | money }}", ""},
		"the code that was used":          {"Kortingscode: {{ event.coupon }}", ""},
		"an order":                        {"Thank you for your order. Is something not right? Let us know.", ""},
		"an order, Dutch":                 {"Bedankt voor je bestelling. Klopt er iets niet? Laat het ons weten.", ""},
		"in a comment":                    {"{% comment %}write a review{% endcomment %}Dank je", ""},
		"a value that is called a review": {"{{ event.review_url }}", ""},
		"to review an order":              {"We will review your return within two days.", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := bare("<p>Dank</p>", "Dank\n\n"+tt.text)
			if !strings.Contains(name, "Dutch") {
				files = rename(files, "mail.nl", "mail.en")
			}
			found := load(t, files).Advertising("mail")
			if tt.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1, "%v", found)
			require.True(t, found[0].Warning)
			require.Contains(t, found[0].Message, tt.want)
			require.Equal(t, 3, found[0].Line)
		})
	}
}

func rename(files map[string]string, from, to string) map[string]string {
	renamed := map[string]string{}
	for name, text := range files {
		renamed[strings.Replace(name, from, to, 1)] = text
	}
	return renamed
}

func TestAdvertisingInHTML(t *testing.T) {
	t.Parallel()
	files := bare("<p class=\"review\">Dank</p>\n<!-- review -->\n<style>\n.review { color: red }\n</style>\n<p>Een <b>kortings</b>code:\nvind&nbsp;je\nmisschien <i>ook</i> leuk</p>", "Dank")
	files["mail.nl.html"] = strings.Replace(files["mail.nl.html"], "Hallo", "Schrijf een review", 1)
	found := load(t, files).Advertising("mail")
	require.Equal(t, []string{
		`mail.nl.html:2: warning: "Schrijf een review" asks for a review (a transactional mail must not advertise; send it in a mail of another class)`,
		`mail.nl.html:9: warning: "kortings code" offers a discount (a transactional mail must not advertise; send it in a mail of another class)`,
		`mail.nl.html:10: warning: "vind je misschien ook leuk" sells more (a transactional mail must not advertise; send it in a mail of another class)`,
	}, strings.Split(found.Error(), "\n"))
}

func TestAdvertisingInALayout(t *testing.T) {
	t.Parallel()
	files := bare("<p>Dank</p>", "Dank")
	files["layout.txt"] = "{{ content }}\n--\nShop now!"
	set := load(t, files)
	require.Empty(t, set.Advertising("mail"))
	require.Equal(t, `layout.txt:3: warning: "Shop now" sells more (a transactional mail must not advertise; send it in a mail of another class)`,
		set.LayoutAdvertising().Error())
	empty, err := template.Load(folder(nil))
	require.NoError(t, err)
	require.Empty(t, empty.LayoutAdvertising())
	require.Empty(t, empty.WithoutUnsubscribe())
}

func TestWithoutUnsubscribe(t *testing.T) {
	t.Parallel()
	files := bare("<p>Dank</p>", "Dank")
	files["layout.html"] = `{{ content }}{% if unsubscribe_url %}<a href="{{ unsubscribe_url }}">weg</a>{% endif %}`
	require.Equal(t, []string{"layout.txt"}, load(t, files).WithoutUnsubscribe())
	files["layout.txt"] = "{{ content }}\n{{ unsubscribe_url }}"
	require.Empty(t, load(t, files).WithoutUnsubscribe())
}
