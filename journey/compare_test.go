package journey

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// touchpoints returns a map with the touchpoints, one a line: "id: rest".
func touchpoints(t testing.TB, head string, lines ...string) *Map {
	t.Helper()
	text := head + "\nphases: [{id: p, enter: [{on: Order Completed}]}]\ntouchpoints:\n"
	for _, line := range lines {
		text += "  - {phase: p, class: service, on: Order Completed, " + line + "}\n"
	}
	return parseMap(t, text)
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const before = "id: tp, do: [{wait: 7d}, {send: {template: a}}, {waitFor: {on: Product Reviewed, for: 7d}, else: [{send: {template: b}}]}]"
	tests := map[string]struct {
		head, after string
		want        []string // what is said of all that does not stay as it is
	}{
		"nothing":      {after: before},
		"other mail":   {after: strings.Replace(before, "template: a", "template: c", 1)},
		"wait shorter": {after: strings.Replace(before, "wait: 7d", "wait: 5d", 1), want: []string{"tp / wait-1: waits for 5d instead of 7d, counted from when the wait began"}},
		"waitFor": {after: strings.Replace(before, "for: 7d", "for: 9d", 1), want: []string{
			"tp / waitFor-1: waits for Product Reviewed for at most 9d instead of Product Reviewed for at most 7d, counted from when the wait began",
		}},
		"step inserted before": {after: strings.Replace(before, "do: [", "do: [{wait: 1h}, ", 1), want: []string{"tp / wait-1: is called wait-2 now"}},
		"step removed":         {after: strings.Replace(before, "{wait: 7d}, ", "", 1), want: []string{"tp / wait-1: is gone; who stands there goes on at send-1"}},
		"last steps removed": {after: "id: tp, do: [{wait: 7d}, {send: {template: a}}]", want: []string{
			"tp / waitFor-1: is gone and nothing is left after it, so its runs end",
			"tp / send-2: is gone and nothing is left after it, so its runs end",
		}},
		"step renamed": {after: strings.Replace(before, "{wait: 7d}", "{id: pause, was: wait-1, wait: 7d}", 1), want: []string{"tp / wait-1: is called pause now"}},
		"step renamed and shorter": {after: strings.Replace(before, "{wait: 7d}", "{id: pause, was: wait-1, wait: 5d}", 1), want: []string{
			"tp / wait-1: waits for 5d instead of 7d, counted from when the wait began; it is called pause now",
		}},
		"touchpoint renamed": {after: strings.Replace(before, "id: tp", "id: new, was: tp", 1), want: []string{
			"tp: is called new now", "tp / wait-1: is called new / wait-1 now", "tp / send-1: is called new / send-1 now",
			"tp / waitFor-1: is called new / waitFor-1 now", "tp / send-2: is called new / send-2 now",
		}},
		"key given": {after: before + ", key: event.order_id", want: []string{"tp: has the key event.order_id, and had none; runs under way go on without one"}},
		"touchpoint replaced": {after: "id: other, do: [{wait: 7d}]", want: []string{
			"tp: is gone, and its runs end", "tp / wait-1: is gone and nothing is left after it, so its runs end",
			"tp / send-1: is gone and nothing is left after it, so its runs end", "tp / waitFor-1: is gone and nothing is left after it, so its runs end",
			"tp / send-2: is gone and nothing is left after it, so its runs end", "other: is new",
		}},
		"paused":     {after: before + ", paused: true", want: []string{"tp: is paused; nothing starts, and what falls due is held"}},
		"map paused": {head: "paused: true", after: before, want: []string{"tp: is paused; nothing starts, and what falls due is held"}},
		"touchpoint finishes": {after: strings.Replace(before, "wait: 7d", "wait: 5d", 1) + ", inFlight: finish", want: []string{
			"tp: runs under way finish on the version with which they began", "tp / wait-1: runs under way finish on the version with which they began",
			"tp / send-1: runs under way finish on the version with which they began", "tp / waitFor-1: runs under way finish on the version with which they began",
			"tp / send-2: runs under way finish on the version with which they began",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			for _, c := range Compare(touchpoints(t, "", before), touchpoints(t, tt.head, tt.after)) {
				if c.Kind != ChangeStays {
					said = append(said, c.Words())
				}
			}
			require.Equal(t, tt.want, said)
		})
	}
}

