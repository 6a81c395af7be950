package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is where the module begins.
const root = "../.."

var (
	// namedTest finds a test that a page names.
	namedTest = regexp.MustCompile("`(?:\\w+/)?((?:Test|Fuzz)[A-Z]\\w*)`")
	// declaredTest finds a test in a file.
	declaredTest = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(\w+ \*testing\.`)
)

// TestPagesNameTestsThatExist: who reads that something is proven must find the proof.
func TestPagesNameTestsThatExist(t *testing.T) {
	t.Parallel()
	exist := map[string]bool{}
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		for _, found := range declaredTest.FindAllStringSubmatch(string(text), -1) {
			exist[found[1]] = true
		}
		return err
	}))
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	named := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, found := range namedTest.FindAllStringSubmatch(string(text), -1) {
			require.True(t, exist[found[1]], "%s names %s, which does not exist", page, found[1])
			named++
		}
	}
	require.Greater(t, named, 50, "the pages name tests")
}

// TestEveryThreatHasATest, or says why there is none.
func TestEveryThreatHasATest(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "| threat | what is done | test |\n")
	require.True(t, found)
	untested := map[string]bool{"Somebody keeps a person out by guessing": true, "Vulnerable dependencies": true}
	rows := 0
	for line := range strings.SplitSeq(table, "\n") {
		if !strings.HasPrefix(line, "| ") {
			if rows > 0 {
				break
			}
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if rows++; !untested[cells[0]] {
			require.Regexp(t, namedTest, line, "%s has no test", cells[0])
		}
	}
	require.Greater(t, rows, 25)
}
