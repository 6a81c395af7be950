package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// spreadWide is a policy under which an edit takes effect for the customer of these tests some hours later.
const spreadWide = "policy: {spread: 24h}\n"

// TestEditTakenBack plays edits that follow each other within the spread: each is followed from where the customer waited
// before the first, as long as that has not taken effect.
func TestEditTakenBack(t *testing.T) {
	t.Parallel()
	spread := spreadOffset("c-1", 24*time.Hour)
	require.Greater(t, spread, 3*time.Hour)
	const (
		month   = "[{wait: 30d}, {send: {template: a}}]"
		nothing = "[{send: {template: a}}]"
		after   = "[{wait: 1d}, {send: {template: b}}]"
		answer  = "[{waitFor: {on: Product Reviewed, for: 30d}, do: [{send: {template: thanks}}], else: [{send: {template: a}}]}, {wait: 1d}, {send: {template: b}}]"
	)
	at := func(after time.Duration, template string) string { return after.String() + " " + template }
	tests := map[string]struct {
		first, second string
		third         string // published three hours after the second; nothing when empty
		waits         time.Duration
		between       string // an event that comes between the second and the third
		finish        bool
		want          []string
	}{
		"rolled back in time":          {first: month, second: nothing, third: month, waits: 5 * day, want: []string{at(30*day, "a")}},
		"not rolled back":              {first: month, second: nothing, waits: 5 * day, want: []string{at(5*day+spread, "a")}},
		"another edit puts nobody off": {first: month, second: nothing, third: "[{send: {template: a}}, {wait: 1d}]", waits: 5 * day, want: []string{at(5*day+spread, "a")}},
		"half rolled back":             {first: month, second: nothing, third: "[{wait: 20d}, {send: {template: a}}]", waits: 5 * day, want: []string{at(20*day, "a")}},
		"the wait has ended meanwhile": {first: month, second: nothing, third: month, waits: 30*day - time.Hour, want: []string{at(30*day+2*time.Hour+spread, "a")}},
		"the time-out still to come": {
			first: answer, second: after, third: answer, waits: 5 * day, want: []string{at(30*day, "a"), at(31*day, "b")},
		},
		"the event came meanwhile": {
			first: answer, second: after, third: answer, waits: 5 * day, between: "Product Reviewed",
			want: []string{at(5*day+spread, "thanks"), at(6*day+spread, "b")},
		},
		"finishing where it began": {first: month, second: nothing, third: nothing, finish: true, waits: 5 * day, want: []string{at(30*day, "a")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, withStepsUnder(spreadWide, tt.first))
			x.ev(OrderCompleted, nil)
			x.at(tt.waits)
			x.pub(t, withStepsUnder(spreadWide, tt.second))
			x.at(tt.waits + time.Hour)
			if tt.between != "" {
				x.ev(tt.between, nil)
			}
			x.at(tt.waits + 3*time.Hour)
			if tt.third != "" {
				head := spreadWide
				if tt.finish {
					head += "inFlight: finish\n"
				}
				x.pub(t, withStepsUnder(head, tt.third))
			}
			x.at(90 * day)
			require.Equal(t, tt.want, x.mails)
			for _, r := range x.state.Runs {
				require.Nil(t, r.Before, "nothing is to be taken back any more")
			}
		})
	}
}

// TestEditTakenBackIsTold where it brings a customer back to the step at which they waited, and only there.
func TestEditTakenBackIsTold(t *testing.T) {
	t.Parallel()
	const month = "[{wait: 30d}, {send: {template: a}}]"
	for second, told := range map[string]int{"[{send: {template: a}}]": 2, "[{wait: 30d}, {send: {template: b}}]": 0} {
		x := newEdited(t, withStepsUnder(spreadWide, month))
		x.ev(OrderCompleted, nil)
		x.at(5 * day)
		x.pub(t, withStepsUnder(spreadWide, second))
		x.at(5*day + time.Hour)
		x.pub(t, withStepsUnder(spreadWide, month))
		require.Equal(t, told, x.reasons(DecidedStep, ReasonEdited), second)
	}
}

