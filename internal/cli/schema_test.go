package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	require.Equal(t, answer{out: string(journey.Schema())}, run(t, "schema"))
}
