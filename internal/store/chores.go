package store

import (
	"context"
	"fmt"
	"time"
)

// A chore is what one process does now and then for all. Who does it has a turn, which the others wait for; a turn that is
// not kept up ends, so that the death of a process stops nothing. Turns only save work: a chore must be safe to do twice.

// Turn is a process's turn at a chore.
type Turn struct {
	// Chore names it.
	Chore string
	// Holder tells this process from all others.
	Holder string
	// Length is how long the turn lasts when it is not kept up.
	Length time.Duration
	// Every is how long the chore rests after it was done.
	Every time.Duration
}

var (
	// takeTurnSQL does not believe instants that lie too far ahead: somebody's clock was wrong then.
	takeTurnSQL = sqlText(`INSERT INTO chores (name, holder, until_at, done_at) VALUES ($1, $2, $4, 0)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
		WHERE (chores.until_at <= $3 OR chores.until_at > $4) AND (chores.done_at <= $5 OR chores.done_at > $3)`)
	keepTurnSQL = sqlText(`UPDATE chores SET until_at = $3 WHERE name = $1 AND holder = $2`)
	endTurnSQL  = sqlText(`UPDATE chores SET until_at = 0, done_at = $3 WHERE name = $1 AND holder = $2`)
)

// TakeTurn takes a turn at a chore, and answers false when another process has it or when it was done lately.
func (s *Store) TakeTurn(ctx context.Context, turn Turn) (bool, error) {
	now := s.now()
	return s.turn(ctx, "take", turn, takeTurnSQL, turn.Chore, turn.Holder, micros(now), micros(now.Add(turn.Length)), micros(now.Add(-turn.Every)))
}

// KeepTurn makes a turn last on, and answers false when another process has it by now.
func (s *Store) KeepTurn(ctx context.Context, turn Turn) (bool, error) {
	return s.turn(ctx, "keep", turn, keepTurnSQL, turn.Chore, turn.Holder, micros(s.now().Add(turn.Length)))
}

// EndTurn notes that the chore is done, and answers false when another process has the turn by now.
func (s *Store) EndTurn(ctx context.Context, turn Turn) (bool, error) {
	return s.turn(ctx, "end", turn, endTurnSQL, turn.Chore, turn.Holder, micros(s.now()))
}

func (s *Store) turn(ctx context.Context, does string, turn Turn, q statement, args ...any) (bool, error) {
	var rows int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		rows, err = t.exec(ctx, q, args...)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("%s the turn at %s: %w", does, turn.Chore, err)
	}
	return rows == 1, nil
}
