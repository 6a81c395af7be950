package torture

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// root is the folder of the root module.
const root = "../.."

// change is a change of the source with which a binary is built. The text must be there exactly once, so that a change
// cannot miss its place when the source moves.
type change struct {
	file, from, to string
}

// patience makes unconfirmed mails wait for another time than 15 minutes.
func patience(d time.Duration) change {
	return change{
		file: "activities/activities.go", from: "o.UnknownAfter = 15 * time.Minute",
		to: fmt.Sprintf("o.UnknownAfter = %d * time.Millisecond", d.Milliseconds()),
	}
}

// build builds the production binary, changed.
func build(t *testing.T, changes ...change) string {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "klantreis")
	args := []string{"build", "-o", binary}
	if len(changes) > 0 {
		args = append(args, "-overlay", overlay(t, dir, changes))
	}
	cmd := exec.Command("go", append(args, "./cmd/klantreis")...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "build the binary: %s", out)
	return binary
}

// overlay writes the changed files, and the list of them for the compiler.
func overlay(t *testing.T, dir string, changes []change) string {
	t.Helper()
	texts := map[string]string{}
	for _, c := range changes {
		path, err := filepath.Abs(filepath.Join(root, c.file))
		require.NoError(t, err)
		if _, read := texts[path]; !read {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			texts[path] = string(text)
		}
		require.Equal(t, 1, strings.Count(texts[path], c.from), "%s must hold exactly once: %s", c.file, c.from)
		texts[path] = strings.Replace(texts[path], c.from, c.to, 1)
	}
	var list struct{ Replace map[string]string }
	list.Replace = map[string]string{}
	for path, text := range texts {
		changed := filepath.Join(dir, fmt.Sprintf("%d-%s", len(list.Replace), filepath.Base(path)))
		require.NoError(t, os.WriteFile(changed, []byte(text), 0o600))
		list.Replace[path] = changed
	}
	text, err := json.Marshal(list)
	require.NoError(t, err)
	name := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	return name
}
