package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"klantreis/journey"
)

var (
	insertClockSQL = sqlText(`INSERT INTO clock (id, j0, r0, speed, started) VALUES (1, $1, $2, $3, $4) ON CONFLICT DO NOTHING`)
	selectClockSQL = sqlText(`SELECT j0, r0, speed, started FROM clock`)
)

// Clock returns the clock of the record. The first call on a new record stores the wanted one; every later call returns
// that one, to the microsecond, whatever it wants.
func (s *Store) Clock(ctx context.Context, wanted journey.Clock) (journey.Clock, error) {
	var clock journey.Clock
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, insertClockSQL, micros(wanted.J0), micros(wanted.R0), wanted.Speed, flag(wanted.Started))
		if err != nil {
			return err
		}
		clock, err = readClock(ctx, t)
		return err
	})
	if err != nil {
		return journey.Clock{}, fmt.Errorf("keep the clock: %w", err)
	}
	return clock, nil
}

// readClock returns the stored clock, or real time when there is none.
func readClock(ctx context.Context, t tx) (journey.Clock, error) {
	var clock journey.Clock
	var j0, r0 int64
	err := t.row(ctx, selectClockSQL, nil, &j0, &r0, &clock.Speed, &clock.Started)
	if errors.Is(err, sql.ErrNoRows) {
		return journey.Clock{}, nil
	}
	if err != nil {
		return journey.Clock{}, fmt.Errorf("read the clock: %w", err)
	}
	clock.J0, clock.R0 = instant(j0), instant(r0)
	return clock, nil
}

// flag is a truth value in the record.
func flag(value bool) int {
	if value {
		return 1
	}
	return 0
}
