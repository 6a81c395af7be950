package replay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	readyPause = 20 * time.Millisecond
	// stopTime is how long the engine may take to stop.
	stopTime = 30 * time.Second
)

// engine is an engine that we started, with a record of its own.
type engine struct {
	client *Client
	log    string // path of what it printed
	cmd    *exec.Cmd
	done   chan struct{} // closed when it has ended
	stop   func() error
}

// startEngine starts the binary with all its data in a new folder and its clock at an instant, and returns once it takes
// requests.
func startEngine(ctx context.Context, binary, dir string, start time.Time, speed float64) (*engine, error) {
	mapDir := filepath.Join(dir, "map")
	if err := os.CopyFS(mapDir, journeyMap()); err != nil {
		return nil, fmt.Errorf("write the map: %w", err)
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	e := &engine{
		client: &Client{
			Base: "http://" + addr, WriteKey: rand.Text(), AdminToken: rand.Text(), HTTP: &http.Client{Timeout: 10 * time.Second},
		},
		log:  filepath.Join(dir, "engine.log"),
		done: make(chan struct{}),
	}
	e.cmd = exec.Command(binary, "run", "--addr", addr, "--data", filepath.Join(dir, "data"), "--map", mapDir,
		"--speed", strconv.FormatFloat(speed, 'f', -1, 64), "--clock-start", start.UTC().Format(time.RFC3339))
	e.cmd.Env = append(withoutOurs(os.Environ()), "KLANTREIS_WRITE_KEY="+e.client.WriteKey, "KLANTREIS_ADMIN_TOKEN="+e.client.AdminToken)
	e.stop = sync.OnceValue(e.terminate)
	if err := e.run(); err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	if err := e.waitReady(ctx); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	return e, nil
}

// run starts the process. It gets a group of its own, so that an interrupt typed at the terminal reaches us first.
func (e *engine) run() error {
	log, err := os.Create(e.log)
	if err != nil {
		return err
	}
	defer log.Close()
	e.cmd.Stdout, e.cmd.Stderr = log, log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := e.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(e.done)
		// How it ended is asked for only when it should not have; then it stands in ProcessState.
		_ = e.cmd.Wait()
	}()
	return nil
}

func (e *engine) waitReady(ctx context.Context) error {
	for {
		notReady := e.client.Ready(ctx)
		if notReady == nil {
			return nil
		}
		select {
		case <-e.done:
			return e.ended()
		case <-ctx.Done():
			return fmt.Errorf("wait for the engine: %w (%w)", context.Cause(ctx), notReady)
		case <-time.After(readyPause):
		}
	}
}

// whileRunning returns a context that ends with the engine, and then says how it did.
func (e *engine) whileRunning(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-e.done:
			cancel(e.ended())
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// ended says how the engine ended, with the end of its log.
func (e *engine) ended() error {
	const enough = 2000
	log, err := os.ReadFile(e.log)
	if err != nil {
		return errors.Join(fmt.Errorf("the engine has ended (%s)", e.cmd.ProcessState), err)
	}
	return fmt.Errorf("the engine has ended (%s): %s", e.cmd.ProcessState, log[max(0, len(log)-enough):])
}

// terminate asks the process to stop, and kills it when it does not.
func (e *engine) terminate() error {
	select {
	case <-e.done:
		return nil
	default:
	}
	// It may have ended just now; then there is nothing to signal.
	_ = e.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.done:
		return nil
	case <-time.After(stopTime):
	}
	_ = e.cmd.Process.Kill() // as above
	<-e.done
	return fmt.Errorf("the engine did not stop within %s", stopTime)
}

// withoutOurs leaves out what would configure the engine otherwise.
func withoutOurs(environment []string) []string {
	var rest []string
	for _, variable := range environment {
		if !strings.HasPrefix(variable, "KLANTREIS_") {
			rest = append(rest, variable)
		}
	}
	return rest
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
