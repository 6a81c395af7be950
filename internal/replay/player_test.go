package replay

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// posterFunc makes a function a poster.
type posterFunc func(ctx context.Context, events []Event) error

func (f posterFunc) Post(ctx context.Context, events []Event) error { return f(ctx, events) }

// post is one batch that was posted.
type post struct {
	at    time.Duration // since the start
	first string
	size  int
}

// script returns events at hours after noon.
func events(hours ...int) []Event {
	var list []Event
	for _, h := range hours {
		list = append(list, track(completed, Order{ID: "1001"}, "anna", noon.Add(time.Duration(h)*time.Hour)))
	}
	return list
}

// newPlayer returns a player whose journey hour is a second, and that starts at noon.
func newPlayer(p poster) *player {
	return &player{poster: p, clock: Clock{J0: noon, R0: time.Now(), Speed: 3600}, now: time.Now}
}

func TestPlayerPostsAtTheRightTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var posts []post
		list := events(0, 1, 1, 4, 5, 9)
		p := newPlayer(posterFunc(func(_ context.Context, batch []Event) error {
			posts = append(posts, post{at: time.Since(began), first: batch[0].MessageID, size: len(batch)})
			time.Sleep(1500 * time.Millisecond)
			return nil
		}))
		require.NoError(t, p.play(t.Context(), list))
		require.Equal(t, []post{
			{time.Second, list[0].MessageID, 1},
			{2500 * time.Millisecond, list[1].MessageID, 2},
			{5 * time.Second, list[3].MessageID, 1},
			{6500 * time.Millisecond, list[4].MessageID, 1},
			{10 * time.Second, list[5].MessageID, 1},
		}, posts)
		require.Equal(t, noon.Add(150*time.Minute), list[1].Offered)
		require.Equal(t, noon.Add(240*time.Minute), list[1].Taken)
		posted, tried, slowest := p.progress()
		require.Equal(t, 6, posted)
		require.Zero(t, tried)
		require.Equal(t, 2*time.Second, slowest)
	})
}

func TestPlayerPostsNoMoreThanABatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		p := newPlayer(posterFunc(func(_ context.Context, batch []Event) error {
			sizes = append(sizes, len(batch))
			return nil
		}))
		require.NoError(t, p.play(t.Context(), events(make([]int, 250)...)))
		require.Equal(t, []int{100, 100, 50}, sizes)
	})
}

func TestPlayerTriesAgain(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken pipe")
	tests := map[string]struct {
		fails int
		err   error
		want  string
		tried int
	}{
		"at once":           {0, nil, "", 0},
		"after a while":     {3, broken, "", 3},
		"until it gives up": {1_000_000, broken, "tried for 10s: broken pipe", 201},
		"not when refused":  {1, &RejectedError{Reasons: "no userId"}, "events were refused: no userId", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fails := tt.fails
				p := newPlayer(posterFunc(func(context.Context, []Event) error {
					if fails--; fails >= 0 {
						return tt.err
					}
					return nil
				}))
				err := p.play(t.Context(), events(0))
				if tt.want == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.want)
				}
				_, tried, _ := p.progress()
				require.Equal(t, tt.tried, tried)
			})
		})
	}
}

func TestPlayerStopsWithTheReason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		over := errors.New("the engine has ended")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(over) })
		p := newPlayer(posterFunc(func(context.Context, []Event) error { return nil }))
		require.ErrorIs(t, p.play(ctx, events(0, 9)), over)
		require.ErrorIs(t, p.play(ctx, events(0)), over)
	})
}
