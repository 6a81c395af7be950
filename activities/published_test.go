package activities_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// TestAVanishedTemplate is rendered as the map had it that planned the message.
func TestAVanishedTemplate(t *testing.T) {
	t.Parallel()
	without := map[string]bool{"order": true}
	unusable := func() (*published, error) { return nil, fmt.Errorf("version 5: %w", activities.ErrUnusable) }
	lost := func() (*published, error) { return nil, activities.ErrNotFound }
	tests := map[string]struct {
		live, run, begun int64
		lacking          []int64
		broken           map[int64]func() (*published, error)
		read             []int64 // the versions that are looked into, the live one first
		found            bool
	}{
		"is in the version that planned it":      {live: 7, run: 6, begun: 6, read: []int64{7, 6}, found: true},
		"and the run has followed others since":  {live: 7, run: 7, begun: 4, lacking: []int64{6}, read: []int64{7, 7, 6, 5}, found: true},
		"behind a version that cannot be used":   {live: 7, run: 6, begun: 4, broken: map[int64]func() (*published, error){6: unusable, 5: lost}, read: []int64{7, 6, 5, 4}, found: true},
		"is nowhere":                             {live: 7, run: 6, begun: 5, lacking: []int64{6, 5}, read: []int64{7, 6, 5}},
		"is not looked for further than that":    {live: 70, run: 69, begun: 1, lacking: between(40, 69), read: append([]int64{70}, down(69, 50)...)},
		"and nobody knows when the run began":    {live: 3, run: 2, begun: 0, lacking: []int64{2}, read: []int64{3, 2, 1}, found: true},
		"and nobody knows what the run followed": {live: 3, run: 0, begun: 0, read: []int64{3}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.ledger.handover.MapVersion, b.ledger.handover.Run.MapVersion, b.ledger.handover.Run.BegunVersion = tt.live, tt.run, tt.begun
			b.maps.render = func(activities.RenderInput) (activities.Content, error) {
				return activities.Content{Subject: "older"}, nil
			}
			gone := &published{journal: b.journal, m: b.maps.m, lacks: without, render: func(activities.RenderInput) (activities.Content, error) {
				return activities.Content{}, fmt.Errorf("template %q: unknown", "order")
			}}
			b.maps.older = map[int64]func() (*published, error){tt.live: func() (*published, error) { return gone, nil }}
			for _, version := range tt.lacking {
				b.maps.older[version] = func() (*published, error) { return gone, nil }
			}
			maps.Copy(b.maps.older, tt.broken)
			want := journey.ReasonTemplate
			if tt.found {
				want = journey.ReasonSent
			}
			require.Equal(t, want, b.sent(t))
			require.Equal(t, tt.read, b.maps.read[:len(tt.read)])
			if tt.found {
				require.Equal(t, "older", b.mailer.mails[0].Subject)
				require.Equal(t, "Winkel", b.mailer.mails[0].From.Name)
			} else {
				require.Contains(t, b.ledger.detail, `template "order": unknown`)
			}
		})
	}
}

func TestAVanishedTemplateWaitsForARecordThatIsAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ledger.handover.Run.MapVersion = 2
	b.maps.lacks = map[string]bool{"order": true}
	b.maps.older = map[int64]func() (*published, error){2: func() (*published, error) { return nil, errAway }}
	_, err := b.attempt(t)
	require.ErrorContains(t, err, "look for template order in an older map: connection refused")
	require.Empty(t, b.ledger.token, "it is not claimed")
}

// down counts from one version down to another.
func down(from, to int64) []int64 {
	var list []int64
	for v := from; v >= to; v-- {
		list = append(list, v)
	}
	return list
}

// between lists the versions from one to another.
func between(from, to int64) []int64 {
	var list []int64
	for v := from; v <= to; v++ {
		list = append(list, v)
	}
	return list
}
