package template_test

import (
	"strings"
	"testing"

	"klantreis/activities"
	"klantreis/internal/template"
)

// hostile is a value that must never come out as it is.
const hostile = `<img src=x onerror="boom(0)">`

// FuzzRender takes any template source, or a whole file when it begins with front matter. Whatever it says, it must load or be refused, and render or fail, without a panic,
// within the limits, and without letting the hostile value through.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"Hoi {{ customer.firstName }}", "{% for p in event.products %}{{ p.name }}{{ p.price | money: event.currency }}{% endfor %}",
		"{% capture x %}{{ customer.firstName }}{% endcapture %}{{ x | upcase }}", `<a href="{{ event.url }}">{{ event.url | url }}</a>`,
		"{% for i in (1..1000000000) %}{% endfor %}", "{% assign s = 'a' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}",
		"{{ event.date | date: '%A' }}", "{% case event.n %}{% when 1 %}a{% else %}b{% endcase %}", "{%- raw -%}{{ }}{%- endraw -%}",
		"{{ event.products | map: 'name' | join: ', ' | newline_to_br }}", "{% if customer.firstName contains '<' %}x{% endif %}",
		"{{ customer | json }}{{ event }}", "{% tablerow x in (1..3) cols: 2 %}{{ x }}{% endtablerow %}", "{{ (1..3) | reverse | first }}",
		"---\nsubject: '{{ customer.firstName }}'\npreheader: |\n  a\n---\n<p>{{ customer.firstName }}</p>", "---\nsubject: &a [*a]\n---\nx",
		"{{ customer.firstName | url_encode | url_decode }}", "{{ customer.firstName | escape | escape_once }}",
	} {
		f.Add(seed)
	}
	in := activities.RenderInput{
		Template: "mail", Locale: "nl", Shop: shop,
		Customer: map[string]any{"firstName": hostile},
		Event: map[string]any{"url": hostile, "n": 1.0, "date": "2026-03-05", "products": []any{
			map[string]any{"name": hostile, "price": 9.95, "quantity": 2.0},
		}},
	}
	f.Fuzz(func(t *testing.T, source string) {
		if strings.Contains(source, "boom") {
			t.Skip("the source itself says what it must not print")
		}
		files := bare(source, source)
		if strings.HasPrefix(source, "---") {
			files["mail.nl.html"] = source
		}
		set, err := template.Load(folder(files))
		if err != nil {
			return
		}
		content, err := set.Render(in)
		if err != nil {
			return
		}
		if strings.Contains(content.HTML, hostile) {
			t.Errorf("%q lets a value through: %q", source, content.HTML)
		}
		if strings.ContainsAny(content.Subject, "\r\n") {
			t.Errorf("%q makes a subject of several lines: %q", source, content.Subject)
		}
		if len(content.HTML) > 1<<20 {
			t.Errorf("%q makes %d bytes", source, len(content.HTML))
		}
	})
}