func TestCompareTellsOfKeysAndOfTouchpointsThatBecomeOne(t *testing.T) {
	t.Parallel()
	const steps = ", do: [{exit: done}]"
	const united = "; who has a run of both for one key keeps the one that has mailed, or else the older one, and the other ends"
	before := touchpoints(t, "", "id: a, key: event.order_id"+steps, "id: b, key: event.number"+steps)
	tests := map[string]struct {
		after []string
		want  []Change
		words []string
	}{
		"one takes the other in": {
			after: []string{"id: b, was: a, key: event.number" + steps},
			want: []Change{
				{Kind: ChangeUnited, Touchpoint: "a", ToTouchpoint: "b"},
				{Kind: ChangeKey, Touchpoint: "a", ToTouchpoint: "b", From: "event.order_id", To: "event.number"},
				{Kind: ChangeRenamed, Touchpoint: "a", Step: "exit-1", ToTouchpoint: "b"},
			},
			words: []string{
				"a: is taken in by b" + united,
				"a: has the key event.number instead of event.order_id; runs under way keep the one with which they began, and nothing that had its run under it gets a second one",
				"a / exit-1: is called b / exit-1 now",
			},
		},
		"a new one takes both in": {
			after: []string{"id: c, was: [a, b], key: event.number" + steps},
			want: []Change{
				{Kind: ChangeUnited, Touchpoint: "a", ToTouchpoint: "c"},
				{Kind: ChangeKey, Touchpoint: "a", ToTouchpoint: "c", From: "event.order_id", To: "event.number"},
				{Kind: ChangeRenamed, Touchpoint: "a", Step: "exit-1", ToTouchpoint: "c"},
				{Kind: ChangeUnited, Touchpoint: "b", ToTouchpoint: "c"},
				{Kind: ChangeRenamed, Touchpoint: "b", Step: "exit-1", ToTouchpoint: "c"},
			},
		},
		"a key is gone": {
			after: []string{"id: a" + steps, "id: b, key: event.number" + steps},
			want:  []Change{{Kind: ChangeKey, Touchpoint: "a", From: "event.order_id"}},
			words: []string{"a: has no key any more; runs under way keep event.order_id, with which they began"},
		},
		"another name alone": {
			after: []string{"id: x, was: a, key: event.order_id" + steps, "id: b, key: event.number" + steps},
			want: []Change{
				{Kind: ChangeRenamed, Touchpoint: "a", ToTouchpoint: "x"}, {Kind: ChangeRenamed, Touchpoint: "a", Step: "exit-1", ToTouchpoint: "x"},
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := touchpoints(t, "", tt.after...)
			var changes []Change
			var words []string
			for _, c := range Compare(before, after) {
				if c.Kind != ChangeStays {
					changes, words = append(changes, c), append(words, c.Words())
				}
			}
			require.Equal(t, tt.want, changes)
			if tt.words != nil {
				require.Equal(t, tt.words, words)
			}
		})
	}
	require.Equal(t, []string{"b", "a"}, touchpoints(t, "", "id: b, was: a"+steps).TouchpointIDs("a"))
	require.Nil(t, before.TouchpointIDs("other"))
}

func TestCompareCountsEverything(t *testing.T) {
	t.Parallel()
	m := touchpoints(t, "", "id: a, do: [{wait: 7d}, {send: {template: a}}]", "id: b, paused: true, do: [{exit: done}]")
	changes := Compare(m, m)
	require.Len(t, changes, 5, "two touchpoints and three steps")
	resumed := Compare(m, touchpoints(t, "", "id: b, do: [{exit: done}]"))
	require.Equal(t, Change{Kind: ChangeResumed, Touchpoint: "b"}, resumed[3])
	require.Equal(t, "b: is resumed; what was held goes on", resumed[3].Words())
	text, err := json.Marshal(changes[1])
	require.NoError(t, err)
	require.JSONEq(t, `{"kind":"stays","touchpoint":"a","step":"wait-1"}`, string(text))
}

