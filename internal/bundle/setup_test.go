package bundle_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// shop is a small map with one mail, by path.
var shop = map[string]string{
	"journey.yaml": `journey: test
locale: nl
shop: {name: Winkel, email: winkel@example.com}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: confirmation, phase: purchase, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: order}]}
`,
	"templates/layout.html":   "<html><body>{{ content }}</body></html>",
	"templates/layout.txt":    "{{ content }}",
	"templates/order.nl.html": "---\nsubject: Bedankt\n---\n<p>Bedankt, {{ customer.firstName }}</p>\n",
	"templates/order.nl.txt":  "Bedankt, {{ customer.firstName }}\n",
}

// with returns the shop with some files changed. An empty text takes a file away.
func with(changes map[string]string) map[string]string {
	files := maps.Clone(shop)
	maps.Copy(files, changes)
	maps.DeleteFunc(files, func(_, text string) bool { return text == "" })
	return files
}

// folder writes files and returns where they are.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}
