package app

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

// TestRollbackPauseAndResumeThroughTheAPI has one customer wait, and turns what holds them back and forth.
func TestRollbackPauseAndResumeThroughTheAPI(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.Map = t.TempDir()
	require.NoError(t, os.CopyFS(cfg.Map, waitingShop("7d")))
	a := serve(t, cfg)
	a.order(t, "anna", "A1")
	a.waits(t, "anna")
	post := func(path, body string) (int, api.MapResult, string) {
		t.Helper()
		status, answer := a.do(t, http.MethodPost, "/api/v1/maps/"+path, body, http.Header{"Authorization": {"Bearer admin-token"}})
		var result api.MapResult
		require.NoError(t, json.Unmarshal([]byte(answer), &result), answer)
		return status, result, answer
	}
	status, result, _ := post("pause?dry=true", `{"touchpoint":"confirmation"}`)
	require.Equal(t, http.StatusOK, status)
	require.False(t, result.Published)
	require.Contains(t, result.Report.Changes[0].Words, "is paused")
	status, result, _ = post("pause", `{"touchpoint":"confirmation","author":"ann","note":"out of stock"}`)
	require.Equal(t, http.StatusOK, status)
	require.True(t, result.Published)
	require.EqualValues(t, 2, result.Version)
	require.Nil(t, result.Report.Backtest, "a pause is not tried")
	status, result, _ = post("pause", `{"touchpoint":"confirmation"}`)
	require.Equal(t, http.StatusOK, status)
	require.False(t, result.Published, "it is paused already")
	require.True(t, result.Report.Same)
	status, _, answer := post("pause", `{"touchpoint":"other"}`)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, answer, `the map has no touchpoint \"other\" (there are: confirmation)`)

	status, result, _ = post("resume", `{"touchpoint":"confirmation"}`)
	require.Equal(t, http.StatusOK, status)
	require.EqualValues(t, 3, result.Version)
	require.NotNil(t, result.Report.Backtest)
	change(t, cfg.Map, "wait: 7d, ", "")
	require.NoError(t, a.publish(t.Context()))
	status, result, _ = post("rollback", `{"version":1}`)
	require.Equal(t, http.StatusOK, status)
	require.EqualValues(t, 5, result.Version)
	a.waits(t, "anna")

	a.publisher.guard.Most = 0
	status, result, answer = post("rollback", `{"version":4}`)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, answer, `"unconfirmed"`)
	require.Equal(t, 1, result.Report.Confirm)
	require.Equal(t, 1, result.Report.Backtest.More, "without the wait anna would have had her mail")
	status, _, _ = post("rollback?confirm=1", `{"version":4}`)
	require.Equal(t, http.StatusOK, status)
	status, _, answer = post("rollback", `{"version":9}`)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, answer, "there is no version 9 of the map")
	_, answer = a.do(t, http.MethodGet, "/api/v1/maps", "", http.Header{"Authorization": {"Bearer admin-token"}})
	require.Regexp(t, `"origin":"rollback","author":"built-in admin","note":"back to version 4".*"origin":"rollback","author":"built-in admin","note":"back to version 1".*"origin":"resume".*"origin":"pause","author":"ann","note":"out of stock"`, answer)
}
