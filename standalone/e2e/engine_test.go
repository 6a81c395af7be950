// Package e2e tests the all-in-one binary as a shop would use it: a process of its own, events over HTTP, mails in the
// inbox. Nothing in here looks inside.
package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	writeKey   = "wk-e2e"
	adminToken = "at-e2e"
)

// binary is the all-in-one binary: KLANTREIS_BINARY, or built by TestMain.
var binary = os.Getenv("KLANTREIS_BINARY")

func TestMain(m *testing.M) {
	if binary == "" {
		dir, err := os.MkdirTemp("", "klantreis-e2e")
		if err != nil {
			panic(err)
		}
		binary = filepath.Join(dir, "klantreis")
		if out, err := exec.Command("go", "build", "-o", binary, "../cmd/klantreis").CombinedOutput(); err != nil {
			panic(fmt.Sprintf("build the all-in-one binary: %v\n%s", err, out))
		}
		code := m.Run()
		os.RemoveAll(dir)
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// engine is one installation: a data folder, and the process that runs on it at the moment.
type engine struct {
	t    *testing.T
	base string
	addr string
	args []string
	dir  string
	cmd  *exec.Cmd
	out  *bytes.Buffer
	http *http.Client
}

// start starts an installation; args are further flags.
func start(t *testing.T, args ...string) *engine {
	t.Helper()
	return startIn(t, t.TempDir(), args...)
}

// startIn starts an installation in a folder.
func startIn(t *testing.T, dir string, args ...string) *engine {
	t.Helper()
	addr := freeAddr(t)
	e := &engine{
		t: t, addr: addr, base: "http://" + addr, dir: dir, args: args,
		http: &http.Client{Timeout: 10 * time.Second},
	}
	e.run()
	t.Cleanup(e.kill)
	return e
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// run starts the process and waits until it is ready.
func (e *engine) run() {
	e.t.Helper()
	e.out = &bytes.Buffer{}
	e.cmd = exec.Command(binary, append([]string{"run", "--addr", e.addr, "--data", e.dir}, e.args...)...)
	e.cmd.Env = append(os.Environ(), "KLANTREIS_WRITE_KEY="+writeKey, "KLANTREIS_ADMIN_TOKEN="+adminToken)
	e.cmd.Stdout, e.cmd.Stderr = e.out, e.out
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(e.t, e.cmd.Start())
	e.eventually(60*time.Second, "the engine is ready", func() bool {
		resp, err := e.http.Get(e.base + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// kill ends the process as a power cut would.
func (e *engine) kill() {
	if e.cmd.Process == nil || e.cmd.ProcessState != nil {
		return
	}
	_ = e.cmd.Process.Kill()
	_ = e.cmd.Wait()
}

// stop ends the process as Ctrl-C would, and returns its exit code.
func (e *engine) stop() int {
	e.t.Helper()
	require.NoError(e.t, e.cmd.Process.Signal(os.Interrupt))
	_ = e.cmd.Wait()
	return e.cmd.ProcessState.ExitCode()
}

// command runs another command of the binary.
func (e *engine) command(args ...string) (string, error) {
	out, err := exec.Command(binary, args...).CombinedOutput()
	return string(out), err
}

// eventually waits until ok, looking every 25 ms.
func (e *engine) eventually(within time.Duration, what string, ok func() bool) {
	e.t.Helper()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(within); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			e.t.Fatalf("not within %s: %s\n%s", within, what, e.out)
		}
	}
}

// post posts events as a batch and demands that all are accepted.
func (e *engine) post(events ...map[string]any) {
	e.t.Helper()
	body, err := json.Marshal(map[string]any{"batch": events})
	require.NoError(e.t, err)
	req, err := http.NewRequest(http.MethodPost, e.base+"/v1/batch", bytes.NewReader(body))
	require.NoError(e.t, err)
	req.SetBasicAuth(writeKey, "")
	resp, err := e.http.Do(req)
	require.NoError(e.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(e.t, err)
	require.Equal(e.t, http.StatusOK, resp.StatusCode, string(answer))
	require.NotContains(e.t, string(answer), "rejected")
}

func identify(user, locale string) map[string]any {
	return map[string]any{"type": "identify", "userId": user, "traits": map[string]any{
		"email": user + "@example.com", "firstName": strings.ToUpper(user[:1]) + user[1:], "locale": locale,
	}}
}

func track(user, event, order string) map[string]any {
	return map[string]any{"type": "track", "userId": user, "event": event, "properties": map[string]any{
		"order_id": order, "total": 59.9, "currency": "EUR",
		"products": []any{map[string]any{"name": "Koffiebonen", "quantity": 2, "price": 29.95}},
	}}
}

// mail is a mail in the inbox.
type mail struct {
	ID      string
	To      []struct{ Name, Address string }
	Subject string
	Tags    []string
	Created time.Time
	HTML    string
	Text    string
}

// get reads JSON with the admin token.
func (e *engine) get(path string, into any) {
	e.t.Helper()
	require.NoError(e.t, json.Unmarshal([]byte(e.page(path)), into), path)
}

// page reads a page with the admin token.
func (e *engine) page(path string) string {
	e.t.Helper()
	req, err := http.NewRequest(http.MethodGet, e.base+path, nil)
	require.NoError(e.t, err)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := e.http.Do(req)
	require.NoError(e.t, err)
	defer resp.Body.Close()
	require.Equal(e.t, http.StatusOK, resp.StatusCode, path)
	body, err := io.ReadAll(resp.Body)
	require.NoError(e.t, err)
	return string(body)
}

// mails returns the mails to a user of one touchpoint, newest first.
func (e *engine) mails(user, touchpoint string) []mail {
	e.t.Helper()
	var list struct{ Messages []mail }
	e.get("/inbox/api/v1/messages?limit=1000", &list)
	var found []mail
	for _, m := range list.Messages {
		if m.To[0].Address == user+"@example.com" && len(m.Tags) > 0 && m.Tags[0] == touchpoint {
			found = append(found, m)
		}
	}
	return found
}

func (e *engine) content(m mail) mail {
	e.t.Helper()
	e.get("/inbox/api/v1/message/"+m.ID, &m)
	return m
}

// awaitMail waits for the first mail of a touchpoint to a user.
func (e *engine) awaitMail(within time.Duration, user, touchpoint string) mail {
	e.t.Helper()
	var found []mail
	e.eventually(within, touchpoint+" for "+user, func() bool {
		found = e.mails(user, touchpoint)
		return len(found) > 0
	})
	return e.content(found[0])
}

// quiet demands that for some time there are exactly n mails of a touchpoint to a user.
func (e *engine) quiet(during time.Duration, user, touchpoint string, n int) {
	e.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(during); ; {
		require.Len(e.t, e.mails(user, touchpoint), n, "%s for %s", touchpoint, user)
		select {
		case <-tick.C:
		case <-deadline:
			return
		}
	}
}
