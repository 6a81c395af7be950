package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/journey"
)

// setBack returns the configuration of a copy of the record as it is now.
func (a *App) setBack(t *testing.T) config.Config {
	t.Helper()
	cfg := a.cfg
	file := filepath.Join(t.TempDir(), "backup.db")
	require.NoError(t, Backup(t.Context(), cfg.Record, now, file))
	cfg.Record.Database = config.Secret("sqlite:" + file)
	return cfg
}

// claimOf claims the only message of a customer.
func (a *App) claimOf(t *testing.T, messageID string) activities.Claim {
	t.Helper()
	wanted := func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil }
	claim, err := a.record.Claim(t.Context(), messageID, "token", start, wanted)
	require.NoError(t, err)
	return claim
}

// posted is what SendGrid reports of a mail.
func posted(h activities.Handover, id string) string {
	return fmt.Sprintf(`[{"event":"processed","sg_event_id":%q,"timestamp":%d,"message_id":%q,"send_key":%q,"customer_id":%q,
		"category":["confirmation"],"email":"jan@example.net"}]`, id, start.Unix(), h.Message.ID, h.SendKey, h.CustomerID)
}

// TestCheckRestore sets a record back to before an order that was confirmed since. Its customer is new in the restored record,
// so nothing but what the shop says is the same.
func TestCheckRestore(t *testing.T) {
	t.Parallel()
	before := serve(t, setup(t))
	cfg := before.setBack(t)
	before.order(t, "user-1", "A1")
	sent := before.claimOf(t, before.plan(t, "user-1")).Handover
	reports := posted(sent, "e1")

	check := func(text string, settle bool) RestoreCheck {
		found, err := CheckRestore(t.Context(), cfg.Record, now, slog.New(slog.DiscardHandler), strings.NewReader(text), settle)
		require.NoError(t, err)
		return found
	}
	found := check(reports+`[{"event":"processed","sg_event_id":"e2","timestamp":1},
		{"event":"processed","sg_event_id":"e3","timestamp":1,"message_id":"of others"},
		{"event":"processed","sg_event_id":"e4","timestamp":1,"message_id":"of others","send_key":"others.key"}]`, false)
	require.Equal(t, 4, found.Reports)
	require.Equal(t, 1, found.Ours)
	require.Len(t, found.Open, 1)
	require.Equal(t, "jan@example.net", found.Open[0].Address)
	require.Empty(t, found.Open[0].UserID, "the record does not know the customer any more")
	require.Empty(t, found.Held, "it was only looked at")
	require.Len(t, check(reports, true).Open, 1)
	found = check("", false)
	require.Empty(t, found.Open)
	require.Len(t, found.Held, 1)

	after := serve(t, cfg)
	after.order(t, "user-1", "A1")
	again := after.plan(t, "user-1")
	require.NotEqual(t, sent.Message.ID, again)
	claim := after.claimOf(t, again)
	require.Equal(t, activities.Claim{Status: activities.ClaimSettled, Reason: journey.ReasonSent}, claim)
	require.Empty(t, check(reports, false).Open)
	after.order(t, "user-1", "A2")
	other := after.planned(t, "user-1")
	require.Len(t, other, 1)
	require.Equal(t, activities.Claimed, after.claimOf(t, other[0]).Status, "another order")
}

// TestAReportThatComesAfterARestoreCounts needs no command: SendGrid posts for a day what it could not post.
func TestAReportThatComesAfterARestoreCounts(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	sendGrid, key := newSigner(t)
	cfg.SendGrid.WebhookKey = key
	before := serve(t, cfg)
	before.order(t, "user-1", "A1")
	before.plan(t, "user-1")
	cfg = before.setBack(t)
	before.order(t, "user-1", "A2")
	ids := before.planned(t, "user-1")
	require.Len(t, ids, 2)
	var bodies []string
	for i, id := range ids {
		bodies = append(bodies, posted(before.claimOf(t, id).Handover, fmt.Sprint("e", i)))
	}

	after := serve(t, cfg)
	for _, body := range bodies {
		status, answer := after.do(t, http.MethodPost, reportsPath, body, sendGrid.header(t, body))
		require.Equal(t, http.StatusNoContent, status, answer)
	}
	_, metrics := after.do(t, http.MethodGet, "/metrics", "", bearerOf("admin-token"))
	require.Contains(t, metrics, "\nklantreis_lost_sends 1\n", "of the other one the message is known")
	after.order(t, "user-1", "A2")
	after.planned(t, "user-1")
	for _, id := range ids {
		require.Equal(t, activities.ClaimSettled, after.claimOf(t, id).Status)
	}
}

// planned decides, and returns the ids of all messages that are planned.
func (a *App) planned(t *testing.T, userID string) []string {
	t.Helper()
	customer, _, err := a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	_, live, err := a.maps.Live(t.Context())
	require.NoError(t, err)
	snapshot, err := a.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = a.clock.Journey(start)
		return live.Map.Decide(in)
	})
	require.NoError(t, err)
	var ids []string
	for _, effect := range snapshot.Effects {
		ids = append(ids, effect.MessageID)
	}
	return ids
}
