package store

import (
	"context"
	"fmt"
	"time"
)

// laneNames are what the lanes of wake rows are called, by how urgent they are.
var laneNames = map[int64]string{1: "urgent", 0: "other", -1: "rollout"}

// Lane says how many customers of one lane are to decide.
type Lane struct {
	// Name is "urgent" when a transactional message may follow, "rollout" when a newer map or an old event that nobody read is the only reason, and else "other".
	Name string
	// Waiting are those that were not signalled yet, and InFlight those that were and have not decided. Counting stops at
	// 10,000.
	Waiting, InFlight int
	// OldestWaiting is the real instant since when the first of those waits that were not signalled, and Oldest of all. Zero
	// when there are none.
	OldestWaiting, Oldest time.Time
}

var lanesSQL = sqlText(`SELECT lane.urgent,
		(SELECT COUNT(*) FROM (SELECT 1 FROM wakes w WHERE w.signalled_at IS NULL AND w.urgent = lane.urgent LIMIT 10000) AS a),
		(SELECT COUNT(*) FROM (SELECT 1 FROM wakes w WHERE w.signalled_at IS NOT NULL AND w.urgent = lane.urgent LIMIT 10000) AS b),
		COALESCE((SELECT MIN(since) FROM wakes w WHERE w.signalled_at IS NULL AND w.urgent = lane.urgent), 0),
		COALESCE((SELECT MIN(since) FROM wakes w WHERE w.signalled_at IS NOT NULL AND w.urgent = lane.urgent), 0)
	FROM (SELECT 1 AS urgent UNION ALL SELECT 0 UNION ALL SELECT -1) AS lane ORDER BY lane.urgent DESC`)

// Lanes returns how much there is to do in each lane, the most urgent first.
func (s *Store) Lanes(ctx context.Context) ([]Lane, error) {
	var lanes []Lane
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		lanes, err = all(ctx, t, scanLane, lanesSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count wake rows by lane: %w", err)
	}
	return lanes, nil
}

func scanLane(row scanner) (Lane, error) {
	var lane Lane
	var urgent, waiting, signalled int64
	err := row.Scan(&urgent, &lane.Waiting, &lane.InFlight, &waiting, &signalled)
	lane.Name, lane.OldestWaiting, lane.Oldest = laneNames[urgent], instant(waiting), instant(waiting)
	if waiting == 0 || signalled != 0 && signalled < waiting {
		lane.Oldest = instant(signalled)
	}
	return lane, err
}
