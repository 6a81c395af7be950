package template_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/template"
)

// folder makes a file system of texts.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// bare is a folder with one template whose layouts add nothing.
func bare(html, text string) map[string]string {
	return map[string]string{
		"layout.html": "{{ content }}", "layout.txt": "{{ content }}",
		"mail.nl.html": "---\nsubject: Hallo\n---\n" + html, "mail.nl.txt": text,
	}
}

func load(t *testing.T, files map[string]string) *template.Set {
	t.Helper()
	set, err := template.Load(folder(files))
	require.NoError(t, err)
	return set
}

// render renders a source as the HTML and as the text of a Dutch mail.
func render(t *testing.T, source string, event map[string]any) activities.Content {
	t.Helper()
	content, err := load(t, bare(source, source)).Render(activities.RenderInput{Template: "mail", Event: event, Shop: shop})
	require.NoError(t, err)
	return content
}
