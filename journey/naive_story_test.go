package journey

import (
	"slices"
	"time"

	"pgregory.net/rapid"
)

// drawnBatch is what comes at one instant, some time after the former: events, or a newer map.
type drawnBatch struct {
	gap     time.Duration
	events  []Event
	publish bool
}

// drawStory draws what happens to a customer, in the order in which it happens.
func drawStory(t *rapid.T) []drawnBatch {
	batch := rapid.Custom(func(t *rapid.T) drawnBatch {
		return drawnBatch{
			gap:    rapid.OneOf(hours(1, 30), hours(1, 300)).Draw(t, "gap"),
			events: rapid.SliceOfN(rapid.Custom(drawEvent), 1, 3).Draw(t, "events"),
		}
	})
	first := Event{Type: TypeIdentify, Name: TypeIdentify, Traits: map[string]any{"email": "jo@example.com"}}
	return append([]drawnBatch{{gap: time.Hour, events: []Event{first}}}, rapid.SliceOfN(batch, 1, 12).Draw(t, "story")...)
}

func drawEvent(t *rapid.T) Event {
	names := slices.Concat(drawnEvents, drawnEvents, []string{
		TypeIdentify, SurveyAnswered, ConsentGiven, ConsentWithdrawn, TaskCompleted, TaskCreated, PreferencesChanged, OrderCancelled, OrderRefunded, "Page Liked",
	})
	e := Event{Type: TypeTrack, Name: rapid.SampledFrom(names).Draw(t, "name"), Properties: map[string]any{}}
	put := func(name string, of ...any) {
		if v := rapid.SampledFrom(of).Draw(t, name); v != nil {
			e.Properties[name] = v
		}
	}
	switch e.Name {
	case TypeIdentify:
		e.Type, e.Traits = TypeIdentify, drawTraits(t)
	case SurveyAnswered:
		e.Properties["survey"], e.Properties["score"] = "t0", 9.0
		put("run_id", nil, RunID("c-1", "t0", "", 1), RunID("c-1", "t0", "1", 1), RunID("c-1", "t1", "", 1))
		put("order_id", "1", nil)
	case ConsentGiven, ConsentWithdrawn:
		put("class", "marketing", "service", nil)
	case PreferencesChanged:
		put("frequency", "weekly", "normal", nil)
		put("not_before", nil, nil, "", "2026-03-06T12:34:00Z", "2026-03-20T08:00:00Z")
	case TaskCompleted, TaskCreated:
		put("task_id", "1", "2")
	default:
		put("order_id", "1", "1", 2.0, nil)
		put("total", 5.0, 50.0, 100.0, nil)
	}
	return e
}

func drawTraits(t *rapid.T) map[string]any {
	traits := map[string]any{
		rapid.SampledFrom([]string{"tier", "plan"}).Draw(t, "trait"): rapid.SampledFrom([]any{1.0, 2.0, nil}).Draw(t, "value"),
	}
	put := func(name string, of ...any) {
		if v := rapid.SampledFrom(of).Draw(t, name); v != nil {
			traits[name] = v
		}
	}
	put("timezone", nil, "America/New_York", "Asia/Kolkata", "Europe/Amsterdam")
	put("birthday", nil, "1990-03-10", "--04-01", "2026-03-20", "1980-02-29")
	put("marketing_consent", nil, nil, true, false)
	return traits
}
