package journey

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	shopFile  = "journey: webshop\nshop: {name: Shop, email: shop@example.com}\nphases:\n  - {id: purchase, enter: [{on: Order Completed}]}\n"
	phaseFile = "phases:\n  - {id: care, enter: [{on: Order Delivered}]}\n"
)

func touchpointFile(ids ...string) string {
	var b strings.Builder
	b.WriteString("touchpoints:\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "  - {id: %s, phase: care, on: Order Delivered, if: event.total > 1.0, do: [{wait: 1d}]}\n", id)
	}
	return b.String()
}

func sources(contents ...string) []Source {
	var files []Source
	for i, content := range contents {
		files = append(files, Source{Name: fmt.Sprintf("%d.yaml", i), Data: []byte(content)})
	}
	return files
}

func TestParseJoinsFilesByName(t *testing.T) {
	t.Parallel()
	files := sources(shopFile, phaseFile+touchpointFile("a", "b"), touchpointFile("c"))
	files[0], files[2] = files[2], files[0]
	m, problems := Parse(files)
	require.Empty(t, problems)
	require.Equal(t, []string{"purchase", "care"}, phaseIDs(m))
	require.Equal(t, "abc", m.Touchpoints[0].ID+m.Touchpoints[1].ID+m.Touchpoints[2].ID)
	require.Equal(t, "2.yaml", files[0].Name, "the caller's slice is left alone")
}

func TestParseFileProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files []Source
		want  []string
	}{
		"no file":         {nil, []string{"there is no file"}},
		"only whitespace": {sources("  \n"), []string{"0.yaml: is empty"}},
		"a key in two files": {
			sources(shopFile, "journey: other\nshop: {}\n"+phaseFile),
			[]string{
				"1.yaml:1: journey: stands in 0.yaml already (it may stand in one file only)",
				"1.yaml:2: shop: stands in 0.yaml already (it may stand in one file only)",
			},
		},
		"missing in all files": {
			sources(phaseFile, touchpointFile("a")),
			[]string{"0.yaml:1: journey: is required", "0.yaml:1: shop: is required"},
		},
		"an id in two files": {
			sources(shopFile, phaseFile+touchpointFile("a"), touchpointFile("b", "a")),
			[]string{"2.yaml:3: touchpoints[2].id: a is the id of touchpoints[0] already"},
		},
		"a condition in the second file": {
			sources(shopFile, phaseFile+touchpointFile("a"), "touchpoints:\n  - id: b\n    phase: care\n    on: X\n    if: 1\n    cancelIf: '1'\n    do: [{wait: 1d}]\n"),
			[]string{
				"2.yaml:5: touchpoints[1].if: must be text, but is a number (put it in quotes)",
				"2.yaml:6: touchpoints[1].cancelIf: must be true or false, but is a number, so compare it with something",
			},
		},
		"a list that is none in the second file": {
			sources(shopFile+phaseFile[len("phases:\n"):], "phases: none\n"),
			[]string{"1.yaml:1: phases: must be a list, but is text"},
		},
		"the same file twice": {
			append(sources(shopFile), sources(shopFile)...),
			[]string{"0.yaml: is given twice"},
		},
		"one file unreadable": {
			sources("journey: [", touchpointFile("a")),
			[]string{"0.yaml:2: is not valid YAML: did not find expected node content (check the indentation, the brackets and the quotes)"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, problems := Parse(tt.files)
			require.Nil(t, m)
			require.Equal(t, tt.want, strings.Split(problems.Error(), "\n"))
		})
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	many := make([]string, maxTouchpoints+1)
	for i := range many {
		many[i] = fmt.Sprintf("t%d", i)
	}
	commas := strings.Repeat("x,", maxValues/2)
	long := strings.Replace(shopFile, "Shop", strings.Repeat("é", maxText+1), 1)
	condition := strings.Replace(touchpointFile("a"), "event.total > 1.0", strings.Repeat("1 +", maxExpression)+" 1", 1)
	tests := map[string]struct {
		files []Source
		want  string
	}{
		"file too large":       {[]Source{{Name: "0.yaml", Data: bytes.Repeat([]byte("#"), maxFileBytes+1)}}, "0.yaml: is larger than 1 MB (a folder of smaller files makes one map too)"},
		"too many touchpoints": {sources(shopFile, phaseFile, touchpointFile(many...)), "2.yaml:2: touchpoints: has 501 items, at most 500 are allowed"},
		"too many values":      {sources("a: [" + commas + commas + "]"), "0.yaml:1: holds more than 100000 values, aliases followed"},
		"too many in all":      {sources("a: ["+commas+"]", "a: ["+commas+"]"), "1.yaml:1: holds more than 100000 values, aliases followed"},
		"text too long":        {sources(long, phaseFile), "0.yaml:2: shop.name: is longer than 200 characters"},
		"condition too long":   {sources(shopFile, phaseFile+condition), "1.yaml:4: touchpoints[0].if: is longer than 4000 characters"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, problems := Parse(tt.files)
			require.Nil(t, m)
			require.Contains(t, strings.Split(problems.Error(), "\n"), tt.want)
		})
	}
}

func TestParseLargestMap(t *testing.T) {
	t.Parallel()
	ids := make([]string, maxTouchpoints)
	for i := range ids {
		ids[i] = fmt.Sprintf("t%d", i)
	}
	m, problems := Parse(sources(shopFile, phaseFile, touchpointFile(ids...)))
	require.Empty(t, problems)
	require.Len(t, m.Touchpoints, maxTouchpoints)
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	m, problems := Parse([]Source{{Name: "journey.json", Data: []byte("{\n\t\"journey\": \"webshop\",\n\t\"shop\": " +
		`{"name": "Shop \ud83c\udf89 \\ud83d \/ \u00e9 \ud83d", "email": "shop@example.com"}}`)}})
	require.Empty(t, problems)
	require.Equal(t, "Shop 🎉 \\ud83d / é \uFFFD", m.Shop.Name)
}
