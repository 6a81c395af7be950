package store

import (
	"context"
	"encoding/json"
	"fmt"

	"klantreis/journey"
)

var (
	gapsSQL      = sqlText(`SELECT facts FROM customers WHERE id > $1 ORDER BY id LIMIT $2`)
	firstGapsSQL = sqlText(`SELECT facts FROM customers ORDER BY id LIMIT $1`)
)

// Gaps returns the times between orders of at most limit customers: those whose ids follow a random one, since ids are
// random themselves, and when there are too few of them also the first ones.
func (s *Store) Gaps(ctx context.Context, limit int) ([]journey.Gaps, error) {
	var sample []journey.Gaps
	from := newCustomerID()
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		if sample, err = all(ctx, t, scanGaps, gapsSQL, from, limit); err != nil || len(sample) == limit {
			return err
		}
		more, err := all(ctx, t, scanGaps, firstGapsSQL, limit)
		if len(more) < limit {
			sample = nil // they are all customers there are
		}
		sample = append(sample, more[:min(len(more), limit-len(sample))]...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read gaps between orders: %w", err)
	}
	return sample, nil
}

func scanGaps(row scanner) (journey.Gaps, error) {
	var facts []byte
	if err := row.Scan(&facts); err != nil {
		return journey.Gaps{}, err
	}
	var f journey.Facts
	if err := json.Unmarshal(facts, &f); err != nil {
		return journey.Gaps{}, fmt.Errorf("decode facts: %w", err)
	}
	return f.Gaps(), nil
}
