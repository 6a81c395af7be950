package journey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// compiledSchema is the schema as editors have it.
func compiledSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(SchemaID, doc))
	compiled, err := c.Compile(SchemaID)
	require.NoError(t, err)
	return compiled
}

// document reads a map as editors do.
func document(t testing.TB, data []byte) any {
	t.Helper()
	var doc any
	require.NoError(t, yaml.Unmarshal(data, &doc))
	return doc
}

// plain turns a document into what JSON can hold.
func plain(t testing.TB, doc any) any {
	t.Helper()
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return value
}

// goodMaps are maps without errors, by name.
func goodMaps(t testing.TB) map[string][]byte {
	t.Helper()
	good := map[string][]byte{"fullMap": []byte(fullMap)}
	for _, pattern := range []string{"testdata/parse/*.yaml", "testdata/parse/*.json", "../examples/*/*.yaml", "../examples/*/*.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			source := readSource(t, file)
			if _, problems := Parse([]Source{source}); len(problems.Errors()) == 0 {
				good[file] = source.Data
			}
		}
	}
	manual, err := os.ReadFile("../docs/journey-map.md")
	require.NoError(t, err)
	for i, block := range regexp.MustCompile("(?s)```(?:yaml|json)\n(.*?)```").FindAllSubmatch(manual, -1) {
		good[fmt.Sprintf("manual, block %d", i+1)] = block[1]
	}
	return good
}

func TestSchemaTakesGoodMaps(t *testing.T) {
	t.Parallel()
	compiled := compiledSchema(t)
	good := goodMaps(t)
	require.Contains(t, good, "testdata/parse/every-word.yaml")
	require.Contains(t, good, "../examples/webshop/journey.yaml")
	for _, name := range slices.Sorted(maps.Keys(good)) {
		require.NoError(t, compiled.Validate(plain(t, document(t, good[name]))), name)
	}
}

// TestSchemaIsWrittenDown compares the schema to the one that ships. `make generate` writes that.
func TestSchemaIsWrittenDown(t *testing.T) {
	t.Parallel()
	written, err := os.ReadFile("../docs/journey.schema.json")
	require.NoError(t, err)
	require.True(t, bytes.Equal(written, Schema()), "run make generate")
}

// TestSchemaKnowsTheKeysOfTheParser compares the keys of every group in both directions.
func TestSchemaKnowsTheKeysOfTheParser(t *testing.T) {
	t.Parallel()
	inSchema := map[string][]string{}
	root := mapSchema()
	root.Defs = definitions()
	eachGroup(root, "", func(path string, s *schema) {
		var keys []string
		for _, p := range s.Properties {
			keys = append(keys, p.key)
		}
		require.Equal(t, false, s.Additional, path)
		inSchema[path] = slices.Sorted(slices.Values(keys))
	})
	want := map[string][]string{
		"": topKeys, "shop": shopKeys, "phases[]": phaseKeys, "rule": ruleKeys,
		"touchpoints[]": touchpointKeys, "touchpoints[].date": dateKeys, "touchpoints[].absence": absenceKeys, "touchpoints[].goal": goalKeys,
		"step": stepKeys, "step.waitFor": waitForKeys, "step.send": sendKeys, "step.branch[]": armKeys, "step.split[]": splitKeys,
		"step.task": taskKeys, "step.webhook": webhookKeys, "step.ask": askKeys, "step.exit|": exitKeys,
		"policy": policyKeys, "policy.quietHours": quietKeys, "policy.windows[]": windowKeys, "policy.caps[]": capKeys,
		"policy.held": heldKeys, "policy.pause[]": pauseKeys, "policy.softOptIn": softOptInKeys,
		"products": productsKeys, "products.replenish[]": replenishKeys, "personas[]": personaKeys, "personas[].voice": voiceKeys,
		"topics[]": topicKeys, "topics[].titles": titlesKeys,
	}
	require.Len(t, want, len(keyLists))
	for path, keys := range want {
		require.Equal(t, slices.Sorted(slices.Values(keys)), inSchema[path], "group %q", path)
	}
	require.Len(t, inSchema, len(want), "%v", slices.Sorted(maps.Keys(inSchema)))
}

// eachGroup visits every group of keys below a schema.
func eachGroup(s *schema, path string, visit func(path string, s *schema)) {
	if len(s.Properties) > 0 {
		visit(path, s)
	}
	for _, p := range s.Properties {
		eachGroup(p.value, strings.TrimPrefix(path+"."+p.key, "."), visit)
	}
	if s.Items != nil {
		eachGroup(s.Items, path+"[]", visit)
	}
	for _, choice := range s.AnyOf {
		eachGroup(choice, path+"|", visit)
	}
	for _, d := range s.Defs {
		eachGroup(d.value, d.key, visit)
	}
}

// TestSchemaExplainsEveryKey demands a description of every key.
func TestSchemaExplainsEveryKey(t *testing.T) {
	t.Parallel()
	root := mapSchema()
	root.Defs = definitions()
	eachGroup(root, "", func(path string, s *schema) {
		for _, p := range s.Properties {
			require.NotEmpty(t, p.value.Description, "%s.%s", path, p.key)
		}
	})
}
