package template_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/template"
)

// withVariants is a folder with the given stems, each of which says its own name.
func withVariants(stems ...string) map[string]string {
	files := map[string]string{"layout.html": "{{ content }}", "layout.txt": "{{ content }}"}
	for _, stem := range stems {
		files[stem+".html"], files[stem+".txt"] = "---\nsubject: "+stem+"\n---\n"+stem, stem
	}
	return files
}

func TestVariants(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		stems           []string
		persona, locale string
		want, in        string
	}{
		{"the persona's own", []string{"mail.nl", "mail@vip.nl"}, "vip", "nl", "mail@vip.nl", "nl"},
		{"another persona", []string{"mail.nl", "mail@vip.nl"}, "saver", "nl", "mail.nl", "nl"},
		{"no persona", []string{"mail.nl", "mail@vip.nl"}, "", "nl", "mail.nl", "nl"},
		{"the language before the persona", []string{"mail.en", "mail.nl", "mail@vip.nl"}, "vip", "en", "mail.en", "en"},
		{"the nearest language before the persona", []string{"mail.nl", "mail.nl-BE", "mail@vip.nl"}, "vip", "nl-BE", "mail.nl-BE", "nl-BE"},
		{"the persona in a general language", []string{"mail.nl", "mail@vip.nl"}, "vip", "nl-BE", "mail@vip.nl", "nl"},
		{"a language that only the persona has", []string{"mail.nl", "mail@vip.de"}, "vip", "de", "mail@vip.de", "de"},
		{"a language that only another persona has", []string{"mail.nl", "mail@vip.de"}, "saver", "de", "mail.nl", "nl"},
		{"the fallback", []string{"mail.en", "mail.nl", "mail@vip.nl"}, "vip", "fr", "mail@vip.nl", "nl"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			content, err := load(t, withVariants(tt.stems...)).Render(activities.RenderInput{
				Template: "mail", Locale: tt.locale, Fallback: "nl", Persona: tt.persona,
			})
			require.NoError(t, err)
			require.Equal(t, activities.Content{Subject: tt.want, HTML: tt.want, Text: tt.want + "\n", Locale: tt.in}, content)
		})
	}
}

func TestASetKnowsItsVariants(t *testing.T) {
	t.Parallel()
	set := load(t, withVariants("mail.nl", "mail@vip.nl", "mail@vip.de", "mail@saver.nl", "other.nl"))
	require.Equal(t, []string{"mail", "other"}, set.Names())
	require.Equal(t, []string{"nl"}, set.Locales("mail"))
	require.Equal(t, map[string]string{
		"mail@saver.nl.html": "saver", "mail@vip.de.html": "vip", "mail@vip.nl.html": "vip",
	}, maps.Collect(set.Personas()))
	require.Empty(t, set.Warnings(), "a persona need not have every language")
}

func TestVariantsThatAreWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ file, want string }{
		"nothing for everybody":  {"other@vip.nl.html", "other@vip.nl.html: is a variant of a template that is not there"},
		"a missing part":         {"mail@vip.nl.txt", "mail@vip.nl.html: is missing, while there is mail@vip.nl.txt"},
		"no persona":             {"mail@.nl.html", "mail@.nl.html: is not the name of a mail or layout"},
		"two personas":           {"mail@a@b.nl.html", "mail@a@b.nl.html: is not the name of a mail or layout"},
		"a persona in the wrong": {"mail.nl@vip.html", `mail.nl@vip.html: "nl@vip" is not a language tag`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := withVariants("mail.nl")
			files[tt.file] = "---\nsubject: x\n---\nx"
			_, err := template.Load(folder(files))
			require.ErrorContains(t, err, tt.want)
		})
	}
	files := withVariants("mail@vip.nl")
	files["mail.nl.html"], files["mail.nl.txt"] = "no front matter", "x"
	_, err := template.Load(folder(files))
	require.NotContains(t, err.Error(), "is not there", "it is there, and wrong")
}

func TestAsk(t *testing.T) {
	t.Parallel()
	const source = "{{ ask.question }}|{{ ask.survey }}|{{ ask.url }}|{% for s in ask.scores %}[{{ s.score }} {{ s.url }}]{% endfor %}"
	set := load(t, bare(source, source))
	require.True(t, set.Asks("mail"))
	content, err := set.Render(activities.RenderInput{Template: "mail", Ask: &activities.Question{
		Text: "How likely <is it>?", Survey: "nps", URL: "https://shop.test/a/t",
		Scores: []activities.ScoreLink{{Score: 0, URL: "https://shop.test/a/t?score=0"}, {Score: 1, URL: "https://shop.test/a/t?score=1"}},
	}})
	require.NoError(t, err)
	const links = "|nps|https://shop.test/a/t|[0 https://shop.test/a/t?score=0][1 https://shop.test/a/t?score=1]"
	require.Equal(t, "How likely <is it>?"+links+"\n", content.Text)
	require.Equal(t, "How likely &lt;is it&gt;?"+links, content.HTML)

	content, err = set.Render(activities.RenderInput{Template: "mail"})
	require.NoError(t, err)
	require.Equal(t, "|||\n", content.Text, "a mail that asks nothing")

	require.False(t, load(t, bare(source, "{{ ask.question }}")).Asks("mail"), "the text leads nowhere")
	require.False(t, set.Asks("other"))
}
