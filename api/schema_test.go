package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestMapSchema(t *testing.T) {
	t.Parallel()
	response, body := send(t, setup(t), get("/schema/journey.json"))
	require.Equal(t, 200, response.StatusCode)
	require.Equal(t, "application/schema+json", response.Header.Get("Content-Type"))
	require.Equal(t, string(journey.Schema()), body)
}
