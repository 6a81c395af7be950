package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

func TestPast(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		at := func(messageID, user, name string, hour int) journey.Event {
			event := track(messageID, user, "", name)
			event.Timestamp = start.Add(time.Duration(hour) * time.Hour)
			return event
		}
		r.ingest(t, waking, at("1", "u", "view", -3), at("2", "u", "order", -2), at("3", "u", "view", -1), at("4", "v", "view", -1), at("5", "u", "view", -4))
		id := r.customer(t, "u")
		r.decide(t, r.customer(t, "v"), echo)
		r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			events, err := in.Past.Named([]string{"view", "order"}, time.Time{})
			require.Empty(t, events, "what is decided about now is not past")
			return journey.Outcome{}, err
		})
		r.ingest(t, waking, at("6", "u", "view", 0))
		for name, test := range map[string]struct {
			names []string
			since time.Time
			want  []string
		}{
			"all":           {[]string{"view"}, time.Time{}, []string{"1", "3", "5"}},
			"two names":     {[]string{"order", "view"}, time.Time{}, []string{"1", "2", "3", "5"}},
			"since":         {[]string{"view"}, start.Add(-3 * time.Hour), []string{"1", "3"}},
			"after":         {[]string{"view"}, start.Add(-3*time.Hour + time.Microsecond), []string{"3"}},
			"unknown names": {[]string{"nothing"}, time.Time{}, nil},
			"no names":      {nil, time.Time{}, nil},
		} {
			r.decide(t, id, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
				var got []string
				events, err := in.Past.Named(test.names, test.since)
				for _, event := range events {
					if event.MessageID != "6" {
						got = append(got, event.MessageID)
					}
				}
				require.Equal(t, test.want, got, name)
				return journey.Outcome{}, err
			})
		}
	})
}

func TestDecisionsAreFound(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		u, v := r.plan(t, "u"), r.plan(t, "v")
		detail := journey.Decision{
			At: start, Kind: journey.DecidedNoSend, Reason: journey.ReasonHoldout, Phase: "care", Touchpoint: "review",
			RunID: "run-u", Step: "send-1", MessageID: "m", EventSeq: 7, Detail: map[string]any{"share": 0.1},
		}
		r.decide(t, u, func(context.Context, journey.Input) (journey.Outcome, error) {
			return journey.Outcome{Decisions: []journey.Decision{detail, {Kind: journey.DecidedSend, Touchpoint: "review"}}}, nil
		})
		for name, test := range map[string]struct {
			customer, touchpoint string
			limit                int
			want                 []string
		}{
			"any":           {"", "", 10, []string{u, u, v, u}},
			"newest":        {"", "", 1, []string{u}},
			"by customer":   {u, "", 10, []string{u, u, u}},
			"by touchpoint": {"", "review", 10, []string{u, u}},
			"by both":       {v, "review", 10, nil},
		} {
			decisions, err := r.Decisions(t.Context(), test.customer, test.touchpoint, test.limit)
			require.NoError(t, err)
			var customers []string
			for _, decided := range decisions {
				customers = append(customers, decided.CustomerID)
			}
			require.Equal(t, test.want, customers, name)
		}
		decisions, err := r.Decisions(t.Context(), u, "review", 10)
		require.NoError(t, err)
		require.Equal(t, Decided{Decision: detail, Seq: decisions[1].Seq, CustomerID: u, In: 2}, decisions[1])
	})
}
