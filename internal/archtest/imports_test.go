package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "klantreis"

// allowed says which of our packages a package may import. A package that is not listed may import none.
// The arrows point at journey.
var allowed = map[string][]string{
	"journey":                      {},
	"activities":                   {"journey"},
	"workflows":                    {"journey", "activities"},
	"worker":                       {"activities", "workflows"},
	"api":                          {"internal/access", "journey"},
	"config":                       {},
	"examples":                     {},
	"cmd/klantreis":                {"internal/cli"},
	"internal/app":                 {"*"},
	"internal/bundle":              {"journey", "activities", "internal/template"},
	"internal/cli":                 {"activities", "api", "config", "internal/access", "internal/app", "internal/backtest", "internal/bundle", "internal/eventfile", "internal/feed", "internal/lists", "internal/simulate", "journey"},
	"internal/shop":                {"journey"},
	"internal/shop/shopify":        {"journey", "internal/shop"},
	"internal/shop/woo":            {"journey", "internal/shop"},
	"internal/store":               {"journey", "activities", "internal/access", "internal/shop"},
	"internal/throttle":            {"activities", "journey"},
	"internal/sendgrid":            {"activities", "journey"},
	"internal/webhook":             {"activities"},
	"internal/template":            {"journey", "activities"},
	"internal/backtest":            {"journey", "internal/simulate"},
	"internal/eventfile":           {"journey", "api"},
	"internal/simulate":            {"journey"},
	"internal/replay/replayorders": {"internal/replay"},
	"standalone/allinone":          {"api", "config", "examples", "internal/app", "internal/cli", "internal/sandbox", "standalone/temporal"},
	"standalone/cmd/klantreis":     {"internal/cli", "standalone/allinone"},
}

// forbidden says which outside modules a package must never see, and why.
var forbidden = map[string]map[string]string{
	"journey":    {"go.temporal.io": "the core does not know how time is kept", "database/sql": "the core does not know where state is", "net/http": "the core does no I/O"},
	"workflows":  {"database/sql": "state is in the record", "net/http": "workflows do no I/O"},
	"api":        {"go.temporal.io": "the API only writes to the record", "database/sql": "SQL belongs to internal/store"},
	"activities": {"database/sql": "SQL belongs to internal/store", "net/http": "providers are behind interfaces"},
}

// source is one Go file that is not a test.
type source struct {
	name, pkg, doc string
	imports        []string
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var list []source
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "testdata" || e.Name() == "node_modules" || strings.HasPrefix(e.Name(), ".") && e.Name() != ".."):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s := source{name: filepath.ToSlash(rel), doc: file.Doc.Text()}
		s.pkg = path.Dir(s.name)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		list = append(list, s)
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list
}

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, imported := range s.imports {
			ours, isOurs := strings.CutPrefix(imported, module+"/")
			if isOurs && !slices.Contains(allowed[s.pkg], ours) && !slices.Contains(allowed[s.pkg], "*") {
				t.Errorf("%s imports %s, which %s may not (see the table in this test and in docs/architecture.md)", s.name, imported, s.pkg)
			}
			for prefix, why := range forbidden[s.pkg] {
				if imported == prefix || strings.HasPrefix(imported, prefix+"/") {
					t.Errorf("%s imports %s: %s", s.name, imported, why)
				}
			}
		}
	}
}

func TestTheServerStaysOutOfTheRootModule(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if strings.HasPrefix(s.name, "standalone/") {
			continue
		}
		for _, imported := range s.imports {
			if strings.HasPrefix(imported, "go.temporal.io/server") {
				t.Errorf("%s imports %s: the server belongs to the standalone module alone", s.name, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	docs := map[string]int{}
	for _, s := range sources(t) {
		docs[s.pkg] += len(s.doc)
	}
	for pkg, length := range docs {
		if length < 40 {
			t.Errorf("package %s has no doc comment that says what it is for", pkg)
		}
	}
}
