package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReceiptsNeverRunBackwards(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	event := func(seq int64, received, age time.Duration) Event {
		at := noon.Add(received)
		return Event{Seq: seq, ReceivedAt: at, Timestamp: at.Add(-age), Age: age}
	}
	imported := event(3, -time.Minute, 100*time.Hour)
	imported.Imported = true
	tests := map[string]struct {
		from   Receipts
		events []Event
		want   []time.Duration // receipts, from noon
		ages   []time.Duration // receipt - timestamp
		moved  []int
	}{
		"forwards": {
			events: []Event{event(1, 0, 0), event(2, time.Hour, time.Minute)},
			want:   []time.Duration{0, time.Hour}, ages: []time.Duration{0, time.Minute},
		},
		"set back within a decision": {
			events: []Event{event(1, time.Hour, 0), event(2, time.Minute, 0), event(3, 2*time.Minute, 5*time.Minute), event(4, 61*time.Minute, 0)},
			want:   []time.Duration{time.Hour, time.Hour, time.Hour, 61 * time.Minute}, ages: []time.Duration{0, 0, 5 * time.Minute, 0}, moved: []int{1, 2},
		},
		"set back since the last decision": {
			from:   Receipts{Seq: 7, At: noon.Add(5 * time.Second)},
			events: []Event{event(8, 0, time.Second)},
			want:   []time.Duration{5 * time.Second}, ages: []time.Duration{time.Second}, moved: []int{0},
		},
		"a visitor's event that was adopted is as old as it is": {
			from:   Receipts{Seq: 7, At: noon},
			events: []Event{event(3, -time.Hour, 0), event(8, time.Second, 0)},
			want:   []time.Duration{-time.Hour, time.Second}, ages: []time.Duration{0, 0},
		},
		"an imported one keeps its timestamp": {
			from: Receipts{Seq: 2, At: noon}, events: []Event{imported},
			want: []time.Duration{0}, ages: []time.Duration{100*time.Hour + time.Minute}, moved: []int{0},
		},
		"a clock that was years ahead is not followed": {
			from:   Receipts{Seq: 1, At: noon.AddDate(70, 0, 0)},
			events: []Event{event(2, 0, 0), event(3, -time.Second, 0)},
			want:   []time.Duration{0, 0}, ages: []time.Duration{0, 0}, moved: []int{1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, len(tt.moved) > 0 || name == "a clock that was years ahead is not followed", tt.from.Backwards(tt.events))
			moved, after := tt.from.Follow(tt.events, 24*time.Hour)
			require.Equal(t, tt.moved, moved)
			for i, e := range tt.events {
				require.Equal(t, tt.want[i], e.ReceivedAt.Sub(noon), "receipt of %d", i)
				require.Equal(t, tt.ages[i], e.ReceivedAt.Sub(e.Timestamp), "age of %d", i)
			}
			last := tt.events[len(tt.events)-1]
			require.Equal(t, last.Seq, after.Seq)
			require.Equal(t, last.ReceivedAt, after.At)
		})
	}
}
