package bundle_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
)

func TestReview(t *testing.T) {
	t.Parallel()
	mail := func(name, text string) map[string]string {
		return map[string]string{"templates/" + name + ".html": "---\nsubject: Dank\n---\n" + text, "templates/" + name + ".txt": text}
	}
	service := map[string]string{"journey.yaml": strings.Replace(shop["journey.yaml"], "class: transactional", "class: service", 1)}
	const place = "{{ content }}{{ unsubscribe_url }}"
	asks := func(question string) map[string]string {
		steps := "if: event.x == 1.0, do: [ask: {template: order, scale: 1-5, question: " + question + "}]"
		text := strings.NewReplacer("do: [send: {template: order}]", steps, "class: transactional", "class: service").Replace(shop["journey.yaml"])
		return map[string]string{"journey.yaml": text, "templates/layout.html": place, "templates/layout.txt": place}
	}
	requested := regexp.MustCompile(`on: Order Completed, key: event\.order_id`).ReplaceAllString(shop["journey.yaml"], "on: Consent Requested")
	vip := map[string]string{"journey.yaml": shop["journey.yaml"] + "personas: [{id: vip}]\n"}
	tests := map[string]struct {
		changes []map[string]string
		want    []string
	}{
		"advertising": {
			[]map[string]string{mail("order.nl", "Anderen kochten ook:")},
			[]string{`templates/order.nl.html:4: warning: "Anderen kochten ook"`, `templates/order.nl.txt:1: warning: "Anderen kochten ook"`},
		},
		"advertising in a mail of another class": {
			[]map[string]string{mail("order.nl", "Anderen kochten ook:"), service, {"templates/layout.html": place, "templates/layout.txt": place}},
			nil,
		},
		"advertising in the layout": {
			[]map[string]string{{"templates/layout.txt": "{{ content }}\nShop now"}},
			[]string{`templates/layout.txt:2: warning: "Shop now"`},
		},
		"no place to unsubscribe": {
			[]map[string]string{service},
			[]string{"templates/layout.html: warning: has no place to unsubscribe", "templates/layout.txt: warning: has no place to unsubscribe"},
		},
		"a consent that nobody can confirm": {
			[]map[string]string{{"journey.yaml": shop["journey.yaml"] + "policy: {doubleOptIn: true}\n"}},
			[]string{"policy.doubleOptIn: nothing asks for the confirmation"},
		},
		"a request without a link": {
			[]map[string]string{{"journey.yaml": requested}},
			[]string{"templates/order: warning: is sent to have a consent confirmed, and in a part of it nothing leads there"},
		},
		"a request with one": {
			[]map[string]string{{"journey.yaml": requested}, mail("order.nl", "{{ confirm_url }}")},
			nil,
		},
		"a template that is not sent": {
			[]map[string]string{mail("other.nl", "Dag")},
			[]string{"templates/other: warning: is sent by no step"},
		},
		"a persona that nobody is": {
			[]map[string]string{vip, mail("order@vip.nl", "Dag")},
			[]string{"templates/order@vip.nl.html: warning: is never used, because no customer is like vip"},
		},
		"not in the language of the map": {
			[]map[string]string{{"journey.yaml": strings.Replace(shop["journey.yaml"], "locale: nl", "locale: de", 1)}},
			[]string{`templates/order: warning: is not written in "de", the language of the map, so others get it in "nl"`},
		},
		"a question in one language": {
			[]map[string]string{asks("Tevreden?"), mail("order.nl", "{{ ask.url }}"), mail("order.en", "{{ ask.url }}")},
			[]string{`step ask-1: the question is not written in "en", as the template "order" is (write a text for each language: {nl: ..., ...})`},
		},
		"a question in another language": {
			[]map[string]string{asks("{nl-BE: Tevreden?, de: Zufrieden?}"), mail("order.nl", "{{ ask.url }}"), mail("order.en", "{{ ask.url }}")},
			[]string{`journey.yaml:6: warning: touchpoint confirmation, step ask-1: the question is not written in "en", as the template "order" is (write it in that language too)`},
		},
		"in a more general language": {
			[]map[string]string{{"journey.yaml": strings.Replace(shop["journey.yaml"], "locale: nl", "locale: nl-BE", 1)}},
			nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := shop
			for _, changes := range tt.changes {
				files = joined(files, changes)
			}
			checked := bundle.Bundle{Files: files}.Check()
			require.NoError(t, checked.Err())
			require.Len(t, checked.Warnings, len(tt.want), "%v", checked.Warnings)
			for i, want := range tt.want {
				require.Contains(t, checked.Warnings[i], want)
			}
		})
	}
}

// joined returns the files with some changed.
func joined(files, changes map[string]string) map[string]string {
	all := map[string]string{}
	for _, some := range []map[string]string{files, changes} {
		maps.Copy(all, some)
	}
	return all
}
