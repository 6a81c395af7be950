package app

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/internal/bundle"
	"klantreis/journey"
)

// TestARestartDoesNotTakeBackWhatWasPublished pauses a touchpoint of the configured map.
func TestARestartDoesNotTakeBackWhatWasPublished(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Map = t.TempDir()
	require.NoError(t, os.CopyFS(cfg.Map, shop))
	a := open(t, cfg)
	live, _, err := a.publisher.Map(t.Context(), 0)
	require.NoError(t, err)
	paused, _, err := live.Switch("confirmation", true)
	require.NoError(t, err)
	review, err := a.publisher.Review(t.Context(), paused)
	require.NoError(t, err)
	_, published, err := a.publisher.Publish(t.Context(), review, How{Origin: OriginPause})
	require.NoError(t, err)
	require.True(t, published)
	require.NoError(t, a.publish(t.Context()))
	require.EqualValues(t, 2, liveVersion(t, cfg))

	change(t, cfg.Map, "name: Shop", "name: Winkel")
	require.NoError(t, a.publish(t.Context()))
	require.EqualValues(t, 3, liveVersion(t, cfg), "the map was changed, so it counts again")
	_, _, err = a.publisher.Publish(t.Context(), review, How{Origin: OriginPublish})
	require.ErrorIs(t, err, ErrOvertaken)
}

// change changes the map in a folder.
func change(t *testing.T, folder, from, to string) {
	t.Helper()
	name := filepath.Join(folder, "journey.yaml")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(text), from, to, 1)), 0o600))
}

// waitingShop has a touchpoint that waits.
func waitingShop(wait string) fstest.MapFS {
	changed := maps.Clone(shop)
	changed["journey.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(shop["journey.yaml"].Data), "do: [", "do: [wait: "+wait+", ", 1))}
	return changed
}

// waits takes a decision about a customer, who has a run that waits after it.
func (a *App) waits(t *testing.T, userID string) {
	t.Helper()
	customer, _, err := a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	_, live, err := a.maps.Newest(t.Context())
	require.NoError(t, err)
	snapshot, err := a.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = a.clock.Journey(start)
		return live.Map.Decide(in)
	})
	require.NoError(t, err)
	require.Empty(t, snapshot.Effects)
	require.False(t, snapshot.Next.IsZero())
}

// TestAMapThatMakesManyDueIsNotPublishedAtStart lets no more than none become due at once.
func TestAMapThatMakesManyDueIsNotPublishedAtStart(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Map = t.TempDir()
	require.NoError(t, os.CopyFS(cfg.Map, waitingShop("7d")))
	a := serve(t, cfg)
	a.order(t, "anna", "A1")
	a.waits(t, "anna")
	a.publisher.guard.Most = 0
	change(t, cfg.Map, "wait: 7d", "wait: 8d")
	require.NoError(t, a.publish(t.Context()))
	require.EqualValues(t, 2, liveVersion(t, cfg))
	change(t, cfg.Map, "wait: 8d, ", "")
	require.NoError(t, a.publish(t.Context()))
	require.EqualValues(t, 2, liveVersion(t, cfg), "anna would be due")
	a.publisher.guard.Most = 1
	require.NoError(t, a.publish(t.Context()))
	require.EqualValues(t, 3, liveVersion(t, cfg))
}

// TestPublishThroughTheAPI looks at a map, publishes it, and lists the versions.
func TestPublishThroughTheAPI(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	a.order(t, "anna", "A1")
	admin := http.Header{"Authorization": {"Bearer admin-token"}}
	post := func(query string, files fstest.MapFS) (int, api.MapResult) {
		t.Helper()
		b, err := bundle.ReadFS(files, "")
		require.NoError(t, err)
		body, err := json.Marshal(map[string]any{"files": b.Files, "author": "ann", "note": "slower"})
		require.NoError(t, err)
		status, answer := a.do(t, http.MethodPost, "/api/v1/maps"+query, string(body), admin)
		var result api.MapResult
		require.NoError(t, json.Unmarshal([]byte(answer), &result), answer)
		return status, result
	}
	status, result := post("?dry=true", waitingShop("7d"))
	require.Equal(t, http.StatusOK, status)
	require.False(t, result.Published)
	require.EqualValues(t, 1, result.Version)
	status, result = post("", waitingShop("7d"))
	require.Equal(t, http.StatusOK, status)
	require.True(t, result.Published)
	require.EqualValues(t, 2, result.Version)
	a.waits(t, "anna")

	a.publisher.guard.Most = 0
	status, result = post("", shop)
	require.Equal(t, http.StatusConflict, status)
	require.False(t, result.Published)
	require.Equal(t, 1, result.Report.DueAtOnce)
	require.Equal(t, "confirmation / wait-1: is gone; who stands there goes on at send-1 (1 under way; 1 of them become due at once)", result.Report.Affected[0].Words)
	status, result = post("?confirm=1", shop)
	require.Equal(t, http.StatusOK, status)
	require.EqualValues(t, 3, result.Version)

	broken := maps.Clone(shop)
	broken["journey.yaml"] = &fstest.MapFile{Data: []byte("journey: 7\n")}
	status, result = post("", broken)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.NotEmpty(t, result.Errors)
	status, answer := a.do(t, http.MethodPost, "/api/v1/maps", `{"files":{"../journey.yaml":"journey: x"}}`, admin)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, answer, "must be a .yaml")

	status, answer = a.do(t, http.MethodGet, "/api/v1/maps?limit=2", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Regexp(t, `"version":3,"live":true.*"version":2,"live":false.*"origin":"publish","author":"ann","note":"slower"`, answer)
	require.NotContains(t, answer, `"version":1,`)
	for _, version := range []string{"1", "live"} {
		status, answer = a.do(t, http.MethodGet, "/api/v1/maps/"+version, "", admin)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, answer, `"files":{"journey.yaml":"journey: shop\n`)
	}
	status, _ = a.do(t, http.MethodGet, "/api/v1/maps/9", "", admin)
	require.Equal(t, http.StatusNotFound, status)
	status, answer = a.do(t, http.MethodGet, "/api/v1/customers/anna/decisions?limit=1&touchpoint=confirmation", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Regexp(t, `"seq":2,.*"kind":"start","reason":"triggered","words":"Began: the event that starts it came\."`, answer)
	status, answer = a.do(t, http.MethodGet, "/api/v1/customers/anna/decisions?before=2", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Regexp(t, `^\{"decisions":\[\{"seq":1,[^}]*"kind":"phase"`, answer)
}
