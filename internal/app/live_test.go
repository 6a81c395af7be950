package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/bundle"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// wakes says whether the map that look finds wants "Event n", and which version it is.
func wakes(t *testing.T, look func(context.Context) (int64, *activities.Published, error), n int) (int64, bool) {
	t.Helper()
	version, live, err := look(t.Context())
	require.NoError(t, err)
	return version, live.Map.Interest(journey.Event{Type: journey.TypeTrack, Name: fmt.Sprintf("Event %d", n)}).Wakes
}

// TestWhoMissesNothingWithTheOldMapGoesOnWithIt publishes a map that takes long to read, while others ask for the live one.
func TestWhoMissesNothingWithTheOldMapGoesOnWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &versions{live: 1}
		m := newMaps(v)
		live := func(wantVersion int64, n int) {
			version, wanted := wakes(t, m.Live, n)
			require.Equal(t, wantVersion, version)
			require.True(t, wanted)
		}
		live(1, 1)
		v.publish(2)
		release := make(chan struct{})
		v.reading(func(context.Context, int64) error { <-release; return nil })
		looking := make(chan int64, 1)
		go func() {
			version, _, _ := m.Newest(t.Context())
			looking <- version
		}()
		synctest.Wait()
		began := time.Now()
		for range 100 {
			live(1, 1)
		}
		require.Zero(t, time.Since(began))
		close(release)
		require.EqualValues(t, 2, <-looking)
		live(2, 2)
	})
}

func TestALiveMapThatCannotBeUsedIsNotPassedOver(t *testing.T) {
	t.Parallel()
	v := &versions{live: 1}
	m := newMaps(v)
	wakes(t, m.Live, 1)
	v.publish(2)
	v.reading(func(context.Context, int64) error { return errors.New("it is of a newer program") })
	for _, look := range []func(context.Context) (int64, *activities.Published, error){m.Newest, m.Live, m.Live} {
		_, _, err := look(t.Context())
		require.ErrorContains(t, err, "it is of a newer program", "events would not wake whom they should")
	}
	v.reading(nil)
	version, wanted := wakes(t, m.Live, 2)
	require.EqualValues(t, 2, version)
	require.True(t, wanted)
}

// parcels is the shop with a touchpoint for events that it did not listen to before.
var parcels = func() fstest.MapFS {
	changed := maps.Clone(shop)
	changed["journey.yaml"] = &fstest.MapFile{Data: fmt.Append(nil, string(shop["journey.yaml"].Data),
		"  - {id: parcel, phase: purchase, class: service, on: Parcel Sent, key: event.order_id, do: [send: {template: order}]}\n")}
	return changed
}()

// TestAnEventRightAfterAPublicationIsLookedAtWithTheNewMap has one process publish and another one, which knows the old map,
// take an event that only the new one listens to.
func TestAnEventRightAfterAPublicationIsLookedAtWithTheNewMap(t *testing.T) {
	t.Parallel()
	engines := map[string]func(*testing.T, *config.Config){
		"sqlite": func(*testing.T, *config.Config) {},
		"postgres": func(t *testing.T, cfg *config.Config) {
			cfg.Record.Database = config.Secret(testserver.Postgres(t))
			require.NoError(t, Migrate(t.Context(), cfg.Record, now))
		},
	}
	for name, choose := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := setup(t)
			choose(t, &cfg)
			a := open(t, cfg)
			i := ingestor{record: a.record, maps: a.maps, woken: func() {}, log: slog.New(slog.DiscardHandler)}
			post := func(messageID, user string) {
				result, err := i.Ingest(t.Context(), []journey.Event{{
					MessageID: messageID, Type: journey.TypeTrack, Name: "Parcel Sent", UserID: user, Timestamp: start, ReceivedAt: start,
				}})
				require.NoError(t, err)
				require.Equal(t, 1, result.Stored)
			}
			post("1", "anna")
			require.Zero(t, a.wakesWaiting(t), "nobody listens")

			b, err := bundle.ReadFS(parcels, "")
			require.NoError(t, err)
			source, err := b.Source()
			require.NoError(t, err)
			version, published, err := a.record.PublishMap(t.Context(), source, bundle.Hash(source), start)
			require.NoError(t, err)
			require.True(t, published)
			known, _, err := a.maps.Live(t.Context())
			require.NoError(t, err)
			require.Less(t, known, version, "this process has not heard of it")

			post("2", "bert")
			require.Equal(t, 1, a.wakesWaiting(t))
			known, _, err = a.maps.Live(t.Context())
			require.NoError(t, err)
			require.Equal(t, version, known)
		})
	}
}

// TestANewMapThatCannotBeUsedWakesForEveryEvent publishes one while the one before it is known.
func TestANewMapThatCannotBeUsedWakesForEveryEvent(t *testing.T) {
	t.Parallel()
	a := open(t, setup(t))
	i := ingestor{record: a.record, maps: a.maps, woken: func() {}, log: slog.New(slog.DiscardHandler)}
	_, _, err := a.maps.Live(t.Context())
	require.NoError(t, err)
	_, _, err = a.record.PublishMap(t.Context(), []byte("of a newer program"), "hash", start)
	require.NoError(t, err)
	for n := range 2 {
		_, err = i.Ingest(t.Context(), []journey.Event{{
			MessageID: fmt.Sprint(n), Type: journey.TypeTrack, Name: "Parcel Sent", UserID: fmt.Sprint(n), Timestamp: start, ReceivedAt: start,
		}})
		require.NoError(t, err)
		require.Equal(t, 1, a.wakesWaiting(t))
	}
}

// wakesWaiting claims the wake rows that wait, and returns how many there were.
func (a *App) wakesWaiting(t *testing.T) int {
	t.Helper()
	claimed, err := a.record.ClaimWakes(t.Context(), start, 10, time.Hour)
	require.NoError(t, err)
	return len(claimed)
}
