package temporal

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
)

func TestWorkflowRuns(t *testing.T) {
	t.Parallel()
	s := start(t, newFile(t))
	client, _ := connect(t, s.Addr())
	begin(t, client, "customer", 10*time.Millisecond)
	require.Equal(t, "Hello Anna", result(t, client, "customer"))
}

// A timer that is shorter than the time by which a server fetches timers ahead must not wait for that time.
func TestShortTimersAreShort(t *testing.T) {
	t.Parallel()
	s := start(t, newFile(t))
	client, _ := connect(t, s.Addr())
	quickest := time.Hour
	for i := range 8 {
		name := fmt.Sprint("customer-", i)
		begin(t, client, name, 50*time.Millisecond)
		require.Eventually(t, func() bool {
			d, err := client.DescribeWorkflowExecution(t.Context(), name, "")
			require.NoError(t, err)
			closed := d.WorkflowExecutionInfo.GetCloseTime()
			if closed != nil {
				quickest = min(quickest, closed.AsTime().Sub(d.WorkflowExecutionInfo.StartTime.AsTime()))
			}
			return closed != nil
		}, 20*time.Second, 10*time.Millisecond)
	}
	require.Less(t, quickest, 500*time.Millisecond)
}

func TestRestartKeepsTimers(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	first := start(t, file)
	client, stop := connect(t, first.Addr())
	begin(t, client, "customer", 2*time.Second)
	awaitTimer(t, client, "customer")
	stop()
	first.Stop()
	first.Stop()

	second := start(t, file)
	client, _ = connect(t, second.Addr())
	require.Equal(t, "Hello Anna", result(t, client, "customer"))
}

func TestKilledServerGoesOn(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	child, addr := startChild(t, file)
	client, stop := connect(t, addr)
	begin(t, client, "customer", 2*time.Second)
	awaitTimer(t, client, "customer")
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	stop()

	s := start(t, file)
	client, _ = connect(t, s.Addr())
	require.Equal(t, "Hello Anna", result(t, client, "customer"))
}

func TestFileMovedAwayStartsEmpty(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	first := start(t, file)
	client, stop := connect(t, first.Addr())
	begin(t, client, "customer", time.Hour)
	stop()
	first.Stop()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(file+suffix, file+".old"+suffix))
	}

	second := start(t, file)
	client, _ = connect(t, second.Addr())
	_, err := client.DescribeWorkflowExecution(t.Context(), "customer", "")
	require.ErrorContains(t, err, "not found")
}

func TestRetentionFollowsTheOptions(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	for _, want := range []time.Duration{3 * time.Hour, 5 * time.Hour} {
		s, err := Start(t.Context(), Options{DataFile: file, Namespace: "shop", Retention: want, Logger: testLogger(t)})
		require.NoError(t, err)
		client, stop := connectTo(t, s.Addr(), "shop")
		have, err := client.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "shop"})
		require.NoError(t, err)
		require.Equal(t, want, have.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
		stop()
		s.Stop()
	}
}

func TestStopFreesThePorts(t *testing.T) {
	t.Parallel()
	s := start(t, newFile(t))
	conn, err := net.Dial("tcp", s.Addr())
	require.NoError(t, err)
	require.NoError(t, conn.Close())

	s.Stop()
	for _, service := range s.config.Services {
		listener, err := net.Listen("tcp", loopback(service.RPC.GRPCPort))
		require.NoError(t, err)
		require.NoError(t, listener.Close())
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	s := start(t, newFile(t))
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, address := range addresses {
		ip, ok := address.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.To4() == nil {
			continue
		}
		for _, service := range s.config.Services {
			_, err := net.DialTimeout("tcp", fmt.Sprintf("%s:%d", ip.IP, service.RPC.GRPCPort), 5*time.Second)
			require.Error(t, err)
		}
	}
}

func TestStartGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(ctx, Options{DataFile: newFile(t)})
	require.ErrorIs(t, err, context.Canceled)
}

func TestTakenPortsAreTriedAgain(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", loopback(0))
	require.NoError(t, err)
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port
	file := newFile(t)
	require.NoError(t, prepareFile(t.Context(), file))
	free, err := freePorts(servicePorts - 1)
	require.NoError(t, err)

	_, err = startOn(append(free, taken), Options{DataFile: file}.withDefaults(), newLogger(testLogger(t)))
	require.ErrorIs(t, err, syscall.EADDRINUSE)
}

// newFile returns the path of a data file that does not exist yet.
func newFile(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "temporal data?#%.db")
}
