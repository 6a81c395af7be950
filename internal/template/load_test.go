package template_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/template"
)

func TestLoadReportsWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		file string
		text string
		want []string
	}{
		{"no front matter", "mail.nl.html", "Hoi", []string{"mail.nl.html:1: does not begin with front matter"}},
		{"open front matter", "mail.nl.html", "---\nsubject: x\nHoi", []string{"mail.nl.html:1: the front matter is not closed"}},
		{"bad YAML", "mail.nl.html", "---\nsubject: a: b\n---\nHoi", []string{"mail.nl.html:2: front matter: mapping values are not allowed"}},
		{"unquoted Liquid", "mail.nl.html", "---\nsubject: {{ a }}\n---\nHoi", []string{"mail.nl.html:2: front matter: subject must be a text"}},
		{"missing subject", "mail.nl.html", "---\npreheader: x\n---\nHoi", []string{"mail.nl.html:1: front matter: the subject is missing"}},
		{"empty subject", "mail.nl.html", "---\nsubject:\n---\nHoi", []string{"mail.nl.html:1: front matter: the subject is missing"}},
		{"unknown key", "mail.nl.html", "---\nsubject: x\nfrom: y\n---\nHoi", []string{`mail.nl.html:3: front matter: unknown key "from"`}},
		{"two subjects", "mail.nl.html", "---\nsubject: x\nsubject: y\n---\nHoi", []string{"mail.nl.html:3: front matter: subject is given twice"}},
		{"no content", "mail.nl.html", "---\nsubject: x\n---\n", []string{"mail.nl.html:4: has no content"}},
		{
			"bad Liquid in the subject", "mail.nl.html", "---\npreheader: a\nsubject: '{{ a | shout }}'\n---\nHoi",
			[]string{`mail.nl.html:3: unknown filter "shout"`},
		},
		{
			"all of one file", "mail.nl.html", "---\nsubject: x\n---\n{{ a | shout }}\n\n{% if a == %}{% endif %}\n{{ b c }}\n{% nope %}",
			[]string{
				`mail.nl.html:4: unknown filter "shout"`, "mail.nl.html:6: if: syntax error", "mail.nl.html:7: syntax error",
				`mail.nl.html:8: unknown tag "nope"`,
			},
		},
		{"filter in a branch never taken", "mail.nl.txt", "a\n{% if false %}{{ 'x|y' | shout }}{% endif %}", []string{`mail.nl.txt:2: unknown filter "shout"`}},
		{"filter in a tag", "mail.nl.txt", "{% assign a = b | shout %}", []string{`mail.nl.txt:1: unknown filter "shout"`}},
		{"open block", "mail.nl.txt", "a\n{% for x in y %}", []string{`mail.nl.txt:2: unterminated "for" block`}},
		{"stray end", "mail.nl.txt", "a\n{% endif %}", []string{"mail.nl.txt:2: endif not inside"}},
		{"open capture", "mail.nl.txt", "{% capture x %}", []string{`unterminated "capture" block`}},
		{"capture without name", "mail.nl.txt", "{% capture %}{% endcapture %}", []string{"capture needs the name of a variable"}},
		{"open comment", "mail.nl.txt", "a\n{% comment %}\nb", []string{"mail.nl.txt:2: comment is not closed"}},
		{"open value", "mail.nl.txt", "a\nb {{ c\nd }}", []string{"mail.nl.txt:2: {{ is not closed"}},
		{"open tag", "mail.nl.txt", "a\n{% if", []string{"mail.nl.txt:2: {% is not closed"}},
		{"include", "mail.nl.txt", "{% include '/etc/passwd' %}", []string{"mail.nl.txt:1: include: include is not available"}},
		{"render", "mail.nl.txt", "{% render 'x' %}", []string{`mail.nl.txt:1: unknown tag "render"`}},
		{"number too large", "mail.nl.txt", "{{ 99999999999999999999 }}", []string{"mail.nl.txt:1: cannot be read"}},
		{"our own tags", "mail.nl.txt", "{% turn %}{% captured x %}", []string{`unknown tag "turn"`, `unknown tag "captured"`}},
		{"unquoted attribute", "mail.nl.html", "---\nsubject: x\n---\n<p title={{ a }}>", []string{"mail.nl.html:4: put the attribute with {{ a }} in quotes"}},
		{"layout without content", "layout.html", "<html>\n{{ subject }}", []string{"layout.html: does not say where the mail goes"}},
		{"name without locale", "mail.html", "x", []string{"mail.html: is not the name of a mail"}},
		{"bad locale", "mail.dutch-language.txt", "x", []string{"mail.dutch-language.txt: "}},
		{"locale in another spelling", "mail.nl-be.txt", "x", []string{`write the locale "nl-be" as "nl-BE"`}},
		{"missing HTML part", "mail.en.txt", "x", []string{"mail.en.html: is missing"}},
		{"missing text part", "mail.en.html", "---\nsubject: x\n---\nHoi", []string{"mail.en.txt: is missing"}},
		{"another encoding", "mail.nl.txt", "caf\xe9", []string{"mail.nl.txt: is not UTF-8"}},
		{"too large", "mail.nl.txt", strings.Repeat("x", 300<<10), []string{"mail.nl.txt: is larger than 256 kB"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := bare("Hoi", "Hoi")
			files[c.file] = c.text
			set, err := template.Load(folder(files))
			require.Error(t, err)
			require.Nil(t, set)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestLoadReportsAllFilesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := template.Load(folder(map[string]string{
		"layout.txt": "nothing", "a.nl.html": "Hoi", "b.nl.html": "---\nsubject: x\n---\n{{ a | shout }}", "b.nl.txt": "{% if %}",
	}))
	require.Error(t, err)
	var files []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		file, _, _ := strings.Cut(line, ":")
		files = append(files, file)
	}
	require.Equal(t, []string{"a.nl.html", "a.nl.txt", "b.nl.html", "b.nl.txt", "layout.html", "layout.txt"}, files)
}

func TestLoadLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	files := bare("Hoi", "Hoi")
	files["README.md"] = "{% nonsense"
	files["old/mail.nl.html"] = "{% nonsense"
	set := load(t, files)
	require.Equal(t, []string{"mail"}, set.Names())
	require.True(t, set.Has("mail"))
	require.False(t, set.Has("README"))
	require.Empty(t, set.Locales("README"))
}

func TestLoadTakesAnEmptyFolder(t *testing.T) {
	t.Parallel()
	require.Empty(t, load(t, nil).Names())
}

func TestLoadTakesFilesFromWindows(t *testing.T) {
	t.Parallel()
	files := bare("", "Hoi")
	files["mail.nl.html"] = "\ufeff---\r\nsubject: Hallo\r\n---\r\nHoi\r\n"
	require.Equal(t, []string{"nl"}, load(t, files).Locales("mail"))
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	files := bare("{{ 10 | divided_by: event.number }}", "Hoi")
	files["other.en.html"], files["other.en.txt"] = "---\nsubject: Hello\n---\nHi", "Hi"
	var got []string
	for _, problem := range load(t, files).Warnings() {
		require.True(t, problem.Warning)
		got = append(got, problem.String())
	}
	require.Len(t, got, 3)
	require.Contains(t, got[0], `mail: warning: is not written in "en"`)
	require.Contains(t, got[1], `mail: warning: cannot be rendered in "nl" for an event without properties: template "mail": mail.nl.html:4: `)
	require.Contains(t, got[2], `other: warning: is not written in "nl"`)
}
