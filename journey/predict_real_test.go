package journey

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const purchasesFile = "cdnow_sample.txt"

// realBuyer is a customer of the real shop: what was learnt in the first 39 weeks, and the first order after them.
type realBuyer struct {
	facts Facts
	next  time.Time // zero when there was none in the next 39 weeks
}

// predictor says when a customer orders next.
type predictor struct {
	name string
	next func(f *Facts) time.Time
}

// accuracy is how well a predictor did. Days but for concordance.
type accuracy struct {
	// mean and median absolute error, over those who did order in the next 39 weeks.
	mean, median float64
	// censored is the mean error over everybody: of those who did not order it is by how much the prediction lies before
	// the end of what is known, because that much it is wrong at least.
	censored float64
	// concordance is the share of pairs, of which it is known who ordered first, that are predicted in that order
	// (Harrell's C). It, too, uses everybody.
	concordance float64
}

// TestNextOrderOfRealCustomers predicts the next order of the customers of a real shop from their first 39 weeks, and looks
// at the next 39. The rules of thumb are beaten on every measure, also when they are helped by not letting them predict
// the past.
func TestNextOrderOfRealCustomers(t *testing.T) {
	t.Parallel()
	path := findData(t, purchasesFile)
	if path == "" {
		t.Skip("there is no shared/data/" + purchasesFile + " in a folder above; the test runs on the real purchases when there is")
	}
	start := time.Date(1997, 1, 1, 0, 0, 0, 0, time.UTC)
	split, end := start.Add(39*7*day), start.Add(2*39*7*day)
	buyers := realBuyers(t, path, split)
	require.Len(t, buyers, 2357)

	var gaps []Gaps
	for i := range buyers {
		gaps = append(gaps, buyers[i].facts.Gaps())
	}
	shop := LearnRhythm(gaps)
	pooled := poolGaps(gaps)
	t.Logf("learnt rhythm: mean gap %.1f days, strength %.2f; mean of all gaps %.1f days", shop.MeanGap.Hours()/24, shop.Strength, pooled.Hours()/24)

	shopMean := predictor{"last order + shop's mean gap", func(f *Facts) time.Time { return f.LastOrderAt.Add(pooled) }}
	ownMean := predictor{"last order + own mean gap", func(f *Facts) time.Time {
		if g := f.Gaps(); g.Count > 0 {
			return f.LastOrderAt.Add(days(g.Days / float64(g.Count)))
		}
		return shopMean.next(f)
	}}
	ours := predictor{"next_order_expected, learnt", func(f *Facts) time.Time { return shop.expect(f, split) }}
	unlearnt := predictor{"next_order_expected, default", func(f *Facts) time.Time { return Rhythm{}.expect(f, split) }}
	t.Logf("%-42s %8s %8s %9s %6s", "", "mean", "median", "censored", "C")
	measure := func(p predictor) accuracy {
		a := measured(buyers, p, end)
		t.Logf("%-42s %8.1f %8.1f %9.1f %6.3f", p.name, a.mean, a.median, a.censored, a.concordance)
		return a
	}
	rivals := []accuracy{measure(ownMean), measure(shopMean), measure(notBefore(ownMean, split)), measure(notBefore(shopMean, split))}
	for _, own := range []accuracy{measure(ours), measure(unlearnt)} {
		for _, rival := range rivals {
			require.Less(t, own.mean, rival.mean)
			require.Less(t, own.median, rival.median)
			require.Less(t, own.censored, rival.censored)
			require.Greater(t, own.concordance, rival.concordance)
		}
	}
}

func notBefore(p predictor, now time.Time) predictor {
	return predictor{p.name + ", at least now", func(f *Facts) time.Time { return later(p.next(f), now) }}
}

func poolGaps(gaps []Gaps) time.Duration {
	var all Gaps
	for _, g := range gaps {
		all.Count += g.Count
		all.Days += g.Days
	}
	return days(all.Days / float64(all.Count))
}

func measured(buyers []realBuyer, p predictor, end time.Time) accuracy {
	var a accuracy
	var errors []float64
	predictions := make([]time.Time, len(buyers))
	for i := range buyers {
		predictions[i] = p.next(&buyers[i].facts)
		if buyers[i].next.IsZero() {
			a.censored += max(0, end.Sub(predictions[i]).Hours()/24)
			continue
		}
		miss := math.Abs(predictions[i].Sub(buyers[i].next).Hours() / 24)
		errors = append(errors, miss)
		a.mean += miss
		a.censored += miss
	}
	slices.Sort(errors)
	a.mean /= float64(len(errors))
	a.median = errors[len(errors)/2]
	a.censored /= float64(len(buyers))
	a.concordance = concordance(buyers, predictions)
	return a
}

func concordance(buyers []realBuyer, predictions []time.Time) float64 {
	pairs, right := 0.0, 0.0
	for i, first := range buyers {
		for j, second := range buyers {
			if first.next.IsZero() || !second.next.IsZero() && !second.next.After(first.next) {
				continue
			}
			pairs++
			switch predictions[i].Compare(predictions[j]) {
			case -1:
				right++
			case 0:
				right += 0.5
			}
		}
	}
	return right / pairs
}

func realBuyers(t *testing.T, path string, split time.Time) []realBuyer {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	var ids []string
	byID := map[string]*realBuyer{}
	lines := bufio.NewScanner(file)
	for n := 0; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		require.Len(t, fields, 5)
		at, err := time.Parse("20060102", fields[2])
		require.NoError(t, err)
		b, known := byID[fields[1]]
		if !known {
			b = &realBuyer{}
			byID[fields[1]], ids = b, append(ids, fields[1])
		}
		switch {
		case at.Before(split):
			e := ordered(map[string]any{"order_id": fmt.Sprint(n), "total": fields[4]})
			e.Timestamp = at
			b.facts = b.facts.learn(e)
		case b.next.IsZero() || at.Before(b.next):
			b.next = at
		}
	}
	require.NoError(t, lines.Err())
	buyers := make([]realBuyer, len(ids))
	for i, id := range ids {
		buyers[i] = *byID[id]
	}
	return buyers
}

// findData returns the path of a file in shared/data of this folder or one above it, or "".
func findData(t *testing.T, name string) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		path := filepath.Join(folder, "shared", "data", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		if filepath.Dir(folder) == folder {
			return ""
		}
		folder = filepath.Dir(folder)
	}
}
