package cli_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/access"
	"klantreis/internal/store"
	"klantreis/journey"
)

// listed writes a list and returns its path.
func listed(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// saidBy returns how many statements the ledger has of a customer, and what they want.
func (r record) saidBy(t *testing.T, userID string) ([]store.Consent, journey.Facts) {
	t.Helper()
	customer, found, err := r.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	require.True(t, found, userID)
	said, err := r.Consents(t.Context(), customer.State.CustomerID, math.MaxInt64, 100)
	require.NoError(t, err)
	reader, _, err := r.Reader(t.Context(), customer.State.CustomerID)
	require.NoError(t, err)
	return said, reader.State.Facts.Told(reader.Unseen)
}

func TestImportConsents(t *testing.T) {
	t.Parallel()
	flag := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", flag).code)
	r := openRecord(t, flag)
	now := time.Now()
	_, _, err := r.Ingest(t.Context(), []journey.Event{{
		MessageID: "i", Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: "anna", Timestamp: now, ReceivedAt: now,
		Traits: map[string]any{"email": "anna@example.com"},
	}}, store.AnyVersion, func(journey.Event) journey.Interest { return journey.Interest{} })
	require.NoError(t, err)

	file := listed(t, "userId,email,class,topic,given,at,source,text_version\n"+
		"bert,,marketing,,true,2024-05-01T10:00:00Z,old shop,7\n"+
		"bert,,marketing,,false,2025-05-01T10:00:00Z,old shop,7\n"+
		",Anna@example.com,,tips,false,2025-06-01,,\n"+
		",nobody@example.com,marketing,,true,2025-06-01,,\n"+
		"carla,,marketing,,true,2999-01-01,,\n"+
		"carla,,newsletter,,true,2025-01-01,,\n")
	got := run(t, "import", "consents", file, flag, "--dry-run")
	require.Equal(t, 1, got.code)
	require.Equal(t, "would import 3 consents, 0 known already, 3 not usable\n", got.out)
	for _, part := range []string{":7: class: \"newsletter\" must be", ":5: no customer has this email", ":6: at: lies in the future"} {
		require.Contains(t, got.err, part)
	}
	_, found, err := r.CustomerByUserID(t.Context(), "bert")
	require.NoError(t, err)
	require.False(t, found, "nothing was stored")

	require.Equal(t, "imported 3 consents, 0 known already, 3 not usable\n", run(t, "import", "consents", file, flag).out)
	said, facts := r.saidBy(t, "bert")
	require.Len(t, said, 2)
	require.Equal(t, "old shop", said[0].Source)
	require.Equal(t, "7", said[0].TextVersion)
	require.Equal(t, time.Date(2025, 5, 1, 10, 0, 0, 0, time.UTC), said[0].SaidAt)
	given, known := facts.Consent(journey.Marketing)
	require.True(t, known && !given)
	_, facts = r.saidBy(t, "anna")
	wanted, known := facts.Topic("tips")
	require.True(t, known && !wanted)

	_, err = r.PruneMessageIDs(t.Context(), time.Now().AddDate(1, 0, 0), 100)
	require.NoError(t, err)
	require.Equal(t, "imported 0 consents, 3 known already, 3 not usable\n", run(t, "import", "consents", file, flag).out, "long after too")
	said, _ = r.saidBy(t, "bert")
	require.Len(t, said, 2)
	changes, err := r.Audit(t.Context(), store.AuditFilter{Action: "consent.import", Limit: 10})
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.JSONEq(t, `{"added":3}`, string(changes[0].Became))
	why := run(t, "why", "bert", flag)
	require.Contains(t, why.out, "consent\n2024-05-01 10:00:00  agreed to marketing by old shop, text 7\n2025-05-01 10:00:00  objected to marketing by old shop, text 7\n")
}

func TestImportSuppressions(t *testing.T) {
	t.Parallel()
	flag := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", flag).code)
	r := openRecord(t, flag)
	reason := func(address string) journey.SuppressionReason {
		one, _, err := r.SuppressionOf(t.Context(), address)
		require.NoError(t, err)
		return one.Reason
	}
	bounces := listed(t, "status,reason,email,created\n5.1.1,no such user,Jo@example.com,1773489600\n5.1.1,no,jo@example.com,1773489700\n")
	require.Equal(t, "would import 2 suppressions, 0 known already, 0 not usable\n", run(t, "import", "suppressions", bounces, flag, "--list=bounces", "--dry-run").out)
	require.Empty(t, reason("jo@example.com"))
	require.Equal(t, answer{out: "imported 1 suppression, 1 known already, 0 not usable\n"}, run(t, "import", "suppressions", bounces, flag, "--list=bounces"))
	require.Equal(t, "imported 0 suppressions, 2 known already, 0 not usable\n", run(t, "import", "suppressions", bounces, flag, "--list=bounces").out)
	require.Equal(t, journey.AddressBounced, reason("jo@example.com"))
	blocks := listed(t, "status,reason,email,created\n4.0.0,blocked,piet@example.com,1773489600\n")
	require.Contains(t, run(t, "import", "suppressions", blocks, flag, "--list=blocks").out, "imported 0 suppressions")
	require.Empty(t, reason("piet@example.com"))
	ours := listed(t, "email,reason\nmia@example.com,complained\nnobody,bounced\n")
	got := run(t, "import", "suppressions", ours, flag)
	require.Equal(t, 1, got.code)
	require.Equal(t, "imported 1 suppression, 0 known already, 1 not usable\n", got.out)
	require.Equal(t, journey.AddressComplained, reason("mia@example.com"))
	require.Contains(t, run(t, "import", "suppressions", bounces, flag).err, "--list")
	changes, err := r.Audit(t.Context(), store.AuditFilter{Action: "suppression.import", Limit: 10})
	require.NoError(t, err)
	require.Len(t, changes, 2)
	require.JSONEq(t, `{"added":1}`, string(changes[1].Became))
}

func TestObjection(t *testing.T) {
	t.Parallel()
	flag := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", flag).code)
	r := openRecord(t, flag)
	r.order(t, "anna")
	require.Equal(t, answer{out: "anna gets nothing any more but what belongs to an order\n"}, run(t, "objection", "anna", flag))
	require.Zero(t, run(t, "objection", "anna", flag).code, "once more")
	one, found, err := r.SuppressionFor(t.Context(), "any@example.com", "anna")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, journey.PersonObjected, one.Reason)
	said, _ := r.saidBy(t, "anna")
	require.Len(t, said, 4, "two classes, twice")
	require.Equal(t, answer{out: "anna does not object to everything any more\n"}, run(t, "objection", "anna", flag, "--lift"))
	_, found, err = r.SuppressionFor(t.Context(), "any@example.com", "anna")
	require.NoError(t, err)
	require.False(t, found)
	changes, err := r.Audit(t.Context(), store.AuditFilter{Action: "customer.objection", Limit: 10})
	require.NoError(t, err)
	var was, became []string
	for _, change := range changes {
		was, became = append(was, string(change.Was)), append(became, string(change.Became))
		require.Equal(t, access.CommandLine, change.By.Kind)
	}
	require.Equal(t, []string{`{"objects":true}`, `{"objects":true}`, `{"objects":false}`}, was)
	require.Equal(t, []string{`{"objects":false}`, `{"objects":true}`, `{"objects":true}`}, became)
	require.Contains(t, run(t, "objection", "nobody", flag).err, `there is no customer "nobody"`)
}
