package temporal

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	// childVariable makes the test binary run a server on the file that it names, and wait to be killed.
	childVariable = "KLANTREIS_TEMPORAL_CHILD"
	// addressPrefix comes before the address that the child process tells.
	addressPrefix = "temporal listens on "
)

func TestChildProcess(t *testing.T) {
	file := os.Getenv(childVariable)
	if file == "" {
		t.Skip("this is the body of the child process of TestKilledServerGoesOn")
	}
	fmt.Println(addressPrefix + start(t, file).Addr())
	select {}
}

// startChild runs TestChildProcess in a process of its own and returns the address of its server.
func startChild(t *testing.T, file string) (child *exec.Cmd, addr string) {
	t.Helper()
	child = exec.Command(os.Args[0], "-test.run=^TestChildProcess$")
	child.Env = append(os.Environ(), childVariable+"="+file)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	// Killing it again does no harm.
	t.Cleanup(func() { _ = child.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if addr, ok := strings.CutPrefix(lines.Text(), addressPrefix); ok {
			return child, addr
		}
	}
	require.Fail(t, "the child process ended before its server was ready")
	return nil, ""
}
