package journey

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// syntaxProblems are what the parser says of the words and forms of one file; the whole and the conditions are left out,
// of which a schema knows nothing.
func syntaxProblems(t testing.TB, doc any) Problems {
	t.Helper()
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	p := &parser{places: map[string]place{}}
	p.readMap(p.join([]Source{{Name: "journey.json", Data: text}}))
	return p.problems.Errors()
}

// aboutTheWhole tells whether a problem is that a key is missing that only one of a map's files need have.
func aboutTheWhole(p Problem) bool {
	return p.Message == "is required" && (p.Path == "journey" || p.Path == "shop")
}

// change is one way to spoil a document, or to write it differently.
type change struct {
	name  string
	apply func(parent map[string]any, key string)
}

func changes() []change {
	all := []change{
		{"left out", func(parent map[string]any, key string) { delete(parent, key) }},
		{"with an unknown neighbour", func(parent map[string]any, _ string) { parent["colour"] = "red" }},
		{"as a list", func(parent map[string]any, key string) { parent[key] = []any{parent[key]} }},
	}
	for _, value := range []any{
		nil, true, 7.0, 0.5, -3.5, "", "x", "7d", "09:00", "10%", "any", "event.total",
		[]any{},
		[]any{7.0},
		[]any{"x", "x"},
		map[string]any{},
		map[string]any{"x": "y"},
	} {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // these can be written
		}
		all = append(all, change{"as " + string(text), func(parent map[string]any, key string) { parent[key] = value }})
	}
	return all
}

// keysOf leads to every key of a document: each path is a list of keys and indexes.
func keysOf(doc any, path []any) [][]any {
	var all [][]any
	switch v := doc.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			at := append(slices.Clone(path), key)
			all = append(all, at)
			all = append(all, keysOf(v[key], at)...)
		}
	case []any:
		for i, item := range v {
			all = append(all, keysOf(item, append(slices.Clone(path), i))...)
		}
	}
	return all
}

// groupOf returns the group in which the last key of a path stands.
func groupOf(doc any, path []any) map[string]any {
	for _, step := range path[:len(path)-1] {
		switch s := step.(type) {
		case string:
			doc = doc.(map[string]any)[s]
		case int:
			doc = doc.([]any)[s]
		}
	}
	return doc.(map[string]any)
}

// excerpted returns a document with one of the top-level keys, and of a list there one item only, and the path in it. It
// makes the test five times as fast.
func excerpted(t testing.TB, whole map[string]any, path []any) ([]any, []byte) {
	t.Helper()
	name := path[0].(string)
	value := whole[name]
	if list, ok := value.([]any); ok && len(path) > 1 {
		value = []any{list[path[1].(int)]}
		path = append([]any{name, 0}, path[2:]...)
	}
	text, err := json.Marshal(map[string]any{name: value})
	require.NoError(t, err)
	return path, text
}

// TestSchemaAgreesWithTheParser changes every key of a map that has them all, in many ways. What the parser takes the schema
// must take; and both must refuse unknown keys and miss those that are required.
func TestSchemaAgreesWithTheParser(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/parse/every-word.yaml")
	require.NoError(t, err)
	compiled := compiledSchema(t)
	original, err := json.Marshal(document(t, data))
	require.NoError(t, err)
	var whole map[string]any
	require.NoError(t, json.Unmarshal(original, &whole))
	paths := keysOf(whole, nil)
	require.Greater(t, len(paths), 150)
	refused := 0
	for _, path := range paths {
		path, excerpt := excerpted(t, whole, path)
		for _, c := range changes() {
			var doc any
			require.NoError(t, json.Unmarshal(excerpt, &doc))
			c.apply(groupOf(doc, path), path[len(path)-1].(string))
			name := fmt.Sprintf("%v %s", path, c.name)
			problems := slices.DeleteFunc(syntaxProblems(t, doc), aboutTheWhole)
			invalid := compiled.Validate(doc)
			if len(problems) == 0 {
				require.NoError(t, invalid, name)
				continue
			}
			if invalid != nil {
				refused++
			}
			for _, problem := range problems {
				if problem.Message == "unknown key" || problem.Message == "is required" {
					require.Error(t, invalid, "%s: %s", name, problem)
				}
			}
		}
	}
	t.Logf("%d changes refused by both", refused)
}