// TestEditAfterAMissedOne publishes a map after an edit took effect that nobody noticed: nothing happens before its publication.
func TestEditAfterAMissedOne(t *testing.T) {
	t.Parallel()
	x := newEdited(t, withStepsUnder(spreadWide, "[{wait: 30d}, {send: {template: a}}]"))
	x.ev(OrderCompleted, nil)
	x.at(5 * day)
	x.pub(t, withStepsUnder(spreadWide, "[{send: {template: a}}]"))
	x.now = x.now.Add(23 * time.Hour)
	require.True(t, x.state.Runs[0].Due.Before(x.now))
	x.pub(t, withStepsUnder(spreadWide, "[{send: {template: a}}, {wait: 1d}]"))
	require.Equal(t, []string{"143h0m0s a"}, x.mails)
	require.Equal(t, x.now, x.state.Runs[0].ExposedAt)
}

// TestEditTakenBackTooLate rolls back when the customer was mailed already.
func TestEditTakenBackTooLate(t *testing.T) {
	t.Parallel()
	x := newEdited(t, withStepsUnder(spreadWide, "[{wait: 30d}, {send: {template: a}}, {wait: 1d}, {send: {template: b}}]"))
	x.ev(OrderCompleted, nil)
	x.at(5 * day)
	x.pub(t, withStepsUnder(spreadWide, "[{send: {template: a}}, {wait: 1d}, {send: {template: b}}]"))
	x.at(6*day + time.Hour)
	require.Len(t, x.mails, 1)
	x.pub(t, withStepsUnder(spreadWide, "[{wait: 30d}, {send: {template: a}}, {wait: 1d}, {send: {template: b}}]"))
	x.at(60 * day)
	require.Len(t, x.mails, 2)
	require.Contains(t, x.mails[1], " b")
}

// TestEditTakenBackWhileUnderWay takes a step away whose message is under way, and puts it back before that is deferred.
func TestEditTakenBackWhileUnderWay(t *testing.T) {
	t.Parallel()
	const steps = "[{id: first, send: {template: a}}, {wait: 7d}, {send: {template: b}}]"
	x := newEdited(t, withSteps(steps))
	x.provider = func(m Message) (time.Duration, Reason) { return time.Hour, "" }
	x.ev(OrderCompleted, nil)
	x.at(20 * time.Minute)
	x.pub(t, withSteps("[{wait: 7d}, {send: {template: b}}]"))
	x.at(40 * time.Minute)
	x.pub(t, withStepsUnder(`policy: {quietHours: {from: "09:45", to: "11:00", days: [monday]}}`, steps))
	x.at(30 * day)
	require.Len(t, x.mails, 2)
	require.Contains(t, x.mails[0], " a", "the deferred message is tried again")
	require.Equal(t, 1, x.reasons(DecidedHeld, ReasonDeferred))
}

