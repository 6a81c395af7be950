package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"klantreis/standalone/temporal"
)

// A child is this test binary in another role: the servers that production has elsewhere run in processes of their own, so
// that they can be killed.
const (
	roleVariable   = "KLANTREIS_TORTURE_ROLE"
	folderVariable = "KLANTREIS_TORTURE_FOLDER"
	targetVariable = "KLANTREIS_TORTURE_TARGETS"

	roleTemporal = "temporal"
	roleSandbox  = "sandbox"

	namespace = "torture"
)

// addressFile is where a child tells its address, because it gets another at every start.
func addressFile(folder, role string) string { return filepath.Join(folder, role+".address") }

func runChild(role string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder := os.Getenv(folderVariable)
	switch role {
	case roleTemporal:
		return runTemporal(ctx, folder)
	case roleSandbox:
		return runSandbox(ctx, folder)
	}
	return fmt.Errorf("there is no role %s", role)
}

func runTemporal(ctx context.Context, folder string) error {
	server, err := temporal.Start(ctx, temporal.Options{
		DataFile: filepath.Join(folder, "temporal.db"), Namespace: namespace,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := tellAddress(folder, roleTemporal, server.Addr()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// tellAddress writes the file as a whole or not at all.
func tellAddress(folder, role, addr string) error {
	name := addressFile(folder, role)
	text, err := json.Marshal(told{Address: addr, Process: os.Getpid(), At: time.Now()})
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// told is what a child tells.
type told struct {
	Address string
	Process int
	At      time.Time
}

// heard reads what the child with a process id told; false when it told nothing yet.
func heard(folder, role string, process int) (string, bool) {
	text, err := os.ReadFile(addressFile(folder, role))
	var t told
	if err != nil || json.Unmarshal(text, &t) != nil || t.Process != process {
		return "", false
	}
	_, _, err = net.SplitHostPort(t.Address)
	return t.Address, err == nil
}
