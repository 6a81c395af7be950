package bus_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"klantreis/internal/bus"
)

// channel is the channel that all versions of the program share.
const channel = "klantreis:woken"

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// lines is a log that hands out each line as it is written.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// process is a bus as one process has it, with a client of its own.
type process struct {
	*bus.Bus
	client *redis.Client
	log    lines
}

func newProcess(t *testing.T, addr string) process {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { _ = client.Close() }) // A test may have closed it already.
	log := make(lines, 100)
	return process{Bus: bus.New(client, slog.New(slog.NewTextHandler(log, nil))), client: client, log: log}
}

// start runs a part of the bus until the test ends, and waits for it then.
func start(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, receive(t, ended))
	})
}

// receive returns the next value, which must come soon.
func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	var value T
	select {
	case value = <-from:
	case <-time.After(patience):
		t.Fatal("nothing came")
	}
	return value
}

// wakeUntilHinted says that there are new rows, again and again, until the listener hears of it.
func wakeUntilHinted(t *testing.T, sender, listener process) {
	t.Helper()
	deadline := time.After(patience)
	for {
		sender.Woken()
		select {
		case <-listener.Hints():
			return
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatal("no hint came")
		}
	}
}
