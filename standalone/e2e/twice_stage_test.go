package e2e

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	sqliteschema "go.temporal.io/server/schema/sqlite"

	"klantreis/standalone/temporal"
)

// stage is a Temporal server with a namespace for each attempt at a story.
type stage struct {
	dir, addr string
	starting  chan struct{}
}

func namespaceOf(s *story, attempt int) string { return fmt.Sprintf("%s-%d", s.Name, attempt) }

// newStage starts the server. A namespace that it is asked for while it runs would be usable only seconds later, so it is
// stopped once, and the namespaces are written into its file.
func newStage(t *testing.T, stories []*story) *stage {
	t.Helper()
	st := &stage{dir: t.TempDir(), starting: make(chan struct{}, starting)}
	file := filepath.Join(t.TempDir(), "temporal.db")
	server, err := temporal.Start(t.Context(), temporal.Options{DataFile: file})
	require.NoError(t, err)
	server.Stop()
	var namespaces []*sqliteschema.NamespaceConfig
	for _, s := range stories {
		for attempt := range attempts {
			ns, err := sqliteschema.NewNamespaceConfig("active", namespaceOf(s, attempt), false, nil)
			require.NoError(t, err)
			namespaces = append(namespaces, ns)
		}
	}
	require.NoError(t, sqliteschema.CreateNamespaces(&config.SQL{
		PluginName: sqlite.PluginName, DatabaseName: file, MaxConns: 1, MaxIdleConns: 1,
		ConnectAttributes: map[string]string{"mode": "rwc", "journal_mode": "wal", "busy_timeout": "10000"},
	}, namespaces...))
	server, err = temporal.Start(t.Context(), temporal.Options{DataFile: file})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	st.addr = server.Addr()
	return st
}
