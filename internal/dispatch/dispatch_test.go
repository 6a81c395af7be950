package dispatch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/dispatch"
)

func TestAHintWakesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := &woken{record: newRecord()}
		hints := make(chan struct{}, 1)
		_, stop := run(t, dispatch.Options{Rows: w, Waker: w, Hints: hints, Poll: time.Hour})
		synctest.Wait()
		w.add("c_1", "c_2")
		hints <- struct{}{}
		synctest.Wait()
		require.ElementsMatch(t, []string{"c_1", "c_2"}, w.seen())
		require.Zero(t, time.Since(began))
		stop()
	})
}

func TestPollsWithoutHints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &woken{record: newRecord("there at the start")}
		_, stop := run(t, dispatch.Options{Rows: w, Waker: w})
		synctest.Wait()
		require.Equal(t, []string{"there at the start"}, w.seen())
		w.add("later")
		time.Sleep(250*time.Millisecond - time.Nanosecond)
		require.NotContains(t, w.seen(), "later")
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		require.Contains(t, w.seen(), "later")
		stop()
	})
}

func TestALongBacklogIsNotPolled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := &woken{record: newRecord(many(1000)...)}
		_, stop := run(t, dispatch.Options{Rows: w, Waker: w})
		synctest.Wait()
		require.Len(t, w.seen(), 1000)
		require.Zero(t, time.Since(began))
		stop()
	})
}

func TestReconciles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &woken{record: newRecord()}
		w.overdue = []string{"c_forgotten"}
		log, stop := run(t, dispatch.Options{Rows: w, Waker: w})
		time.Sleep(29 * time.Second)
		require.Empty(t, w.seen())
		time.Sleep(time.Second + 250*time.Millisecond)
		synctest.Wait()
		require.Equal(t, []string{"c_forgotten"}, w.seen())
		require.Contains(t, log.String(), "woke overdue customers")
		time.Sleep(31 * time.Second)
		stop()
		require.Len(t, w.reconciled, 2)
	})
}

func TestReconcilesDuringABacklogWithoutEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := newRecord(many(1000)...)
		endless := wakerFunc(func(_ context.Context, customerID string) error {
			time.Sleep(100 * time.Millisecond)
			r.decide(customerID)
			r.add(customerID)
			return nil
		})
		_, stop := run(t, dispatch.Options{Rows: r, Waker: endless})
		time.Sleep(65 * time.Second)
		stop()
		require.Len(t, r.reconciled, 2)
		for i, at := range r.reconciled {
			require.Equal(t, time.Duration(i+1)*30*time.Second, at.Sub(began))
		}
	})
}
