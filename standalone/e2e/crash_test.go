package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAWaitSurvivesKill(t *testing.T) {
	t.Parallel()
	e := start(t, "--speed", "86400")
	e.post(identify("anna", "nl"), track("anna", "Order Completed", "1"), track("anna", "Order Delivered", "1"))
	e.awaitMail(5*time.Second, "anna", "order-confirmation")
	for range 3 {
		e.kill()
		e.run()
	}
	e.awaitMail(20*day, "anna", "review-request")
	e.kill()
	e.run()
	e.quiet(3*day, "anna", "review-request", 1)
	e.quiet(0, "anna", "order-confirmation", 1)
}

func TestAnAcknowledgedOrderSurvivesKillAtOnce(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.post(identify("anna", "nl"))
	for _, order := range []string{"1", "2", "3", "4", "5"} {
		e.post(track("anna", "Order Completed", order))
		e.kill()
		e.run()
	}
	e.eventually(60*time.Second, "all five confirmations", func() bool { return len(e.mails("anna", "order-confirmation")) >= 5 })
	e.quiet(2*time.Second, "anna", "order-confirmation", 5)
}

func TestRebuildOnAnEmptyTemporal(t *testing.T) {
	t.Parallel()
	e := start(t, "--speed", "86400")
	e.post(identify("anna", "nl"), track("anna", "Order Completed", "1"), track("anna", "Order Delivered", "1"))
	e.awaitMail(5*time.Second, "anna", "order-confirmation")
	e.kill()
	lost, err := filepath.Glob(filepath.Join(e.dir, "temporal.db*"))
	require.NoError(t, err)
	require.NotEmpty(t, lost)
	for _, name := range lost {
		require.NoError(t, os.Remove(name))
	}
	e.run()
	out, err := e.command("rebuild", "--database", "sqlite:"+filepath.Join(e.dir, "klantreis.db"))
	require.NoError(t, err, out)
	require.Contains(t, out, "1 waiting customer")
	e.awaitMail(20*day, "anna", "review-request")
	e.quiet(2*day, "anna", "review-request", 1)
}

func TestStopsCleanlyAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	e := start(t)
	require.Eventually(t, func() bool { return strings.Contains(e.out.String(), "curl -u "+writeKey) }, 5*time.Second, 10*time.Millisecond,
		"it answers a moment before it says so")
	out, err := e.command("run", "--addr", e.addr, "--data", t.TempDir())
	require.Error(t, err, "the port is taken")
	require.Contains(t, out, e.addr)
	out, err = e.command("run", "--addr", freeAddr(t), "--data", e.dir)
	require.Error(t, err, "the folder is in use")
	require.Contains(t, out, "another Klantreis is running")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	out, err = e.command("run", "--addr", freeAddr(t), "--data", file)
	require.Error(t, err, "a file is no folder")
	require.Equal(t, 1, strings.Count(strings.TrimSpace(out), "\n")+1, "one line: %s", out)
	require.Zero(t, e.stop())
}
