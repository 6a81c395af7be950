package journey

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestExpect(t *testing.T) {
	t.Parallel()
	shop := Rhythm{MeanGap: 60 * day, Strength: 2}
	tea := Rhythm{MeanGap: 60 * day, Strength: 2, Replenish: func(l Line) (time.Duration, bool) { return 30 * day, l.Category == "tea" }}
	tests := map[string]struct {
		rhythm Rhythm
		orders []float64 // days
		now    float64
		want   float64 // day; negative for none
	}{
		"no order":                         {shop, nil, 10, -1},
		"one order":                        {shop, []float64{5}, 5, 65},
		"stands until it has passed":       {shop, []float64{5}, 64, 65},
		"passed":                           {shop, []float64{5}, 65, 65 + (120+60)/2.0},
		"long passed":                      {shop, []float64{5}, 205, 205 + (120+200)/2.0},
		"before the order":                 {shop, []float64{5}, 1, 65},
		"own gaps":                         {shop, []float64{0, 10, 20}, 20, 20 + (120+20)/4.0},
		"own gaps, passed":                 {shop, []float64{0, 10, 20}, 60, 60 + (120+20+40)/4.0},
		"one day is one occasion":          {shop, []float64{0, 0.2, 10, 10.3}, 10.3, 10.3 + (120+10)/3.0},
		"by default":                       {Rhythm{}, []float64{5}, 5, 65},
		"default mean":                     {Rhythm{Strength: 4}, []float64{0, 10}, 10, 10 + (240+10)/5.0},
		"what is used up":                  {tea, []float64{5}, 5, 35},
		"used up, with own gaps":           {tea, []float64{0, 40}, 40, 40 + (60+40)/3.0},
		"no limit to a rhythm":             {Rhythm{MeanGap: math.MaxInt64, Strength: 1e300}, []float64{5}, 5, 5 + 36500},
		"no time between, none to be seen": {Rhythm{MeanGap: 1, Strength: 1}, []float64{5}, 5, 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f Facts
			for _, at := range tt.orders {
				f = f.learn(bought(at, "", 1, "tea"))
			}
			now := engineStart.Add(time.Duration(tt.now * float64(day)))
			got := tt.rhythm.expect(&f, now)
			if tt.want < 0 {
				require.Zero(t, got)
				return
			}
			require.WithinDuration(t, engineStart.Add(time.Duration(tt.want*float64(day))), got, 2*time.Second)
			if !now.Before(f.LastOrderAt) {
				require.True(t, got.After(now))
			}
			require.Equal(t, time.UTC, got.Location())
		})
	}
}

func TestExpectByTheLastOrderThatCounts(t *testing.T) {
	t.Parallel()
	var asked []string
	r := Rhythm{Replenish: func(l Line) (time.Duration, bool) {
		asked = append(asked, l.Category)
		return 10 * day, l.Category == "tea"
	}}
	f := learnAll(bought(0, "A", 1, "mug", "tea", "pot"), bought(1, "B", 1, "cup"), told(2, OrderCancelled, map[string]any{"order_id": "B"}))
	require.Equal(t, engineStart.Add(10*day), r.expect(&f, engineStart.Add(day)))
	require.Equal(t, []string{"mug", "tea"}, asked)
}

func TestExpectLaterTheLongerItIsSilent(t *testing.T) {
	t.Parallel()
	f := learnAll(bought(0, "A", 1), bought(20, "B", 1))
	former := time.Time{}
	for n := range 400 {
		now := engineStart.Add(time.Duration(20+n) * day)
		next := Rhythm{}.expect(&f, now)
		require.True(t, next.After(now))
		require.False(t, next.Before(former))
		former = next
	}
}

// TestLearnRhythm draws customers from a known rhythm and finds it again.
func TestLearnRhythm(t *testing.T) {
	t.Parallel()
	tests := map[string]Rhythm{
		"customers who differ": {MeanGap: 50 * day, Strength: 1.5},
		"alike":                {MeanGap: 20 * day, Strength: 8},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(3, 4))
			gaps := make([]Gaps, 4000)
			for i := range gaps {
				rate := gamma(draw, want.Strength+1) / (want.Strength * want.MeanGap.Hours() / 24)
				gaps[i].Count = draw.Int64N(6)
				for range gaps[i].Count {
					gaps[i].Days += draw.ExpFloat64() / rate
				}
			}
			got := LearnRhythm(gaps)
			require.InEpsilon(t, want.Strength, got.Strength, 0.15)
			require.InEpsilon(t, float64(want.MeanGap), float64(got.MeanGap), 0.1)
		})
	}
}

// gamma draws from the gamma distribution with scale 1, as Marsaglia and Tsang do (2000); the shape is at least 1.
func gamma(draw *rand.Rand, shape float64) float64 {
	d := shape - 1.0/3
	for {
		x := draw.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(draw.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func TestLearnRhythmOfLittle(t *testing.T) {
	t.Parallel()
	many := func(n int, g Gaps) []Gaps {
		gaps := make([]Gaps, n)
		for i := range gaps {
			gaps[i] = g
		}
		return gaps
	}
	unlearnt := Rhythm{MeanGap: 60 * day, Strength: 2}
	require.Equal(t, unlearnt, LearnRhythm(nil))
	require.Equal(t, unlearnt, LearnRhythm(many(19, Gaps{Count: 3, Days: 9})))
	require.Equal(t, unlearnt, LearnRhythm(many(500, Gaps{})), "customers without a gap say nothing")
	require.Equal(t, unlearnt, LearnRhythm(many(500, Gaps{Count: 1, Days: math.Inf(1)})))

	alike := LearnRhythm(many(20, Gaps{Count: 3, Days: 9}))
	require.InEpsilon(t, strongest, alike.Strength, 0.01)
	require.InEpsilon(t, float64(3*day), float64(alike.MeanGap), 0.1)
	for _, extreme := range []Gaps{{Count: 1, Days: 1e300}, {Count: math.MaxInt64, Days: 1e-300}} {
		r := LearnRhythm(many(20, extreme))
		require.Positive(t, r.MeanGap)
		require.LessOrEqual(t, r.MeanGap, longestGap)
		require.False(t, math.IsNaN(r.Strength))
	}
}

func BenchmarkLearnRhythm(b *testing.B) {
	draw := rand.New(rand.NewPCG(3, 4))
	gaps := make([]Gaps, 10_000)
	for i := range gaps {
		gaps[i] = Gaps{Count: 1 + draw.Int64N(6), Days: 200 * draw.Float64()}
	}
	for b.Loop() {
		LearnRhythm(gaps)
	}
}
