package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

const mergedMap = `
journey: j
shop: {name: S, email: s@example.com}
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: confirmation, phase: p, class: transactional, on: Order Completed, key: event.order_id, do: [send: {template: mail}]}
  - {id: care, phase: p, class: transactional, on: Order Completed, again: restart, do: [wait: 1d, send: {template: tips}]}
`

// mergedShop is a record with a map, and one person who is two customers.
type mergedShop struct {
	*record
	m      *journey.Map
	random *rand.Rand
	now    time.Time
	token  int
}

func newMergedShop(t *testing.T, r *record, seed uint64) *mergedShop {
	m, problems := journey.Parse([]journey.Source{{Name: "journey.yaml", Data: []byte(mergedMap)}})
	require.Empty(t, problems.Errors())
	return &mergedShop{record: r, m: m, random: rand.New(rand.NewPCG(seed, 7)), now: start}
}

// decideFor takes a decision about a customer, if there is one.
func (s *mergedShop) decideFor(t *testing.T, userID string) {
	ids, err := s.CustomerIDs(t.Context(), []string{userID})
	require.NoError(t, err)
	if ids[userID] == "" {
		return
	}
	_, err = s.Decide(t.Context(), ids[userID], 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = s.now
		return s.m.Decide(in)
	})
	require.NoError(t, err)
}

// send claims one of the planned messages, and confirms it, or leaves it in flight.
func (s *mergedShop) send(t *testing.T, finish bool) bool {
	ids := column(t, s.record, "SELECT id FROM messages WHERE status = 'planned'")
	if len(ids) == 0 {
		return false
	}
	s.token++
	id, token := ids[s.random.IntN(len(ids))], fmt.Sprint(s.token)
	claim, err := s.Claim(t.Context(), id, token, s.now, func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil })
	require.NoError(t, err)
	require.Equal(t, activities.Claimed, claim.Status)
	if finish {
		require.NoError(t, s.Confirm(t.Context(), id, token, "p", journey.ReasonSent, s.now))
	}
	return true
}

// settle confirms what is in flight.
func (s *mergedShop) settle(t *testing.T) {
	for _, id := range column(t, s.record, "SELECT id FROM messages WHERE status = 'claimed'") {
		require.NoError(t, s.Confirm(t.Context(), id, "", "p", journey.ReasonSent, s.now))
	}
}

func (s *mergedShop) out(t *testing.T) int64 {
	return scalar[int64](t, s.record, "SELECT COUNT(*) FROM messages WHERE touchpoint = 'confirmation' AND status IN ('claimed', 'sent', 'unknown')")
}

// TestAMergedPersonGetsOneConfirmation gives two customers the same order, lets chance decide what happens before they turn
// out to be one person, and counts the mails.
func TestAMergedPersonGetsOneConfirmation(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for seed := range uint64(40) {
			for _, table := range []string{"decisions", "messages", "exposures", "tasks", "runs", "events", "message_ids", "devices", "wakes", "customer_aliases", "customers"} {
				execute(t, r, "DELETE FROM "+table)
			}
			playMerge(t, newMergedShop(t, r, seed), seed)
		}
	})
}

func playMerge(t *testing.T, s *mergedShop, seed uint64) {
	users := []string{"a", "b"}
	for i, user := range users {
		who := track(fmt.Sprint("who", i), user, "", journey.TypeIdentify)
		who.Type, who.Traits = journey.TypeIdentify, map[string]any{"email": "jo@example.com"}
		s.ingest(t, waking, who)
	}
	order := func(messageID, user string) {
		e := track(messageID, user, "", "Order Completed")
		e.Properties = map[string]any{"order_id": "A1", "total": 10.0}
		e.Timestamp, e.ReceivedAt, e.Age = s.now, s.now, 0
		_, _, err := s.Ingest(t.Context(), []journey.Event{e}, AnyVersion, waking)
		require.NoError(t, err)
	}
	for step := range 2 + s.random.IntN(9) {
		s.now = s.now.Add(time.Minute)
		user := users[s.random.IntN(2)]
		switch s.random.IntN(5) {
		case 0, 1:
			order(fmt.Sprint("order", step), user)
		case 2, 3:
			s.decideFor(t, user)
		default:
			s.send(t, s.random.IntN(2) == 0)
		}
	}
	before := s.out(t)
	s.set(s.now.Sub(start))
	merged, err := s.Merge(t.Context(), Merging{From: "a", Into: "b"}, s.m)
	require.NoError(t, err)
	require.True(t, merged)

	order("last", users[s.random.IntN(2)])
	for range 20 {
		s.now = s.now.Add(12 * time.Hour)
		s.decideFor(t, users[s.random.IntN(2)])
		s.settle(t)
		s.send(t, true)
	}
	require.Equal(t, max(before, 1), s.out(t), "seed %d: %d were on their way before", seed, before)
	require.Zero(t, scalar[int64](t, s.record, "SELECT COUNT(*) FROM runs WHERE status = 'active'"), "seed %d", seed)
	require.Zero(t, scalar[int64](t, s.record, "SELECT COUNT(*) FROM messages WHERE consumed_step IS NULL"), "seed %d", seed)
	require.Zero(t, scalar[int64](t, s.record, "SELECT COUNT(*) FROM runs WHERE nth < 1"), "seed %d", seed)
	require.Positive(t, scalar[int64](t, s.record, "SELECT COUNT(*) FROM messages WHERE touchpoint = 'care' AND status = 'sent'"), "seed %d", seed)
}