// TestEditTakenBackHeld rolls back for a run whose message policy held, and for one that was paused.
func TestEditTakenBackHeld(t *testing.T) {
	t.Parallel()
	quiet := `policy: {spread: 24h, quietHours: {from: "08:00", to: "20:00"}}`
	x := newEdited(t, withStepsUnder(quiet, "[{id: first, send: {template: a}}, {send: {template: b}}]"))
	x.ev(OrderCompleted, nil)
	x.at(time.Hour)
	held := x.state.Runs[0]
	require.Equal(t, ReasonQuietHours, held.Held)
	x.pub(t, withStepsUnder(quiet, "[{send: {template: b}}]"))
	require.Equal(t, ReasonEdited, x.state.Runs[0].Held)
	require.Equal(t, held.stand(), *x.state.Runs[0].Before)
	x.at(2 * time.Hour)
	x.pub(t, withStepsUnder(quiet, "[{id: first, send: {template: a}}, {send: {template: b}}]"))
	require.Equal(t, ReasonQuietHours, x.state.Runs[0].Held)
	require.Equal(t, held.HeldSince, x.state.Runs[0].HeldSince)
	x.at(5 * day)
	require.Len(t, x.mails, 2)

	pausedMap := "paused: true\n" + spreadWide
	y := newEdited(t, withStepsUnder(spreadWide, "[{wait: 1h}, {send: {template: a}}]"))
	y.ev(OrderCompleted, nil)
	y.pub(t, withStepsUnder(pausedMap, "[{wait: 1h}, {send: {template: a}}]"))
	y.at(2 * time.Hour)
	require.Equal(t, ReasonPaused, y.state.Runs[0].Held)
	y.pub(t, withStepsUnder(spreadWide, "[{wait: 1h}, {send: {template: a}}]"))
	require.Equal(t, ReasonEdited, y.state.Runs[0].Held)
	y.at(3 * time.Hour)
	y.pub(t, withStepsUnder(pausedMap, "[{wait: 1h}, {send: {template: a}}]"))
	require.Equal(t, ReasonPaused, y.state.Runs[0].Held)
	y.at(10 * day)
	require.Empty(t, y.mails)
	require.Equal(t, 2, y.reasons(DecidedHeld, ReasonPaused))
}

// TestFinishReturnsToWhatWasRenamed has a step renamed under a customer who then finishes under the version without that name.
func TestFinishReturnsToWhatWasRenamed(t *testing.T) {
	t.Parallel()
	const finish = "inFlight: finish\n"
	for name, tt := range map[string]struct{ began, renamed, finishes string }{
		"it had no name":             {"{wait: 30d}", "{id: month, was: wait-1, wait: 30d}", "{id: month, wait: 30d}"},
		"it had another":             {"{id: days, wait: 30d}", "{id: month, was: days, wait: 30d}", "{id: month, wait: 30d}"},
		"what it waits for was new":  {"{id: days, wait: 30d}", "{id: month, was: days, wait: 40d}", "{id: month, wait: 9d}"},
		"another step has that name": {"{id: days, wait: 30d}", "{id: month, was: days, wait: 30d}, {id: days-2, wait: 1d}", "{id: month, wait: 30d}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := func(step string) string { return withSteps("[" + step + ", {send: {template: a}}]") }
			x := newEdited(t, text(tt.began))
			x.ev(OrderCompleted, nil)
			x.at(2 * day)
			x.pub(t, text(tt.renamed))
			x.at(4 * day)
			x.pub(t, finish+text(tt.finishes))
			x.at(90 * day)
			require.Equal(t, []string{(30 * day).String() + " a"}, x.mails)
		})
	}
}

