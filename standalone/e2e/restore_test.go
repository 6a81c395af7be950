package e2e

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/app"
	"klantreis/internal/testserver"
)

const restoreMap = `
journey: restore
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: thanks, phase: care, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: thanks}}]}
  - {id: later, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: later}}]}
`

// TestRestoreOnSQLite sets the record of an installation back to a backup. Temporal and the provider are ahead of it.
func TestRestoreOnSQLite(t *testing.T) {
	t.Parallel()
	speed := (7 * 24 * time.Hour).Seconds() / (10 * time.Second).Seconds() // "later" comes after 10 seconds
	e := startIn(t, filepath.Join(t.TempDir(), "data"), "--map", mapFolder(t, restoreMap, "thanks", "later"), "--speed", strconv.FormatFloat(speed, 'f', -1, 64))
	record := filepath.Join(e.dir, "klantreis.db")
	backup := filepath.Join(t.TempDir(), "backup.db")
	database := "--database=sqlite:" + record
	e.post(orderOf("anna")...)
	e.awaitMail(20*time.Second, "anna", "thanks")
	out, err := e.command("backup", backup, database)
	require.NoError(t, err, out)

	e.awaitMail(time.Minute, "anna", "later") // Anna's run is in the backup, this mail is not.
	e.post(orderOf("bert")...)                // Bert is not in it at all.
	e.awaitMail(20*time.Second, "bert", "thanks")
	reports := filepath.Join(t.TempDir(), "reports.json")
	require.NoError(t, os.WriteFile(reports, []byte(e.page("/inbox/api/v1/reports")), 0o600))
	e.setBack(backup)
	out, err = e.command("restore-check", database, "--reports", reports)
	require.Error(t, err, out)
	require.Contains(t, out, "2 messages not known to the record as sent")
	require.Regexp(t, `later +anna +m_\w+ +unknown`, out)
	require.Regexp(t, `thanks +bert@example.com +m_\w+ +unknown`, out)
	out, err = e.command("restore-check", database, "--reports", reports, "--settle")
	require.NoError(t, err, out)

	e.run()
	out, err = e.command("rebuild", database)
	require.NoError(t, err, out)
	e.post(orderOf("bert")...) // The shop posts again what it posted since the backup.
	e.post(orderOf("cora")...)
	e.awaitMail(20*time.Second, "cora", "thanks")
	e.awaitMail(time.Minute, "bert", "later")
	e.awaitMail(time.Minute, "cora", "later")
	e.quiet(2*time.Second, "anna", "later", 1)
	for _, user := range []string{"anna", "bert", "cora"} {
		require.Len(t, e.mails(user, "thanks"), 1, user)
		require.Len(t, e.mails(user, "later"), 1, user)
	}
	require.Contains(t, e.page("/api/v1/customers/bert"), `"reason":"sent"`)
}

// setBack stops the installation and replaces its record by a backup.
func (e *engine) setBack(backup string) {
	e.t.Helper()
	e.kill()
	record := filepath.Join(e.dir, "klantreis.db")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(e.t, os.RemoveAll(record+suffix))
	}
	text, err := os.ReadFile(backup)
	require.NoError(e.t, err)
	require.NoError(e.t, os.WriteFile(record, text, 0o600))
}

// TestRestoreWithoutReports holds everything after a restore until a report comes in by itself.
func TestRestoreWithoutReports(t *testing.T) {
	t.Parallel()
	e := startIn(t, filepath.Join(t.TempDir(), "data"), "--map", mapFolder(t, thanksMap, "thanks"))
	backup := filepath.Join(t.TempDir(), "backup.db")
	database := "--database=sqlite:" + filepath.Join(e.dir, "klantreis.db")
	command := func(args ...string) string {
		out, err := e.command(append(args, database)...)
		require.NoError(t, err, out)
		return out
	}
	command("backup", backup)
	e.post(orderOf("bert")...)
	sent := e.awaitMail(20*time.Second, "bert", "thanks")
	e.setBack(backup)
	command("pause", "--all", "--yes")
	e.run()
	e.post(orderOf("bert")...)
	e.post(orderOf("cora")...)
	e.report(sent, "open")
	e.eventually(20*time.Second, "the record knows of it", func() bool {
		return strings.Contains(e.page("/metrics"), "\nklantreis_lost_sends 1\n")
	})
	require.Regexp(t, `thanks +- +m_\w+ +unknown`, command("restore-check"))
	require.Empty(t, e.mails("cora", "thanks"), "everything is held")
	command("resume", "--all", "--yes")
	e.awaitMail(time.Minute, "cora", "thanks")
	e.eventually(time.Minute, "the record knows what it was", func() bool {
		return strings.Contains(e.page("/metrics"), "\nklantreis_lost_sends 0\n")
	})
	e.quiet(time.Second, "bert", "thanks", 1)
}

// TestRestoreOnPostgreSQL does the same with pg_dump, and on a Temporal that is empty.
func TestRestoreOnPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"pg_dump", "psql"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s", program)
		}
	}
	first, second := testserver.Postgres(t), testserver.Postgres(t)
	speed := (7 * 24 * time.Hour).Seconds() / (10 * time.Second).Seconds()
	before := startInside(t, first, mapFolder(t, restoreMap, "thanks", "later"), speed)
	before.post(orderOf("anna")...)
	before.awaitMail(20*time.Second, "anna", "thanks")
	pipe(t, exec.Command("pg_dump", "--no-owner", first), exec.Command("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", second))
	before.awaitMail(time.Minute, "anna", "later")
	before.post(orderOf("bert")...)
	before.awaitMail(20*time.Second, "bert", "thanks")
	reports := before.page("/inbox/api/v1/reports")

	record := config.Record{Database: config.Secret(second)}
	check, err := app.CheckRestore(t.Context(), record, time.Now, slog.New(slog.DiscardHandler), strings.NewReader(reports), true)
	require.NoError(t, err)
	require.Len(t, check.Open, 2)
	after := startInside(t, second, mapFolder(t, restoreMap, "thanks", "later"), 0)
	_, err = app.Rebuild(t.Context(), record, time.Now)
	require.NoError(t, err)
	after.post(orderOf("bert")...)
	after.post(orderOf("cora")...)
	after.awaitMail(20*time.Second, "cora", "thanks")
	after.awaitMail(time.Minute, "bert", "later")
	after.awaitMail(time.Minute, "cora", "later")
	after.quiet(2*time.Second, "anna", "later", 0)
	require.Empty(t, after.mails("anna", "thanks"))
	require.Empty(t, after.mails("bert", "thanks"))
}

// pipe runs two programs, of which the second reads what the first writes.
func pipe(t *testing.T, from, to *exec.Cmd) {
	t.Helper()
	var text, problems bytes.Buffer
	from.Stdout, from.Stderr = &text, &problems
	require.NoError(t, from.Run(), problems.String())
	to.Stdin, to.Stdout, to.Stderr = &text, &problems, &problems
	require.NoError(t, to.Run(), problems.String())
}
