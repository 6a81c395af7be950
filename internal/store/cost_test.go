package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"klantreis/internal/testserver"
	"klantreis/journey"
)

// statementCount counts the statements that a connection sends, transactions included.
type statementCount struct{ atomic.Int64 }

func (c *statementCount) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.Add(1)
	return ctx
}

func (c *statementCount) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Every statement is a round trip to PostgreSQL, so their number must not grow with the batch.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	var count statementCount
	config, err := pgx.ParseConfig(testserver.Postgres(t))
	require.NoError(t, err)
	config.Tracer = &count
	s, err := connectPostgres(t.Context(), config, 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	r := &record{Store: s}
	r.set(0)
	s.now = func() time.Time { return *r.clock.Load() }
	require.NoError(t, r.Migrate(t.Context()))

	newcomers := func(batch string, size int) []journey.Event {
		var events []journey.Event
		for i := range size {
			id := fmt.Sprintf("%s-%d", batch, i)
			events = append(events, track("visit "+id, "", "a-"+id, "wake"), track("login "+id, "u-"+id, "a-"+id, "wake"))
		}
		return events
	}
	counted := func(do func()) int64 {
		count.Store(0)
		do()
		return count.Load()
	}
	one := counted(func() { r.ingest(t, waking, newcomers("one", 1)...) })
	// One of them keeps erasures from beginning.
	require.LessOrEqual(t, one, int64(14))
	require.Equal(t, one, counted(func() { r.ingest(t, waking, newcomers("many", 100)...) }))

	id := r.customer(t, "u-one-0")
	// The first decision of a process also reads the key of addresses.
	require.LessOrEqual(t, counted(func() { r.decide(t, id, startRun("message")) }), int64(13))
	r.ingest(t, waking, track("again", "u-one-0", "", "wake"))
	require.LessOrEqual(t, counted(func() { r.decide(t, id, nothing) }), int64(9))
}

func nothing(context.Context, journey.Input) (journey.Outcome, error) { return journey.Outcome{}, nil }
