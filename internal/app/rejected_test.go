package app

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRejectedEventsCanBeRead(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	status, _ := a.do(t, http.MethodPost, "/v1/batch", `{"writeKey":"write-key","batch":[{"type":"track","event":"X"},{"type":"fly","userId":"u"}]}`, nil)
	require.Equal(t, http.StatusOK, status)
	admin := http.Header{"Authorization": {"Bearer admin-token"}}
	status, answer := a.do(t, http.MethodGet, "/api/v1/rejected?limit=1&key=first", "", admin)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"key":"first","code":"unknown-event-type","field":"type",`)
	require.Contains(t, answer, `"item":"{\"type\":\"fly\",\"userId\":\"u\"}"`)
	require.NotContains(t, answer, "missing")
}
