package torture

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"time"

	"go.temporal.io/api/workflowservice/v1"
)

// commands are what operators do, in the worst moments.
func (k *killer) commands() []fault {
	version := 0
	target := func() string { return "map" }
	return []fault{
		{name: "publish a map", weight: 2, target: target, do: func(string) {
			version++
			k.command("publish", "--yes", "--confirm", "100000", k.in.editedMap(version))
		}},
		{name: "pause reviews", weight: 2, least: time.Second, most: 4 * time.Second, target: target, do: func(string) {
			k.command("pause", "--yes", "review-request")
		}, undo: func(string) { k.command("resume", "--yes", "review-request", "--confirm", "100000") }},
		{name: "rebuild", weight: 1, target: target, do: func(string) { k.command("rebuild") }},
	}
}

// command runs a command of the binary until it succeeds, for a minute at most: the record may be away.
func (k *killer) command(args ...string) {
	var out []byte
	if !k.in.until(time.Minute, func() (done bool) {
		var err error
		out, err = exec.Command(k.in.binary, append(args, "--database", k.in.postgres.URL)...).CombinedOutput()
		return err == nil
	}) {
		k.in.t.Errorf("klantreis %v does not succeed: %s", args, out)
	}
}

// terminate ends a few of the workflows that are open.
func (k *killer) terminate() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	listed, err := k.in.temporal.ListOpenWorkflow(ctx, &workflowservice.ListOpenWorkflowExecutionsRequest{MaximumPageSize: 20})
	if err != nil {
		return // Temporal is away just now.
	}
	for _, w := range listed.Executions {
		_ = k.in.temporal.TerminateWorkflow(ctx, w.Execution.WorkflowId, w.Execution.RunId, "torture") // It may have ended.
	}
}

// calm undoes everything that may still be done to the installation.
func (k *killer) calm() {
	for _, p := range append(append(append([]*process{k.in.temporalServer, k.in.provider}, k.in.apis...), k.in.workers...), k.in.dispatchers...) {
		p.release()
		p.signal(syscall.SIGCONT)
	}
	for _, p := range []*proxy{k.in.toRecord, k.in.toRedis, k.in.toTemporal, k.in.toProvider} {
		p.resume()
	}
	k.in.postgres.Start()
	k.in.redis.Start()
	k.in.await(time.Minute, "the provider is well", func() bool { return k.in.setFaults("") })
}

// redisCommand sends one command; an error is left alone, because Redis may be away.
func redisCommand(addr, command string) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // A connection has a deadline.
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err == nil {
		_, _ = conn.Read(make([]byte, 64)) // Whatever it answers.
	}
}
