package store

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// otherwise are the tables that an erasure does not simply clear, with all their columns, and what becomes of them. A new column
// in one of them needs somebody to look whether it can hold anything about a customer.
var otherwise = map[string]string{
	// Treated by hand, each in its own way.
	"suppressions":    "address customer_id reason since source",          // the hash stays, the customer goes
	"rejected_events": "code field item key_name message received_at seq", // those that name the customer go
	"message_ids":     "message_id received_at",                           // a hash takes the place of each
	"shop_objects":    "connection erased kind object state user_id",      // erased, so that telling it again brings nothing back
	"audit":           "action at became kind name origin seq target was", // holds our own ids only
	"erasures":        "begun_at customer_id done_at id suppressed work",  // the work goes when it is done
	"erasure_steps":   "done_at erasure_id next_at step tries trouble",    // impersonal words
	// Made to outlive the person: our own random ids, keyed hashes, counts.
	"erased_customers":   "customer_id erasure_id",
	"erased_persons":     "erased_at erasure_id hash",
	"erased_message_ids": "hash received_at",
	"erased_tallies":     "month n touchpoint value what",
	// The ids go when somebody did what the shop asked for.
	"shop_privacy_requests": "connection done_at id kind received_at user_ids",
	// Never about a customer.
	"shop_connections": "delivered_at error error_at kind lease_holder lease_until name place reconciled_at since warning",
	"shop_news":        "event id place product_id received_at",
	"clock":            "id j0 r0 speed started",
	"maps":             "author hash lineage note origin published_at source version",
	"chores":           "done_at holder name until_at",
	"write_keys":       "created_at hash name revoked_at",
	"address_key":      "id key",
	"users":            "created_at disabled_at name password_at password_hash role",
	"sessions":         "began_at hash seen_at stamp user_name",
	"api_tokens":       "created_at hash name revoked_at scopes used_at",
	"goose_db_version": "id is_applied tstamp version_id",
}

// schema returns the columns of every table of the record, sorted.
func (r *record) schema(t *testing.T) map[string]string {
	t.Helper()
	query := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	if r.dialect == postgres {
		query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	rows, err := r.reader.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns := map[string][]string{}
	for rows.Next() {
		var table, column string
		require.NoError(t, rows.Scan(&table, &column))
		columns[table] = append(columns[table], column)
	}
	require.NoError(t, rows.Err())
	tables := map[string]string{}
	for table, names := range columns {
		slices.Sort(names)
		tables[table] = strings.Join(names, " ")
	}
	return tables
}

// TestEveryTableIsAccountedFor: a new table must be one that erasures and exports know, or be said to be none.
func TestEveryTableIsAccountedFor(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		cleared := map[string]bool{}
		for _, h := range personal {
			cleared[h.table] = true
		}
		schema := r.schema(t)
		for table, columns := range schema {
			kept, known := otherwise[table]
			require.NotEqual(t, cleared[table], known, "say in personal.go how a customer's rows of %s are found, or here what becomes of them", table)
			if known {
				require.Equal(t, kept, columns, "what does the new column of %s hold?", table)
			}
		}
		for table := range cleared {
			require.Contains(t, schema, table)
		}
		for table := range maps.Keys(otherwise) {
			require.Contains(t, schema, table)
		}
		for table, columns := range schema {
			if strings.Contains(" "+columns+" ", " customer_id ") {
				require.True(t, cleared[table] || strings.HasPrefix(table, "erase") || strings.HasPrefix(table, "erasure") || table == "suppressions" || table == "erasures", table)
			}
		}
		moved := map[string]bool{}
		for _, part := range moveSQL {
			moved[part.table] = true
			require.True(t, cleared[part.table] || part.table == "suppressions", "%s is a customer's when two are merged", part.table)
		}
		for _, h := range personal {
			direct := strings.Contains(" "+schema[h.table]+" ", " customer_id ")
			require.Equal(t, direct && h.table != "wakes", moved[h.table], "%s: merges and erasures disagree", h.table)
		}
	})
}
