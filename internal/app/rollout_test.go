package app

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
	"klantreis/journey"
)

// emptyShop returns a shop with an empty record.
func emptyShop(t *testing.T) *shopLife {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.NoError(t, Migrate(t.Context(), config.Record{Database: config.Secret(url)}, now))
	s := openShop(t, url, start)
	t.Cleanup(func() { require.NoError(t, s.record.Close()) })
	return s
}

// make publishes a map without rolling it out.
func (s *shopLife) make(b bundle.Bundle) {
	s.t.Helper()
	review, err := s.publisher.Review(s.t.Context(), b)
	require.NoError(s.t, err)
	_, published, err := s.publisher.Publish(s.t.Context(), review, How{Origin: OriginPublish})
	require.NoError(s.t, err)
	require.True(s.t, published)
}

// wakeAll claims what a rollout woke, and decides. It returns how many.
func (s *shopLife) wakeAll() int {
	s.t.Helper()
	claimed, err := s.record.ClaimWakes(s.t.Context(), s.now, 1000, time.Hour)
	require.NoError(s.t, err)
	for _, wake := range claimed {
		s.decide(wake.CustomerID)
	}
	return len(claimed)
}

func TestRolloutIsPacedAndReachesEverybodyOnce(t *testing.T) {
	t.Parallel()
	s := emptyShop(t)
	s.publish(editable(reviewHead + reviewSteps))
	const customers = 2*mostOutstanding + 50
	for n := range customers {
		s.order(fmt.Sprint("user-", n), fmt.Sprint("order ", n))
	}
	s.make(editable(steps("{wait: 3d}, ")))
	other := *s.rollout // another worker, which has not looked yet
	woken := 0
	for round := range 3 {
		for _, worker := range []*rollout{s.rollout, &other, s.rollout} {
			_, err := worker.look(t.Context())
			require.NoError(t, err)
		}
		if round == 1 {
			// A third worker starts where a crashed one left off: all it needs is in the record.
			s.rollout = &rollout{record: s.record, maps: newMaps(s.record), now: s.rollout.now, woken: func() {}, log: s.rollout.log}
		}
		n := s.wakeAll()
		require.LessOrEqual(t, n, mostOutstanding)
		woken += n
	}
	require.Equal(t, customers, woken)
	more, err := s.rollout.look(t.Context())
	require.NoError(t, err)
	require.False(t, more)
	for n := range customers {
		customer, _, err := s.record.CustomerByUserID(t.Context(), fmt.Sprint("user-", n))
		require.NoError(t, err)
		require.EqualValues(t, 2, customer.Step)
		require.Equal(t, start.Add(72*hour), customer.State.Runs[0].Due)
	}
}

// absent has a phase for those who stayed away.
func absent(rule string) bundle.Bundle {
	b := editable(reviewHead + reviewSteps)
	b.Files["more.yaml"] = "phases: [{id: lapsed, enter: [" + rule + "]}]\n"
	return b
}

func TestRolloutWakesEverybodyWhenTimeBringsSomethingElse(t *testing.T) {
	t.Parallel()
	s := emptyShop(t)
	s.publish(absent("{after: 365d, without: Order Completed}"))
	s.order("waits", "1")
	s.order("idle", "2")
	s.until(start.AddDate(0, 0, 20))
	visit := func(userID string) {
		_, live, err := s.publisher.maps.Newest(t.Context())
		require.NoError(t, err)
		_, _, err = s.record.Ingest(t.Context(), []journey.Event{{
			MessageID: userID, Type: journey.TypeTrack, Name: "Product Viewed", UserID: userID, Timestamp: s.now, ReceivedAt: s.now,
		}}, store.AnyVersion, live.Map.Interest)
		require.NoError(t, err)
	}
	visit("dormant")
	s.know("dormant")
	s.order("waits", "3")
	count := func(b bundle.Bundle) int {
		s.make(b)
		_, err := s.rollout.look(t.Context())
		require.NoError(t, err)
		return s.wakeAll()
	}
	other := absent("{after: 365d, without: Order Completed}")
	other.Files["templates/first.en.txt"] = "Hi\n"
	require.Equal(t, 0, count(other), "nobody has a run under way, and the same time counts")
	require.Equal(t, 3, count(absent("{after: 10d, without: Order Completed}")), "everybody")
	customer, _, err := s.record.CustomerByUserID(t.Context(), "idle")
	require.NoError(t, err)
	require.Equal(t, "lapsed", customer.State.Phase)
	require.Equal(t, 3, count(absent("{after: 9d, without: Order Completed, orNever: true}")))
	customer, _, err = s.record.CustomerByUserID(t.Context(), "dormant")
	require.NoError(t, err)
	require.Equal(t, s.now.AddDate(0, 0, 9), customer.NextWake)
	visit("later")
	s.know("later")
	require.Equal(t, 1, s.wakeAll(), "their time begins with their first event")
	require.Equal(t, 0, count(editable(reviewHead+reviewSteps)), "nothing rings any more")
}

func TestRolloutRestsOnlyUntilANewerMapIsLive(t *testing.T) {
	t.Parallel()
	s := emptyShop(t)
	s.publish(editable(reviewHead + reviewSteps))
	_, err := s.rollout.look(t.Context())
	require.NoError(t, err)
	s.make(editable(steps("{wait: 3d}, ")))
	require.True(t, s.rollout.rest(t.Context(), time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.False(t, s.rollout.rest(ctx, time.Hour))
}