// TestPreviewIsWhatDecideDoes compares the two for a run that waits.
func TestPreviewIsWhatDecideDoes(t *testing.T) {
	t.Parallel()
	before := touchpoints(t, "", "id: tp, do: [{wait: 7d}, {send: {template: a}}]")
	for name, after := range map[string]*Map{
		"shorter":  touchpoints(t, "policy: {spread: 30m}", "id: tp, do: [{wait: 1h}, {send: {template: a}}]"),
		"longer":   touchpoints(t, "", "id: tp, do: [{wait: 9d}, {send: {template: a}}]"),
		"moves":    touchpoints(t, "policy: {spread: 30m}", "id: tp, do: [{send: {template: a}}]"),
		"ends":     touchpoints(t, "", "id: other, do: [{exit: done}]"),
		"finishes": touchpoints(t, "", "id: tp, inFlight: finish, do: [{exit: done}]"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, before, "c-1")
			e.store(Event{Type: TypeIdentify, Timestamp: e.now, Traits: map[string]any{"email": "jo@example.com"}},
				Event{Type: TypeTrack, Name: "Order Completed", Timestamp: e.now})
			e.decide()
			e.reach(engineStart.Add(2 * day))
			e.publish(after)
			in := e.input()
			previewed, err := after.Preview(in)
			require.NoError(t, err)
			require.Len(t, previewed, 1)
			e.decide()
			require.Equal(t, e.run(previewed[0].ID).Due, previewed[0].Due)
			require.Equal(t, e.run(previewed[0].ID).Status, previewed[0].Status)
			require.Equal(t, e.run(previewed[0].ID).Step, previewed[0].Step)
			if name == "shorter" {
				require.Equal(t, e.now.Add(spreadOffset("c-1", 30*time.Minute)), previewed[0].Due)
			}
		})
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	alarms := func(text string) string {
		return parseMap(t, text+"\nphases: [{id: a, enter: [{on: A}]}, {id: b, enter: [{on: B}, {after: 30d, without: A}]}]").Alarms()
	}
	require.Empty(t, touchpoints(t, "", "id: tp, do: [{exit: done}]").Alarms())
	require.Equal(t, alarms("locale: nl"), alarms("locale: en"))
	require.NotEqual(t, alarms("timezone: UTC"), alarms("timezone: Europe/Amsterdam"))
	touchpoint := func(trigger string) string {
		return alarms("touchpoints: [{id: tp, phase: a, class: service, " + trigger + ", do: [{exit: done}]}]")
	}
	texts := map[string]bool{}
	for _, trigger := range []string{"on: A", "date: {trait: birthday}", "date: {trait: birthday, offset: -7d}", "absence: {after: 30d, without: A}", "absence: {after: 31d, without: A}"} {
		texts[touchpoint(trigger)] = true
	}
	require.Len(t, texts, 5)
}

// TestCompareDates says of a date that comes later that some come to it twice.
func TestCompareDates(t *testing.T) {
	t.Parallel()
	dated := func(offset string) *Map {
		return parseMap(t, "phases: [{id: p, enter: [{on: A}]}]\n"+
			"touchpoints: [{id: tp, phase: p, class: service, date: {trait: birthday, offset: "+offset+"}, do: [{send: {template: a}}]}]\n")
	}
	const again = "; who got it lately gets it again when the new date comes"
	for offsets, want := range map[[2]string]string{
		{"-7d", "-1d"}: "tp: comes a day before the date instead of 7 days before the date" + again,
		{"-7d", "0d"}:  "tp: comes on the date instead of 7 days before the date" + again,
		{"0d", "3d"}:   "tp: comes 3 days after the date instead of on the date" + again,
		{"0d", "1d"}:   "tp: stays as it is",
		{"-1d", "-7d"}: "tp: stays as it is",
	} {
		require.Equal(t, want, Compare(dated(offsets[0]), dated(offsets[1]))[0].Words(), offsets)
	}
}
