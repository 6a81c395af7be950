package journey

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func joinMap(t *testing.T) *Map {
	t.Helper()
	m, problems := Parse([]Source{{Name: "journey.yaml", Data: []byte(`
journey: j
shop: {name: S, email: s@example.com}
phases:
  - {id: aware, enter: [{on: Product Viewed}]}
  - {id: care, was: aftercare, enter: [{on: Order Delivered}]}
  - {id: lapsed, enter: [{after: 365d, without: Order Completed}]}
touchpoints:
  - {id: order, was: confirm, phase: care, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: mail}]}
  - {id: news, phase: care, class: marketing, on: Product Viewed, do: [wait: 7d, send: {template: mail}]}
`)}})
	require.Empty(t, problems.Errors())
	return m
}

func TestJoinOfPhases(t *testing.T) {
	t.Parallel()
	m := joinMap(t)
	in := func(phase string, hours int) State {
		return State{Phase: phase, PhaseSince: engineStart.Add(time.Duration(hours) * time.Hour)}
	}
	for name, tt := range map[string]struct{ a, b, want State }{
		"none":                        {State{}, State{}, State{}},
		"one":                         {State{}, in("care", 1), in("care", 1)},
		"the further one":             {in("aware", 2), in("care", 1), in("care", 1)},
		"the same, entered first":     {in("care", 1), in("care", 2), in("care", 1)},
		"the same under another name": {in("care", 1), in("aftercare", 2), in("care", 1)},
		"absent for long":             {in("care", 1), in("lapsed", 2), in("lapsed", 2)},
		"back after an absence":       {in("lapsed", 1), in("care", 2), in("care", 2)},
		"one that is gone":            {in("gone", 2), in("aware", 1), in("aware", 1)},
	} {
		for order, got := range map[string]State{"into": m.Join(tt.a, tt.b), "from": m.Join(tt.b, tt.a)} {
			require.Equal(t, tt.want.Phase, got.Phase, name+" "+order)
			require.Equal(t, tt.want.PhaseSince, got.PhaseSince, name+" "+order)
		}
	}
	kept := m.Join(State{CustomerID: "into", Runs: []Run{{ID: "r"}}}, State{CustomerID: "from"})
	require.Equal(t, "into", kept.CustomerID)
	require.Len(t, kept.Runs, 1)
	require.Equal(t, "care", new(Map).Join(State{Phase: "care"}, State{}).Phase, "without a map")
}

func TestJoinOfRuns(t *testing.T) {
	t.Parallel()
	m := joinMap(t)
	run := func(id, customer, touchpoint, key string, nth, startedAt int, active bool, out int) JoinedRun {
		r := JoinedRun{CustomerID: customer, Out: out, Run: Run{
			ID: id, Touchpoint: touchpoint, Key: key, Nth: nth, Status: RunEnded, StartedAt: engineStart.Add(time.Duration(startedAt) * time.Hour),
		}}
		if active {
			r.Status = RunActive
		}
		return r
	}
	const active, over = true, false
	for name, tt := range map[string]struct {
		runs  []JoinedRun
		ended []string
		last  string // the id with the highest number, if any got one
	}{
		"other keys": {[]JoinedRun{run("a", "A", "order", "1", 1, 0, active, 0), run("b", "B", "order", "2", 1, 1, active, 0)}, nil, ""},
		"one customer's alone": {
			[]JoinedRun{run("a1", "A", "news", "", 1, 0, over, 1), run("a2", "A", "news", "", 2, 1, active, 0)}, nil, "",
		},
		"both under way, the older goes on": {
			[]JoinedRun{run("a", "A", "order", "1", 1, 1, active, 0), run("b", "B", "order", "1", 1, 0, active, 0)}, []string{"a"}, "b",
		},
		"both under way, one has mailed": {
			[]JoinedRun{run("a", "A", "order", "1", 1, 1, active, 2), run("b", "B", "order", "1", 1, 0, active, 0)}, []string{"b"}, "a",
		},
		"both under way, both have mailed": {
			[]JoinedRun{run("a", "A", "order", "1", 1, 1, active, 2), run("b", "B", "order", "1", 1, 0, active, 1)}, []string{"a"}, "b",
		},
		"under a former name": {
			[]JoinedRun{run("a", "A", "confirm", "1", 1, 1, active, 0), run("b", "B", "order", "1", 1, 0, active, 0)}, []string{"a"}, "b",
		},
		"only one for a key, and it has ended": {
			[]JoinedRun{run("a", "A", "order", "1", 1, 0, over, 1), run("b", "B", "order", "1", 1, 1, active, 0)}, []string{"b"}, "b",
		},
		"only one for a key, both have ended": {
			[]JoinedRun{run("a", "A", "order", "1", 1, 0, over, 1), run("b", "B", "order", "1", 1, 1, over, 1)}, nil, "b",
		},
		"any number, and one has ended": {
			[]JoinedRun{run("b", "B", "news", "", 1, 2, over, 1), run("a", "A", "news", "", 3, 0, active, 0), run("a0", "A", "news", "", 2, 0, over, 0)}, nil, "a",
		},
		"of a touchpoint that is gone": {
			[]JoinedRun{run("a", "A", "gone", "", 1, 0, over, 0), run("b", "B", "gone", "", 1, 1, active, 0)}, nil, "b",
		},
		"of a keyed touchpoint that is gone": {
			[]JoinedRun{run("a", "A", "gone", "k", 1, 0, over, 0), run("b", "B", "gone", "k", 1, 1, active, 0)}, []string{"b"}, "b",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ended, numbers := m.JoinRuns(tt.runs)
			require.ElementsMatch(t, tt.ended, slices.Collect(maps.Keys(ended)))
			seen, last, highest := map[int]bool{}, "", 0
			for id, n := range numbers {
				require.False(t, seen[n], "number %d is given twice", n)
				seen[n] = true
				require.Positive(t, n)
				if n > highest {
					last, highest = id, n
				}
			}
			require.Equal(t, tt.last, last)
			if last != "" {
				sum := map[string]int{}
				for _, r := range tt.runs {
					sum[r.CustomerID] = max(sum[r.CustomerID], r.Nth)
				}
				require.Equal(t, sum["A"]+sum["B"], highest, "no number under which an id was made is given again")
			}
		})
	}
}
