package template_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

func TestValuesAreHarmlessInHTML(t *testing.T) {
	t.Parallel()
	event := map[string]any{
		"name": `<script>alert("x")</script>`, "quote": `" onmouseover="evil()`, "js": "JavaScript:alert(1)", "tabs": "java\tscript:alert(1)",
		"data": "data:text/html,<script>", "link": `https://shop.example/a b?q="x"&y=1`, "lines": "a<b>\nc", "path": "/orders/1", "mail": "mailto:a@b.nl",
		"liquid": "{{ shop.email }}{% include 'x' %}",
	}
	cases := []struct{ name, source, want string }{
		{"text", "{{ event.name }}", "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;"},
		{"attribute", `<p title="{{ event.quote }}">`, `<p title="&#34; onmouseover=&#34;evil()">`},
		{"after a filter", "{{ event.name | upcase | prepend: '<' }}", "&lt;&lt;SCRIPT&gt;ALERT(&#34;X&#34;)&lt;/SCRIPT&gt;"},
		{"in a list", "{{ event.name | split: 'x' }}", "&lt;script&gt;alert(&#34;&#34;)&lt;/script&gt;"},
		{"as JSON", "{{ event.name | json }}", "&#34;\\u003cscript\\u003ealert(\\&#34;x\\&#34;)\\u003c/script\\u003e&#34;"},
		{"escaped once by the author", "{{ event.name | escape }}", "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;"},
		{"captured", "{% capture c %}<b>{{ event.name }}</b>{% endcapture %}{{ c }}", "<b>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;</b>"},
		{"captured, then changed", "{% capture c %}<b>{{ event.lines }}</b>{% endcapture %}{{ c | append: '!' }}", "&lt;b&gt;a&amp;lt;b&amp;gt;\nc&lt;/b&gt;!"},
		{"line breaks", "{{ event.lines | newline_to_br }}", "a&lt;b&gt;<br>\nc"},
		{"line breaks in captured text", "{% capture c %}<i>x</i>\ny{% endcapture %}{{ c | newline_to_br }}", "<i>x</i><br>\ny"},
		{"link", `<a href="{{ event.link }}">`, `<a href="https://shop.example/a%20b?q=%22x%22&amp;y=1">`},
		{"mail link", `<a href="{{ event.mail }}">`, `<a href="mailto:a@b.nl">`},
		{"path", `<a href="{{ shop.url }}{{ event.path }}">`, `<a href="https://buitenhuis.example/orders/1">`},
		{"program as link", `<a href="{{ event.js }}">`, `<a href="">`},
		{"program with a tab", `<a href='{{ event.tabs }}'>`, `<a href=''>`},
		{"data as image", `<IMG SRC = " {{ event.data }}">`, `<IMG SRC = " ">`},
		{"program in a branch", `<a class="x" href="{% if event.js %}{{ event.js }}{% endif %}">`, `<a class="x" href="">`},
		{"program by the filter", "{{ event.js | url }}", ""},
		{
			"inside an address", `<a href="https://x.example/?q={{ event.link | url_encode }}">`,
			`<a href="https://x.example/?q=https%3A%2F%2Fshop.example%2Fa+b%3Fq%3D%22x%22%26y%3D1">`,
		},
		{"Liquid in a value", "{{ event.liquid }}", "{{ shop.email }}{% include &#39;x&#39; %}"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, strings.TrimSpace(render(t, c.source, event).HTML))
		})
	}
}

func TestTextIsNotEscaped(t *testing.T) {
	t.Parallel()
	event := map[string]any{"name": `<"Ann" & 'Bob'>`}
	source := "{% capture c %}{{ event.name }}{% endcapture %}{{ c }} {{ event.name }}"
	content := render(t, source, event)
	require.Equal(t, `<"Ann" & 'Bob'> <"Ann" & 'Bob'>`+"\n", content.Text)
	require.NotContains(t, content.HTML, "<")
}

func TestRenderingHasALimitedCost(t *testing.T) {
	t.Parallel()
	double := func(n int, with string) string {
		return "{% assign s = 'xxxxxxxxxxxxxxxx' %}" + strings.Repeat("{% assign s = s | "+with+" %}", n)
	}
	cases := []struct{ name, source, want string }{
		{"endless loop", "{% for i in (1..1000000000) %}{% endfor %}", "mail.nl.html:4: the loops take more than 10000 turns"},
		{"endless table", "{% tablerow i in (1..1000000000) %}{% endtablerow %}", "the loops take more than"},
		{"loop to a number of the event", "{% for i in (1..event.quantity) %}x{% endfor %}", "the loops take more than"},
		{"loops in loops", "{% for i in (1..200) %}{% for j in (1..200) %}{% endfor %}{% endfor %}", "the loops take more than"},
		{"the rest of a long range", "{% for i in (1..1000000000) offset: 5 %}{% endfor %}", "the loops take more than"},
		{"loop that always continues", "{% for i in (1..1000000000) %}{% continue %}{% endfor %}", "the loops take more than"},
		{"range as a list", "{% assign a = (1..1000000000) | reverse %}", "the range is too long"},
		{"range as text", "{{ (1..1000000000) }}", "the range is too long"},
		{"range over all numbers", "{{ (-9223372036854775808..9223372036854775807) | join }}", "the range is too long"},
		{"range as an argument", "{{ event.list | concat: (1..1000000000) | size }}", "the range is too long"},
		{"doubling text", double(40, "append: s"), "a value is larger than 256 kB"},
		{"doubling by replacing", double(40, "replace: 'x', s"), "a value is larger than"},
		{"joining", double(10, "append: s") + "{{ s | split: '' | join: s }}", "a value is larger than"},
		{"capturing", "{% for i in (1..10000) %}{% capture s %}{{ s }}" + strings.Repeat("x", 100) + "{% endcapture %}{% endfor %}", "the"},
		{"much output", "{% for i in (1..10000) %}" + strings.Repeat("x", 1000) + "{% endfor %}", "the output is larger than 1024 kB"},
		{"much output by values", double(13, "append: s") + "{% for i in (1..10000) %}{{ s }}{% endfor %}", "the output is larger than"},
		{"much work", double(13, "append: s") + "{% for i in (1..10000) %}{% assign t = s | upcase %}{% endfor %}", "too much work"},
		{"comparing all with all", "{% assign a = (1..9999) | uniq %}", "too much work"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // where no time passes, because a busy machine may need more than its limit
				set := load(t, bare(c.source, "x"))
				_, err := set.Render(activities.RenderInput{Template: "mail", Event: map[string]any{"quantity": 1e9, "list": []any{1}}})
				require.ErrorContains(t, err, c.want)
				require.Less(t, len(err.Error()), 300)
			})
		})
	}
}

// TestRenderingHasALimitedTime has loops full of what no limit counts.
func TestRenderingHasALimitedTime(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]string{"assigning": "{% assign a = i %}", "comparing": "{% if i == 'x' or i == 'y' %}{% endif %}"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := load(t, bare("{% for i in (1..10000) %}"+strings.Repeat(each, (250<<10)/len(each))+"{% endfor %}", "x"))
			began := time.Now()
			_, err := set.Render(activities.RenderInput{Template: "mail"})
			require.ErrorContains(t, err, "it takes more than 2s")
			require.Less(t, time.Since(began), 30*time.Second)
		})
	}
}

func TestOddRangesAreNoTrouble(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a", render(t, "a{% for i in (3..1) %}x{% endfor %}{{ (3..1) | join }}", nil).HTML)
}
