package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestPropertyClockChanges looks at mails around both changes of the clocks, held by hours and handed over late.
func TestPropertyClockChanges(t *testing.T) {
	t.Parallel()
	zones := map[string][]string{
		"Europe/Amsterdam":    {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
		"America/Santiago":    {"2026-09-06T04:00:00Z", "2026-04-05T03:00:00Z"},
		"Australia/Sydney":    {"2026-10-03T16:00:00Z", "2026-04-04T16:00:00Z"},
		"Australia/Lord_Howe": {"2026-10-03T15:30:00Z", "2026-04-04T15:00:00Z"},
	}
	names := []string{"Europe/Amsterdam", "America/Santiago", "Australia/Sydney", "Australia/Lord_Howe"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(names).Draw(t, "zone")
		loc, _ := time.LoadLocation(zone)
		change, _ := time.Parse(time.RFC3339, rapid.SampledFrom(zones[zone]).Draw(t, "change"))
		clock := func(label string) string {
			return rapid.SampledFrom([]string{"00:00", "00:30", "01:00", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "04:00", "09:00", "21:00", "23:30"}).Draw(t, label)
		}
		policy := fmt.Sprintf("policy: {spread: 1s, held: {for: 30d, then: drop}, quietHours: {from: %q, to: %q}, caps: [{classes: [marketing], max: 1, per: %dh}]", clock("from"), clock("to"), rapid.IntRange(1, 30).Draw(t, "per"))
		if rapid.Bool().Draw(t, "window") {
			policy += fmt.Sprintf(", windows: [{classes: [marketing], days: [saturday, sunday, monday], from: %q, to: %q}]", clock("wfrom"), clock("wto"))
		}
		wait := rapid.SampledFrom([]string{"1h", "24h", "next sunday " + clock("wait"), clock("wait"), "1 working day", "1 month"}).Draw(t, "waitkind")
		if len(wait) == 5 {
			wait = `"` + wait + `"`
		}
		text := policy + "}\n" + `
phases: [{id: p, enter: [{on: Order Completed}]}]
touchpoints: [{id: tp, phase: p, class: marketing, on: Order Completed, key: event.order_id, do: [{wait: ` + wait + `}, {send: {template: a}}, {send: {template: b}}]}]
`
		m, err := parseEdited(text)
		require.NoError(t, err)
		if err != nil {
			return
		}
		e := newEngine(t, m, "c-1")
		begin := change.Add(time.Duration(rapid.IntRange(-60*60, 8*60).Draw(t, "minutes")) * time.Minute)
		e.now = begin.Add(-time.Hour)
		yes := Consent{Given: true, At: e.now}
		e.state.Facts = Facts{Consents: map[Class]Consent{Service: yes, Marketing: yes}}
		late := time.Duration(rapid.IntRange(0, 200).Draw(t, "late")) * time.Minute
		e.provider = func(Message) (time.Duration, Reason) { return late, "" }
		var sent []time.Time
		e.settling = func(msg Message, s Settlement) {
			if s.Sent {
				sent = append(sent, s.At)
			}
		}
		e.store(Event{Type: TypeIdentify, Name: TypeIdentify, Timestamp: e.now, Traits: map[string]any{"email": "jo@example.com", "timezone": zone}})
		e.decide()
		e.reach(begin)
		e.store(Event{Type: TypeTrack, Name: OrderCompleted, Timestamp: e.now, Properties: map[string]any{"order_id": "1"}})
		e.decide()
		e.until(begin.Add(60 * day))
		allowed := func(at time.Time) bool {
			q := m.Policy.QuietHours
			if q != nil && shownBy(*q, at, loc) {
				return false
			}
			return len(m.Policy.Windows) == 0 || slices.ContainsFunc(m.Policy.Windows, func(w Window) bool { return shownBy(w.Hours, at, loc) })
		}
		for i, at := range sent {
			require.True(t, allowed(at), "%s in %s under %s", at.In(loc), zone, policy)
			if i > 0 {
				require.GreaterOrEqual(t, at.Sub(sent[i-1]), m.Policy.Caps[0].Per, "over the cap: %v", sent)
			}
		}
		if late == 0 && len(sent) > 0 { // the first minute that is allowed
			due := m.Touchpoints[0].Steps[0].Wait.After(begin, loc)
			for minute := due; minute.Before(sent[0].Add(-time.Minute - time.Second)); minute = minute.Add(time.Minute) {
				require.False(t, allowed(minute), "might have gone at %s, went at %s", minute.In(loc), sent[0].In(loc))
			}
		}
	})
}
