package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBackup(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		file := filepath.Join(t.TempDir(), "copy of the record.db")
		if r.dialect == postgres {
			require.ErrorContains(t, r.Backup(t.Context(), file), "pg_dump")
			require.NoFileExists(t, file)
			return
		}
		customerID := r.plan(t, "msg")
		require.NoError(t, os.WriteFile(file+".partial", []byte("left by one that was killed"), 0o600))
		require.NoError(t, r.Backup(t.Context(), file))
		require.NoFileExists(t, file+".partial")
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		r.plan(t, "later")
		require.ErrorContains(t, r.Backup(t.Context(), file), "is there already")

		restored := &record{url: "sqlite:" + file}
		restored.set(0)
		restored.Store = restored.open(t)
		require.NoError(t, restored.CheckSchema(t.Context()))
		require.Equal(t, customerID, restored.customer(t, "user of msg"))
		_, found, err := restored.CustomerByUserID(t.Context(), "user of later")
		require.NoError(t, err)
		require.False(t, found)
		require.Equal(t, r.handedOver(t, "msg").SendKey, restored.handedOver(t, "msg").SendKey, "reports find their way")

		require.Error(t, r.Backup(t.Context(), filepath.Join(file, "in a file")))
		require.Error(t, r.Backup(t.Context(), filepath.Join(t.TempDir(), "missing", "copy.db")))
	})
}
