package examples_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/eventfile"
	"klantreis/internal/simulate"
	"klantreis/journey"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTheSampleCustomers plays the customers of each events.ndjson through their map, until long after their last event.
func TestTheSampleCustomers(t *testing.T) {
	t.Parallel()
	for _, starter := range starters(t) {
		m := load(t, starter)
		zone, err := time.LoadLocation(m.Timezone)
		require.NoError(t, err)
		file, err := eventfile.Open(starter+"/events.ndjson", eventfile.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, file.Close()) })
		for i, customer := range file.Customers {
			events, err := file.Read(i)
			require.NoError(t, err)
			t.Run(starter+" "+customer, func(t *testing.T) {
				t.Parallel()
				golden := filepath.Join("testdata", "timelines", starter+"."+customer+".txt")
				got := play(t, m, customer, events, zone)
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
					require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
				}
				require.Equal(t, read(t, golden), got)
			})
		}
	}
}

// play returns a line for everything that the map does with a customer.
func play(t *testing.T, m *journey.Map, customer string, events []journey.Event, zone *time.Location) string {
	t.Helper()
	var lines strings.Builder
	c := simulate.New(simulate.Options{Map: m, CustomerID: customer, Seen: func(e simulate.Entry) {
		what := string(e.Reason)
		if e.Message != nil {
			what = e.Message.Template
			if e.Message.Persona != "" {
				what += " for " + e.Message.Persona
			}
		}
		words := []string{e.At.In(zone).Format("Mon 2006-01-02 15:04"), e.Phase, e.Touchpoint, e.Step, string(e.Kind), what}
		lines.WriteString(strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), " ") + "\n")
	}})
	require.NoError(t, c.Replay(events))
	require.NoError(t, c.RunUntil(events[len(events)-1].Timestamp.Add(400*24*time.Hour)))
	return lines.String()
}
