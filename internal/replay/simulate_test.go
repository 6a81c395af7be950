package replay

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
	"klantreis/internal/eventfile"
	"klantreis/internal/simulate"
	"klantreis/journey"
)

// TestASimulationSendsTheExpectedMails plays the orders in virtual time, where nothing is late: each mail that the
// independent checker expects must be there, to the second, and no other.
func TestASimulationSendsTheExpectedMails(t *testing.T) {
	t.Parallel()
	csv, err := FindOlist()
	require.NoError(t, err)
	tests := map[string]Options{"synthetic": {Orders: 300, Seed: 11}, "real": {CSV: csv, Seed: 1}}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "real" && csv == "" {
				t.Skip("there is no shared/data/olist_orders_sample.csv, here or in a folder above; the test runs on the real orders when there is")
			}
			o.Out = io.Discard
			script, err := Prepare(o)
			require.NoError(t, err)
			for i := range script.Events {
				e := &script.Events[i]
				e.Offered, e.Taken = e.PostAt, e.PostAt
			}
			want := map[[2]string]time.Time{}
			for _, m := range Expect(script.Events) {
				want[[2]string{m.Template, m.Order}] = m.Due
			}
			got := simulated(t, script)
			require.NotEmpty(t, want)
			require.Len(t, got, len(want))
			for mail, due := range want {
				require.NotZero(t, got[mail], "%s", mail)
				require.True(t, due.Equal(got[mail]), "%s: due at %s, sent at %s", mail, due, got[mail])
			}
		})
	}
}

// simulated writes the script to a file, plays it, and returns when each mail was handed over, by template and order.
func simulated(t *testing.T, script Script) map[[2]string]time.Time {
	t.Helper()
	b, err := bundle.ReadFS(journeyMap(), "")
	require.NoError(t, err)
	checked := b.Check()
	require.NoError(t, checked.Err())

	name := filepath.Join(t.TempDir(), "events.ndjson")
	out, err := os.Create(name)
	require.NoError(t, err)
	require.NoError(t, script.Write(out))
	require.NoError(t, out.Close())
	file, err := eventfile.Open(name, eventfile.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	require.Zero(t, file.Rejected)

	sent := map[[2]string]time.Time{}
	for i, userID := range file.Customers {
		events, err := file.Read(i)
		require.NoError(t, err)
		c := simulate.New(simulate.Options{Map: checked.Published.Map, CustomerID: userID, HandOver: func(d simulate.Delivery) journey.Reason {
			mail := [2]string{d.Message.Template, d.Run.Trigger.Properties["order_id"].(string)}
			require.Zero(t, sent[mail], "%s: twice", mail) // Contains would look through them all
			sent[mail] = d.At
			return ""
		}})
		require.NoError(t, c.Replay(events))
		require.NoError(t, c.RunUntil(file.Last.Add(60*day)))
	}
	return sent
}
