package dispatch_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/dispatch"
)

// server decides for customers one after the other, as fast as it can. Some it never decides for.
type server struct {
	*record
	each  time.Duration // that a decision takes
	queue chan string
	stuck int // of the first customers
}

func (s *server) Wake(_ context.Context, customerID string) error {
	time.Sleep(5 * time.Millisecond)
	for i := range s.stuck {
		if customerID == fmt.Sprintf("c_%d", i) {
			return nil
		}
	}
	s.queue <- customerID
	return nil
}

// serve works until ctx is done, and returns how many decisions it took.
func (s *server) serve(ctx context.Context) (decided int) {
	for {
		select {
		case <-ctx.Done():
			return decided
		case id := <-s.queue:
			time.Sleep(s.each)
			s.decide(id)
			decided++
		}
	}
}

// TestTheWindowFitsTheServer lets servers of all speeds work on a long backlog: each must be busy all the time, and none
// be given more than it can do soon.
func TestTheWindowFitsTheServer(t *testing.T) {
	t.Parallel()
	const period = 20 * time.Second
	tests := map[string]struct {
		each        time.Duration
		dispatchers int
		stuck       int
		most        int // in flight
		slowest     time.Duration
	}{
		"a quick server":                               {each: time.Millisecond, dispatchers: 1, most: 1500, slowest: 1500 * time.Millisecond},
		"a slow server":                                {each: 10 * time.Millisecond, dispatchers: 1, most: 150, slowest: 1500 * time.Millisecond},
		"a slow server, many dispatchers":              {each: 10 * time.Millisecond, dispatchers: 4, most: 256, slowest: 3 * time.Second},
		"a quick server, many dispatchers":             {each: time.Millisecond, dispatchers: 4, most: 1500, slowest: 1500 * time.Millisecond},
		"a customer for whom no decision can be taken": {each: 10 * time.Millisecond, dispatchers: 1, stuck: 1, most: 150, slowest: 1500 * time.Millisecond},
		"a dozen customers for whom none can be taken": {each: 10 * time.Millisecond, dispatchers: 1, stuck: 12, most: 170, slowest: 1500 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				backlog := int(2*period/tt.each) + tt.stuck
				s := &server{record: newRecord(many(backlog)...), each: tt.each, queue: make(chan string, backlog), stuck: tt.stuck}
				ctx, cancel := context.WithTimeout(t.Context(), period)
				defer cancel()
				var stops []func()
				for range tt.dispatchers {
					_, stop := run(t, dispatch.Options{Rows: s, Waker: s})
					stops = append(stops, stop)
				}
				decided := s.serve(ctx)
				for _, stop := range stops {
					stop()
				}
				require.Greater(t, float64(decided), 0.98*float64(period/tt.each), "decisions")
				require.Less(t, s.most, tt.most)
				require.Less(t, s.slowest, tt.slowest)
			})
		})
	}
}

func TestAServerThatStandsStillIsNotFlooded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRecord(many(1000)...)
		_, stop := run(t, dispatch.Options{Rows: r, Waker: wakerFunc(func(context.Context, string) error { return nil })})
		time.Sleep(9 * time.Second)
		require.Equal(t, 64, r.inFlight())
		time.Sleep(41 * time.Second)
		require.LessOrEqual(t, r.inFlight(), 64+5*12, "a trickle: the least window, every ten seconds")
		stop()
	})
}

// TestTheWindowRecovers lets a server stand still for a while.
func TestTheWindowRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{record: newRecord(many(10_000)...), each: 2 * time.Millisecond, queue: make(chan string, 10_000)}
		_, stop := run(t, dispatch.Options{Rows: s, Waker: s})
		time.Sleep(9 * time.Second)
		require.Equal(t, 64, s.inFlight())
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		decided := s.serve(ctx)
		stop()
		require.Greater(t, decided, 3000, "of 5000 that it could do")
	})
}
