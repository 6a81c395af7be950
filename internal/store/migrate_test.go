package store

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func TestMigrateAtOnceAndAgain(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		execute(t, r, "DROP TABLE goose_db_version")
		for _, table := range []string{
			"erasure_steps", "erased_customers", "erased_persons", "erased_message_ids", "erased_tallies", "erasures", "consents", "suppressions", "address_key", "parked_events",
			"provider_events", "decisions", "messages", "tasks", "exposures", "runs", "wakes", "events", "message_ids", "devices", "customers", "maps", "clock",
			"write_keys", "rejected_events", "customer_aliases", "lost_sends", "users", "sessions", "api_tokens", "audit", "chores",
			"shop_objects", "shop_connections", "shop_news", "shop_privacy_requests",
		} {
			execute(t, r, "DROP TABLE "+table)
		}
		require.ErrorIs(t, r.CheckSchema(t.Context()), ErrSchema)
		require.ErrorContains(t, r.CheckSchema(t.Context()), "at version 0 and must be migrated to")
		var group errgroup.Group
		for range 4 {
			other := r.open(t)
			group.Go(func() error { return other.Migrate(t.Context()) })
		}
		require.NoError(t, group.Wait())
		require.NoError(t, r.CheckSchema(t.Context()))
		require.EqualValues(t, 1, scalar[int64](t, r, "SELECT COUNT(*) FROM goose_db_version WHERE version_id = 1"))
		require.NoError(t, r.Migrate(t.Context()))
	})
}

func TestCheckSchemaRefusesNewer(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		execute(t, r, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
		for _, err := range []error{r.CheckSchema(t.Context()), r.Migrate(t.Context())} {
			require.ErrorIs(t, err, ErrSchema)
			require.ErrorContains(t, err, "at version 99, made by a newer program")
		}
	})
}

func execute(t *testing.T, r *record, query string) {
	t.Helper()
	_, err := r.writer.ExecContext(t.Context(), query)
	require.NoError(t, err)
}
