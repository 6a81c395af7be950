package template_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

func TestRenderPicksTheLocale(t *testing.T) {
	t.Parallel()
	files := bare("nl", "nl")
	for _, locale := range []string{"en", "de", "pt-BR"} {
		files["mail."+locale+".html"], files["mail."+locale+".txt"] = "---\nsubject: x\n---\n"+locale, locale
	}
	set := load(t, files)
	cases := []struct{ name, locale, fallback, want string }{
		{"the same", "en", "nl", "en"},
		{"a region", "nl-BE", "en", "nl"},
		{"a script and region", "de-Latn-CH", "en", "de"},
		{"an underscore", "nl_NL", "en", "nl"},
		{"capitals", "EN-gb", "nl", "en"},
		{"another region", "pt-PT", "nl", "pt-BR"},
		{"another language", "fr", "nl", "nl"},
		{"another language, fallback with region", "fr", "nl-BE", "nl"},
		{"none", "", "en", "en"},
		{"nothing fits", "fr", "sv", "de"},
		{"nothing given", "", "", "de"},
		{"nonsense", "-", "--", "de"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			content, err := set.Render(activities.RenderInput{Template: "mail", Locale: c.locale, Fallback: c.fallback})
			require.NoError(t, err)
			require.Equal(t, c.want, content.Locale)
			require.Equal(t, c.want+"\n", content.Text)
		})
	}
}

func TestRenderPutsPartsIntoTheLayouts(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"layout.html": "{{ locale }}|{{ shop.name }}|{{ subject }}|{{ preheader }}|{{ reason }}|{{ content }}|{{ unsubscribe_url }}",
		"layout.txt":  "{{ subject }}\n\n\n\n{{ content }}\n{{ shop.reply_to }}",
		"mail.nl.html": "---\nsubject: Hoi {{ customer.firstName }}\npreheader: voor {{ customer.firstName }}\n" +
			"reason: van {{ shop.name }}\n---\n<b>{{ customer.firstName }}</b>",
		"mail.nl.txt": "Hoi {{ customer.firstName }}  \n\n\n\n{% if false %}\n{% endif %}\nDag",
	}
	content, err := load(t, files).Render(activities.RenderInput{
		Template: "mail", Customer: map[string]any{"firstName": "A&B"}, Shop: shop,
	})
	require.NoError(t, err)
	require.Equal(t, activities.Content{
		Subject: "Hoi A&B", Locale: "nl",
		HTML: "nl|Buitenhuis|Hoi A&amp;B|voor A&amp;B|van Buitenhuis|<b>A&amp;B</b>|",
		Text: "Hoi A&B\n\nHoi A&B\n\nDag\nhallo@buitenhuis.example\n",
	}, content)
}

func TestRenderKeepsTheSubjectOnOneLine(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ name, want string }{
		"plain":            {"Sanne", "Hoi Sanne"},
		"header injection": {"Sanne\r\nBcc: all@example.com", "Hoi Sanne Bcc: all@example.com"},
		"other line ends":  {"a\u2028b\u2029c\u0085d\ve\x00f", "Hoi a b c d e f"},
		"markup":           {"<b>&", "Hoi <b>&"},
		"much":             {strings.Repeat("é", 1000), "Hoi " + strings.Repeat("é", 245) + "…"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := bare("x", "x")
			files["mail.nl.html"] = "---\nsubject: Hoi {{ customer.name }}\n---\nx"
			content, err := load(t, files).Render(activities.RenderInput{Template: "mail", Customer: map[string]any{"name": c.name}})
			require.NoError(t, err)
			require.Equal(t, c.want, content.Subject)
		})
	}
}

func TestRenderErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	files := bare("x", "a\n{{ event.name | slice: 9 }}")
	files["silent.nl.html"], files["silent.nl.txt"] = "---\nsubject: '{{ event.title }}'\n---\nx", "x"
	set := load(t, files)
	_, err := set.Render(activities.RenderInput{Template: "mail", Event: map[string]any{"name": "short"}})
	require.ErrorContains(t, err, `template "mail": mail.nl.txt:2: slice: cannot handle its input: runtime error`)
	_, err = set.Render(activities.RenderInput{Template: "silent"})
	require.ErrorContains(t, err, `template "silent": silent.nl.html:2: the subject comes out empty`)
	_, err = set.Render(activities.RenderInput{Template: "nope"})
	require.EqualError(t, err, `template "nope": unknown`)
}

func TestRenderWritesValuesAsPeopleDo(t *testing.T) {
	t.Parallel()
	var event map[string]any
	require.NoError(t, json.Unmarshal([]byte(`{"whole":12345678,"big":1e300,"half":0.5,"text":"a","yes":true,"none":null,
		"list":["a",1,null],"object":{"b":null,"a":1}}`), &event))
	event["number"], event["typed"] = json.Number("7"), []map[string]int64{{"n": 3}}
	cases := []struct{ name, source, want string }{
		{"whole number", "{{ event.whole }}", "12345678"},
		{"fraction", "{{ event.half }}", "0.5"},
		{"sum of fractions", "{{ 0.1 | plus: 0.2 }}", "0.3"},
		{"large product", "{{ event.whole | times: 1000 }}", "12345678000"},
		{"product as text", "{{ event.whole | times: 10 | append: '!' }}", "123456780!"},
		{"calculating with text", "{{ '39.95' | times: '2' }} {{ 9 | divided_by: '2.0' }} {{ 9 | divided_by: 2.0 }} {{ 9 | divided_by: 2 }} {{ 1 | plus: 'a' }}{{ '39,95' | times: 2 }}", "79.9 4.5 4.5 4 "},
		{"JSON number", "{{ event.number | plus: 1 }}", "8"},
		{"Go types", "{{ event.typed[0].n }}", "3"},
		{"boolean", "{{ event.yes }}", "true"},
		{"null", "[{{ event.none }}]", "[]"},
		{"missing", "[{{ event.nope.nope }}{{ nope }}]", "[]"},
		{"list", "{{ event.list }}", "a1"},
		{"range", "{{ (1..3) }}", "123"},
		{"condition", "{{ event.whole > 3 }}", "true"},
		{"limit from data", "{% for i in (1..5) limit: event.number %}{{ i }}{% endfor %}", "12345"},
		{"cycle", "{% for i in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}", "aba"},
		{"raw", "{% raw %}{{ x }}{% endraw %}", "{{ x }}"},
		{"comment", "a{% comment %}{{ x | nope }}{% endcomment %}b", "ab"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			content := render(t, c.source, event)
			require.Equal(t, c.want, content.HTML)
			require.Equal(t, strings.TrimSpace(c.want)+"\n", content.Text)
		})
	}
}

func TestRenderIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	set := load(t, bare("{% for i in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}{% capture x %}{{ event.n }}{% endcapture %}{{ x }}", "{{ event.n | money }}"))
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for range 20 {
				content, err := set.Render(activities.RenderInput{Template: "mail", Event: map[string]any{"n": n}})
				if err != nil || content.HTML != fmt.Sprintf("aba%d", n) {
					t.Errorf("rendered %q, %v", content.HTML, err)
				}
			}
		})
	}
	wg.Wait()
}
