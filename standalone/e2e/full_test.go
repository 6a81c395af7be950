package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/store"
)

// smallDisk mounts a file system in memory, which only root may.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("may not mount a small file system; the test fills one up, and runs as root")
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// fill writes until nothing more fits.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(t, err)
	for size := 1 << 20; size >= 512; {
		if _, err = f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, f.Close())
}

func sizeOf(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	return info.Size()
}

// TestTheDiskIsFull fills the disk on which the record, Temporal's file and the inbox lie, while orders come in. What is
// acknowledged is carried out once there is space again, without a restart; what is not is not there.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "96m")
	e := startIn(t, filepath.Join(dir, "data"), "--map", mapFolder(t, thanksMap, "thanks"))
	e.post(orderOf("before")...)
	e.awaitMail(20*time.Second, "before", "thanks")

	ballast := filepath.Join(dir, "ballast")
	var taken, refused []string
	for round := range 6 {
		fill(t, ballast)
		// The record takes some of what is left, and what follows from it has to find room.
		require.NoError(t, os.Truncate(ballast, sizeOf(t, ballast)-256<<10))
		for len(refused) <= round {
			user := fmt.Sprintf("user%d", len(taken)+len(refused))
			got := e.tryPost(orderOf(user)...)
			if got.status == http.StatusOK {
				taken = append(taken, user)
				require.Less(t, len(taken), 2000, "the disk does not become full")
				continue
			}
			require.Equal(t, http.StatusServiceUnavailable, got.status, "%+v", got)
			require.Equal(t, "5", got.retryAfter)
			require.Contains(t, got.body, "could not be stored")
			refused = append(refused, user)
		}
	}
	require.NotEmpty(t, taken)
	require.Contains(t, e.out.String(), "database or disk is full")
	require.Equal(t, http.StatusOK, e.tryGet("/readyz").status, "it can be read")
	fill(t, ballast)
	<-time.After(shortOutage(t))
	require.NoError(t, os.Remove(ballast))

	for _, user := range taken {
		e.eventually(2*time.Minute, "the mail of "+user, func() bool { return len(e.mails(user, "thanks")) > 0 })
	}
	for _, user := range refused {
		require.Empty(t, e.mails(user, "thanks"), "what was refused is not there")
		e.post(orderOf(user)...)
	}
	for _, user := range refused {
		e.eventually(time.Minute, "the mail of "+user, func() bool { return len(e.mails(user, "thanks")) > 0 })
	}
	e.quiet(2*time.Second, "before", "thanks", 1)
	for _, user := range append(taken, refused...) {
		require.Len(t, e.mails(user, "thanks"), 1, user)
	}
	t.Logf("%d orders were taken while the disk filled up", len(taken))

	require.Zero(t, e.stop())
	copied := filepath.Join(t.TempDir(), "copy.db")
	record, err := store.Open(t.Context(), "sqlite:"+filepath.Join(e.dir, "klantreis.db"), time.Now)
	require.NoError(t, err)
	require.NoError(t, errors.Join(record.Backup(t.Context(), copied), record.Close()), "the file is whole")
}