// TestAMoveTakenBack lets steps without names change places, and takes that back: everybody stands where they stood.
func TestAMoveTakenBack(t *testing.T) {
	t.Parallel()
	answer := func(do string) string {
		return "{waitFor: {on: Product Reviewed, for: 7d}, do: " + do + ", else: [{send: {template: c}}]}"
	}
	arm := func(steps string) string {
		return "[{branch: [{if: customer.orders > 0, do: " + steps + "}]}, {send: {template: z}}]"
	}
	const (
		plain  = "[{wait: 7d}, {send: {template: b}}, {send: {template: c}}]"
		sooner = "[{wait: 6d}, {send: {template: c}}]"
	)
	asked, moved := "[{send: {template: a}}, "+answer("[{send: {template: b}}, {send: {template: d}}]")+"]", "["+answer("[{send: {template: d}}]")+", {send: {template: a}}]"
	tests := map[string]struct {
		head     string
		versions []string // one an hour
		like     []string // what the customer gets is what these versions give
	}{
		"rolled back":       {"", []string{asked, moved, asked}, []string{asked}},
		"finish":            {"inFlight: finish\n", []string{asked, moved, moved}, []string{asked}},
		"in an arm":         {"", []string{arm("[{send: {template: a}}, {send: {template: b}}, {wait: 7d}]"), arm("[{wait: 7d}, {send: {template: a}}]"), arm("[{send: {template: a}}, {send: {template: b}}, {wait: 7d}]")}, []string{arm("[{send: {template: a}}, {send: {template: b}}, {wait: 7d}]")}},
		"two edits":         {"", []string{plain, sooner, "[{wait: 6d}, {wait: 5d}, {send: {template: c}}]", plain}, []string{plain}},
		"to one in between": {"", []string{plain, asked, moved, asked}, []string{plain, asked}},
		"several steps": {"", []string{
			"[{send: {template: a}}, {send: {template: b}}, {wait: 28h}, {send: {template: c}}]", "[{wait: 28h}, {send: {template: a}}]",
			"[{send: {template: a}}, {send: {template: b}}, {wait: 28h}, {send: {template: c}}]",
		}, []string{"[{send: {template: a}}, {send: {template: b}}, {wait: 28h}, {send: {template: c}}]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play := func(versions []string, head string) []string {
				x := newEdited(t, withStepsUnder(spreadWide, versions[0]))
				x.ev(OrderCompleted, nil)
				for i, steps := range versions[1:] {
					x.at(time.Duration(i+1) * time.Hour)
					if i+2 == len(versions) {
						steps = head + withStepsUnder(spreadWide, steps)
					} else {
						steps = withStepsUnder(spreadWide, steps)
					}
					x.pub(t, steps)
				}
				x.at(60 * day)
				for _, r := range x.state.Runs {
					require.Empty(t, r.Stood, "only as long as the run stands at its step")
				}
				return x.mails
			}
			require.Equal(t, play(tt.like, ""), play(tt.versions, tt.head))
		})
	}
}

// TestFinishingAfterARename returns to the version before a step, and the touchpoint, had another name.
func TestFinishingAfterARename(t *testing.T) {
	t.Parallel()
	v := func(head, touchpoint, steps string) string {
		return head + "phases: [{id: p, enter: [{on: A}]}]\ntouchpoints: [{" + touchpoint + ", phase: p, class: service, on: Order Completed, do: " + steps + "}]\n"
	}
	const steps = "wait: 10d}, {send: {template: a}}]"
	tests := map[string]struct {
		first  string
		others []string // the last one lets runs finish
		waits  time.Duration
		want   []string
	}{
		"at the step":                {"[{id: x, " + steps, []string{"[{id: y, was: x, " + steps, "[{id: y, was: x, " + steps}, day, []string{"240h0m0s a"}},
		"named by its place":         {"[{" + steps, []string{"[{wait: 1h}, {" + steps, "[{wait: 1h}, {id: y, was: wait-2, " + steps, "[{wait: 1h}, {id: y, " + steps}, day, []string{"240h0m0s a"}},
		"come there under that name": {"[{wait: 3d}, {id: x, " + steps, []string{"[{wait: 3d}, {id: y, was: x, " + steps, "[{wait: 3d}, {id: y, " + steps}, 2 * day, []string{"312h0m0s a"}},
		"and it was changed":         {"[{id: x, " + steps, []string{"[{id: y, was: x, wait: 30d}, {send: {template: a}}]", "[{id: y, wait: 30d}, {send: {template: a}}]"}, day, []string{"240h0m0s a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, v("", "id: tp", tt.first))
			x.ev(OrderCompleted, nil)
			for i, steps := range tt.others {
				x.at(time.Duration(i+1) * tt.waits)
				head := ""
				if i+1 == len(tt.others) {
					head = "inFlight: finish\n"
				}
				x.pub(t, v(head, "id: other, was: tp", steps))
			}
			x.at(60 * day)
			require.Equal(t, tt.want, x.mails)
		})
	}
}
