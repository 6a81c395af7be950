package torture

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the record
	"github.com/stretchr/testify/require"
	sdkclient "go.temporal.io/sdk/client"

	"klantreis/internal/testserver"
)

// installation is a whole engine of many processes, with proxies between them.
type installation struct {
	t      *testing.T
	folder string
	binary string

	postgres *testserver.PostgresServer
	redis    *testserver.RedisServer
	record   *sql.DB // straight to PostgreSQL, for the checker
	temporal sdkclient.Client

	toRecord, toRedis, toTemporal, toProvider *proxy

	apis, workers, dispatchers []*process
	temporalServer, provider   *process
	bases                      []string
}

// install starts everything and waits until it is ready.
func install(t *testing.T, folder, binary string, speed float64) *installation {
	t.Helper()
	in := &installation{t: t, folder: folder, binary: binary, postgres: testserver.StartPostgres(t), redis: testserver.StartRedis(t)}
	in.toRecord, in.toRedis, in.toTemporal, in.toProvider = newProxy(t), newProxy(t), newProxy(t), newProxy(t)
	in.toRedis.lead(in.redis.Addr)
	var err error
	in.record, err = sql.Open("pgx", in.postgres.URL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, in.record.Close()) })
	database := in.behindProxy()
	out, err := exec.Command(binary, "migrate", "--database", database).CombinedOutput()
	require.NoError(t, err, "%s", out)

	addrs := []string{freeAddr(t), freeAddr(t)}
	in.bases = []string{"http://" + addrs[0], "http://" + addrs[1]}
	in.temporalServer = in.child(roleTemporal, in.toTemporal)
	in.provider = in.child(roleSandbox, in.toProvider, targetVariable+"="+in.bases[0]+","+in.bases[1])
	in.startEngine(addrs, database, speed)
	in.temporal, err = sdkclient.Dial(sdkclient.Options{HostPort: in.toTemporal.addr(), Namespace: namespace, Logger: quietLogger{}})
	require.NoError(t, err)
	t.Cleanup(in.temporal.Close)
	return in
}

// ready tells whether an api takes requests.
func (in *installation) ready(base string) bool {
	client := http.Client{Timeout: time.Second}
	response, err := client.Get(base + "/readyz")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// ask gets something from the provider's process.
func (in *installation) ask(path string) string {
	in.t.Helper()
	client := http.Client{Timeout: time.Minute}
	response, err := client.Get("http://" + in.toProvider.addr() + path)
	require.NoError(in.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(in.t, err)
	require.Equal(in.t, http.StatusOK, response.StatusCode, "%s: %s", path, body)
	return string(body)
}

// setFaults tells the provider how to fail; an error is left alone, because it may be away.
func (in *installation) setFaults(faults string) bool {
	client := http.Client{Timeout: 2 * time.Second}
	request, err := http.NewRequest(http.MethodPost, "http://"+in.toProvider.addr()+"/sandbox/faults", bytes.NewBufferString(`{"faults":[`+faults+`]}`))
	require.NoError(in.t, err)
	request.Header.Set("Authorization", "Bearer "+sandboxKey)
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusNoContent
}

// await waits until ok.
func (in *installation) await(within time.Duration, what string, ok func() bool) {
	in.t.Helper()
	if !in.until(within, ok) {
		in.t.Fatalf("not within %s: %s; see %s", within, what, in.folder)
	}
}

// until waits until ok, looking four times a second, and tells whether it came.
func (in *installation) until(within time.Duration, ok func() bool) bool {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(within); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// rebuild calls the command that wakes everybody who waits.
func (in *installation) rebuild() {
	in.t.Helper()
	out, err := exec.Command(in.binary, "rebuild", "--database", in.postgres.URL).CombinedOutput()
	require.NoError(in.t, err, "%s", out)
}

// editedMap makes a folder with the map in another version, in which other waits are as long as in others.
func (in *installation) editedMap(version int) string {
	in.t.Helper()
	folder := filepath.Join(in.folder, fmt.Sprint("map-", version))
	require.NoError(in.t, os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "map"))))
	name := filepath.Join(folder, "journey.yaml")
	text, err := os.ReadFile(name)
	require.NoError(in.t, err)
	changed := strings.Replace(string(text), "wait: 7d", fmt.Sprintf("wait: %dd", 5+version%4), 1)
	require.NoError(in.t, os.WriteFile(name, fmt.Appendf([]byte(changed), "# version %d\n", version), 0o600))
	return folder
}

// loseTemporal removes all that Temporal knows. Its process must be away.
func (in *installation) loseTemporal() {
	in.t.Helper()
	files, err := filepath.Glob(filepath.Join(in.folder, "temporal.db*"))
	require.NoError(in.t, err)
	for _, name := range files {
		require.NoError(in.t, os.Remove(name))
	}
}

// number reads a number from the record; -1 when the record is away.
func (in *installation) number(query string, args ...any) int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var n int
	if err := in.record.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return -1
	}
	return n
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

type quietLogger struct{}

func (quietLogger) Debug(string, ...any) {}
func (quietLogger) Info(string, ...any)  {}
func (quietLogger) Warn(string, ...any)  {}
func (quietLogger) Error(string, ...any) {}
