package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
	"klantreis/internal/store"
	"klantreis/journey"
)

func TestRecorded(t *testing.T) {
	t.Parallel()
	cfg := setup(t).Record
	record, err := store.Open(t.Context(), string(cfg.Database), now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	nobody := func(journey.Event) journey.Interest { return journey.Interest{} }
	_, _, err = record.Ingest(t.Context(), []journey.Event{
		{MessageID: "1", Type: "track", Name: "Order Completed", UserID: "anna", Timestamp: start, ReceivedAt: start},
		{MessageID: "2", Type: "track", Name: "Order Completed", UserID: "bob", Timestamp: start, ReceivedAt: start},
		{MessageID: "3", Type: "page", Name: "page", AnonymousID: "a", Timestamp: start, ReceivedAt: start},
	}, store.AnyVersion, nobody)
	require.NoError(t, err)
	_, err = record.Clock(t.Context(), journey.Clock{J0: start.AddDate(-1, 0, 0), R0: start, Speed: 60})
	require.NoError(t, err)

	r, err := OpenRecorded(t.Context(), cfg, func() time.Time { return start.Add(time.Minute) })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	require.Equal(t, start.AddDate(-1, 0, 0).Add(time.Hour), r.Now)
	require.EqualValues(t, 3, r.Events)
	require.EqualValues(t, 1, r.Visitors)

	live, version, err := r.LiveMap(t.Context())
	require.NoError(t, err)
	require.Nil(t, live)
	require.Zero(t, version)
	b, err := bundle.ReadFS(shop, "")
	require.NoError(t, err)
	source, err := b.Source()
	require.NoError(t, err)
	_, _, err = record.PublishMap(t.Context(), source, bundle.Hash(source), start)
	require.NoError(t, err)
	live, version, err = r.LiveMap(t.Context())
	require.NoError(t, err)
	require.Equal(t, "shop", live.Map.Journey)
	require.EqualValues(t, 1, version)

	users := map[string]bool{}
	for c, err := range r.Customers(t.Context()) {
		require.NoError(t, err)
		require.Regexp(t, "^c_", c.ID)
		events, err := c.Events()
		require.NoError(t, err)
		require.Len(t, events, 1)
		require.False(t, events[0].Dormant, "the map that is tried listened from the beginning")
		users[c.UserID] = true
	}
	require.Equal(t, map[string]bool{"anna": true, "bob": true}, users)
	for range r.Customers(t.Context()) {
		break // no more is read
	}
}

func TestRecordedNeedsARecord(t *testing.T) {
	t.Parallel()
	cfg := setup(t).Record
	cfg.Database += ".missing"
	_, err := OpenRecorded(t.Context(), cfg, now)
	require.ErrorContains(t, err, "migrate")
	r, err := OpenRecorded(t.Context(), setup(t).Record, now)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	for _, err := range r.Customers(t.Context()) {
		require.Error(t, err)
		require.NotErrorIs(t, err, errEnough)
	}
}

func TestThinned(t *testing.T) {
	t.Parallel()
	gaps := make([]journey.Gaps, 10)
	for i := range gaps {
		gaps[i].Count = int64(i)
	}
	require.Empty(t, thinned(nil, 4))
	require.Equal(t, gaps[:3], thinned(gaps[:3], 4))
	require.Equal(t, []journey.Gaps{gaps[0], gaps[3], gaps[6], gaps[9]}, thinned(gaps, 4))
}
