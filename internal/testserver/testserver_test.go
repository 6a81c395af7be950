package testserver

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// verdict is a testing.TB that notes how a test was ended.
type verdict struct {
	testing.TB
	skipped, failed string
}

func (v *verdict) Helper() {}

func (v *verdict) Skipf(format string, args ...any) {
	v.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (v *verdict) Fatalf(format string, args ...any) {
	v.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// judge runs a call that may end its goroutine and returns how it ended.
func judge(call func(testing.TB)) *verdict {
	v := &verdict{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		call(v)
	}()
	<-done
	return v
}

func TestMissingProgram(t *testing.T) {
	calls := map[string]func(testing.TB){
		"redis-server": func(t testing.TB) { Redis(t) },
		"chromium":     func(t testing.TB) { Chromium(t) },
	}
	for pkg, call := range calls {
		t.Run(pkg+" is skipped", func(t *testing.T) {
			t.Setenv("PATH", t.TempDir())
			t.Setenv(requireVariable, "")
			v := judge(call)
			require.Contains(t, v.skipped, "when the package "+pkg+" is installed")
			require.Empty(t, v.failed)
		})
		t.Run(pkg+" fails where servers are required", func(t *testing.T) {
			t.Setenv("PATH", t.TempDir())
			t.Setenv(requireVariable, "1")
			v := judge(call)
			require.Contains(t, v.failed, "install the package "+pkg)
			require.Empty(t, v.skipped)
		})
	}
}

func TestChromium(t *testing.T) {
	t.Parallel()
	require.FileExists(t, Chromium(t))
}

func TestProgramThatEndsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := command{dir: dir, signal: "KILL", ready: "ready", args: []string{"/bin/sh", "-c", "echo no such luck; exit 3"}}.start()
	require.ErrorContains(t, err, "no such luck")
	require.DirExists(t, dir, "the folder stays for the caller to remove")
}

func TestFreePortIsTriedAgain(t *testing.T) {
	t.Parallel()
	var ports []int
	got, err := onFreePort(func(port int) (string, error) {
		ports = append(ports, port)
		if len(ports) < 3 {
			return "", fmt.Errorf("port %d is taken", port)
		}
		return "started", nil
	})
	require.NoError(t, err)
	require.Equal(t, "started", got)
	require.Len(t, ports, 3)
}

func TestKilledProcessTakesItsServersAlong(t *testing.T) {
	t.Parallel()
	findPostgres(t)
	program(t, "redis-server", "redis-server")
	child, told := startChild(t)
	require.Len(t, told["folder"], 2)
	require.Len(t, told["address"], 2)
	for _, address := range told["address"] {
		require.True(t, listening(address), address)
	}

	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())

	gone := func() bool {
		if slices.ContainsFunc(told["address"], listening) {
			return false
		}
		for _, folder := range told["folder"] {
			if _, err := os.Stat(folder); !os.IsNotExist(err) {
				return false
			}
		}
		return true
	}
	require.Eventually(t, gone, 20*time.Second, 20*time.Millisecond, "%v", told)
}

// listening reports whether somebody accepts connections there.
func listening(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
