package torture

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
)

// startEngine starts the processes of the engine: the first of them publishes the map.
func (in *installation) startEngine(addrs []string, database string, speed float64) {
	in.t.Helper()
	env := []string{
		"KLANTREIS_DATABASE=" + database, "KLANTREIS_REDIS_URL=redis://" + in.toRedis.addr(),
		"KLANTREIS_TEMPORAL_ADDRESS=" + in.toTemporal.addr(), "KLANTREIS_TEMPORAL_NAMESPACE=" + namespace,
		"KLANTREIS_WRITE_KEY=" + writeKey, "KLANTREIS_ADMIN_TOKEN=" + adminToken,
		"KLANTREIS_PUBLIC_URL=" + in.bases[0], "KLANTREIS_LINK_KEY=the key of the links in mails",
		"SENDGRID_API_KEY=" + sandboxKey, "SENDGRID_HOST=http://" + in.toProvider.addr(),
		"SENDGRID_WEBHOOK_KEY=" + in.ask("/key"), fmt.Sprintf("KLANTREIS_SPEED=%g", speed), "KLANTREIS_LOG_LEVEL=warn",
	}
	for i, addr := range addrs {
		in.apis = append(in.apis, in.start(fmt.Sprint("api-", i), env, nil, "api", "--addr", addr, "--map", filepath.Join("testdata", "map")))
		in.await(time.Minute, "the api is ready", func() bool { return in.ready(in.bases[i]) })
	}
	for i := range 2 {
		in.workers = append(in.workers, in.start(fmt.Sprint("worker-", i), env, nil, "worker", "--no-dispatch"))
		in.dispatchers = append(in.dispatchers, in.start(fmt.Sprint("dispatcher-", i), env, nil, "dispatcher"))
	}
}

// behindProxy is the record's URL for the engine.
func (in *installation) behindProxy() string {
	u, err := url.Parse(in.postgres.URL)
	require.NoError(in.t, err)
	in.toRecord.lead(u.Host)
	u.Host = in.toRecord.addr()
	return u.String()
}

// start starts a process of the engine.
func (in *installation) start(name string, env []string, begun func(int), args ...string) *process {
	log, err := os.OpenFile(filepath.Join(in.folder, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(in.t, err)
	p := &process{name: name, args: append([]string{in.binary}, args...), env: env, out: log, begun: begun}
	p.run()
	in.t.Cleanup(func() {
		p.stop()
		_ = log.Close() // Nobody writes to it any more.
	})
	return p
}

// child starts this test binary in a role and lets the proxy follow it wherever it listens.
func (in *installation) child(role string, to *proxy, env ...string) *process {
	in.t.Helper()
	first := make(chan struct{})
	var once sync.Once
	env = append(env, roleVariable+"="+role, folderVariable+"="+in.folder)
	log, err := os.OpenFile(filepath.Join(in.folder, role+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(in.t, err)
	p := &process{name: role, args: []string{os.Args[0]}, env: env, out: log}
	p.begun = func(pid int) {
		in.until(time.Minute, func() bool {
			addr, ok := heard(in.folder, role, pid)
			if ok {
				to.lead(addr)
				once.Do(func() { close(first) })
			}
			return ok
		})
	}
	p.run()
	in.t.Cleanup(func() {
		p.stop()
		_ = log.Close() // Nobody writes to it any more.
	})
	select {
	case <-first:
	case <-time.After(time.Minute):
		in.t.Fatalf("%s does not start; see %s", role, in.folder)
	}
	return p
}
