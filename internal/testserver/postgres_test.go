package testserver

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// connect returns a connection that is closed when the test ends.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	// The context of the test is over by then, and the server may be gone: there is nobody to tell.
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func TestPostgresDatabasesAreApart(t *testing.T) {
	t.Parallel()
	first, second := Postgres(t), Postgres(t)
	require.NotEqual(t, first, second)
	_, err := connect(t, first).Exec(t.Context(), "CREATE TABLE customers (id text)")
	require.NoError(t, err)

	var tables int
	err = connect(t, second).QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE tablename = 'customers'").Scan(&tables)
	require.NoError(t, err)
	require.Zero(t, tables)
}

func TestPostgresDatabaseIsDropped(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("user", func(t *testing.T) {
		url = Postgres(t)
		// A connection that the test forgot does not keep the database.
		_, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
	})
	_, err := pgx.Connect(t.Context(), url)
	require.ErrorContains(t, err, "does not exist")
}

func TestPostgresInParallel(t *testing.T) {
	t.Parallel()
	for range 4 {
		t.Run("database", func(t *testing.T) {
			t.Parallel()
			require.NoError(t, connect(t, Postgres(t)).Ping(t.Context()))
		})
	}
}

func TestStartPostgresSettings(t *testing.T) {
	t.Parallel()
	server := StartPostgres(t, "fsync=on", "max_connections=17")
	conn := connect(t, server.URL)
	for setting, want := range map[string]string{"fsync": "on", "max_connections": "17", "full_page_writes": "off"} {
		var got string
		require.NoError(t, conn.QueryRow(t.Context(), "SHOW "+setting).Scan(&got))
		require.Equal(t, want, got, setting)
	}
}

func TestPostgresStopAndStart(t *testing.T) {
	t.Parallel()
	server := StartPostgres(t)
	before := connect(t, server.URL)
	_, err := before.Exec(t.Context(), "CREATE TABLE customers AS SELECT 'Anna' AS name")
	require.NoError(t, err)

	server.Stop()
	server.Stop()
	require.Error(t, before.Ping(t.Context()))
	_, err = pgx.Connect(t.Context(), server.URL)
	require.Error(t, err)

	server.Start()
	server.Start()
	var name string
	require.NoError(t, connect(t, server.URL).QueryRow(t.Context(), "SELECT name FROM customers").Scan(&name))
	require.Equal(t, "Anna", name)
}
