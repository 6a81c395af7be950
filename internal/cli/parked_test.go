package cli_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

func TestParked(t *testing.T) {
	t.Parallel()
	flag := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", flag).code)
	r := openRecord(t, flag)
	for _, user := range []string{"jan", "piet", "els"} {
		r.order(t, user)
	}
	// Of Jan and Piet the order is to blame; about Els nothing can be decided at all.
	for user, whatever := range map[string]bool{"jan": false, "piet": false, "els": true} {
		customer, _, err := r.CustomerByUserID(t.Context(), user)
		require.NoError(t, err)
		_, err = r.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			if whatever || len(in.Events) > 0 {
				return journey.Outcome{}, &activities.Fault{Code: activities.FaultPanic, Detail: "index out of range"}
			}
			return journey.Outcome{State: in.State}, nil
		})
		require.Equal(t, whatever, err != nil)
	}

	got := run(t, "parked", "list", flag)
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^ID +PARKED +CUSTOMER +EVENT +WHAT IS WRONG$`, got.out)
	require.Regexp(t, `(?m)^1 +\S+Z +jan +Order Completed +panic: index out of range$`, got.out)
	require.Regexp(t, `(?m)^els +\S+Z +1 +panic: index out of range$`, got.out)
	require.Contains(t, run(t, "parked", "list", flag, "--json").out, `"userId": "piet"`)
	require.NotContains(t, run(t, "parked", "list", flag, "--after=1").out, "jan")

	require.Equal(t, answer{out: "event 1 is handled again\n"}, run(t, "parked", "retry", "1", flag))
	require.Equal(t, answer{out: "1 events are handled again\n"}, run(t, "parked", "retry", "--all", flag))
	got = run(t, "parked", "retry", "1", "99", flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "there is no parked event 1")
	require.Contains(t, got.err, "there is no parked event 99")
	for _, args := range [][]string{{"parked", "retry", flag}, {"parked", "retry", "1", "--all", flag}} {
		got = run(t, args...)
		require.Equal(t, 1, got.code)
		require.Contains(t, got.err, "name the events by their ids, or say --all")
	}
}
