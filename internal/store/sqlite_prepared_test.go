package store

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStatementsStayPrepared uses one connection, so that every statement meets those that were kept.
func TestStatementsStayPrepared(t *testing.T) {
	t.Parallel()
	db, err := openFile(filepath.Join(t.TempDir(), "x.db"), "")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (1); INSERT INTO numbers VALUES (2)")
	require.NoError(t, err, "a text of several statements")
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	const all = "SELECT * FROM numbers WHERE n >= ?1 ORDER BY n"
	read := func(from int) (list []int) {
		rows, err := conn.QueryContext(t.Context(), all, from)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var n int
			require.NoError(t, rows.Scan(&n))
			if list = append(list, n); n == 1 {
				var inside int
				require.NoError(t, conn.QueryRowContext(t.Context(), all, 2).Scan(&inside), "the same statement while it is read")
				require.Equal(t, 2, inside)
			}
		}
		require.NoError(t, rows.Err())
		return list
	}
	for range 3 {
		require.Equal(t, []int{1, 2}, read(1))
		require.Equal(t, []int{2}, read(2))
		require.Empty(t, read(3))
	}
	require.NoError(t, conn.Raw(func(inner any) error {
		prepared := inner.(*preparedConn)
		require.Contains(t, prepared.kept, all)
		require.False(t, prepared.kept[all].busy)
		return nil
	}))
	_, err = conn.ExecContext(t.Context(), "INSERT INTO numbers VALUES (?1, ?2)", 3, 4)
	require.ErrorContains(t, err, "has 1 columns but 2 values")
	_, err = conn.ExecContext(t.Context(), "ALTER TABLE numbers ADD COLUMN more INTEGER")
	require.NoError(t, err)
	rows, err := conn.QueryContext(t.Context(), all, 2)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.Equal(t, []string{"n", "more"}, columns, "what changes in the tables is seen")
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	require.NoError(t, conn.Close())
	require.NoError(t, db.Close())
}
