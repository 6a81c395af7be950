package replay

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var testClock = Clock{J0: noon.AddDate(0, 0, -20), R0: time.Date(2026, time.March, 14, 9, 0, 0, 0, time.UTC), Speed: MaxSpeed}

const tolerance = 2 * time.Second

// perfect returns the inbox as it should be, every mail 50 ms late.
func perfect(events []Event) []Arrival {
	var arrivals []Arrival
	for i, m := range Expect(events) {
		due := m.Due
		if m.Template == reminder {
			due = testClock.Journey(arrivals[i-1].Created).Add(reminderAfter - requestAfter)
		}
		arrivals = append(arrivals, Arrival{
			ID: fmt.Sprintf("mail-%d", i), Email: m.Email, Subject: fmt.Sprintf("%s %s %s", m.Template, m.Order, m.Locale),
			Created: testClock.Real(due).Add(50 * time.Millisecond),
		})
	}
	return arrivals
}

func TestCheckPassesThePerfectInbox(t *testing.T) {
	t.Parallel()
	events := NewScript(Synthetic(300, 2), 2, day).Events
	arrivals := perfect(events)
	verdict := Check(events, arrivals, testClock, tolerance)
	require.Empty(t, verdict.Differences)
	right := verdict.Right[confirmation] + verdict.Right[request] + verdict.Right[reminder]
	require.Equal(t, len(arrivals), right)
	require.Len(t, verdict.Lateness[reminder], verdict.Right[reminder])
	require.InDelta(t, 50*time.Millisecond, percentile(verdict.Lateness[request], 0.99), float64(time.Microsecond))
}

// TestCheckFindsEveryPlantedFault plants each fault at every place where it can be, one at a time.
func TestCheckFindsEveryPlantedFault(t *testing.T) {
	t.Parallel()
	events := NewScript(Synthetic(60, 2), 2, day).Events
	good := perfect(events)
	type fault func(arrivals []Arrival, i int) []Arrival
	change := func(how func(a *Arrival)) fault {
		return func(arrivals []Arrival, i int) []Arrival {
			how(&arrivals[i])
			return arrivals
		}
	}
	tests := map[string]struct {
		plant fault
		want  []Kind
	}{
		"missing": {
			func(arrivals []Arrival, i int) []Arrival { return slices.Delete(arrivals, i, i+1) }, []Kind{Missing},
		},
		"double at once": {
			func(arrivals []Arrival, i int) []Arrival { return append(arrivals, arrivals[i]) }, []Kind{Double},
		},
		"double weeks later": {
			func(arrivals []Arrival, i int) []Arrival {
				again := arrivals[i]
				again.Created = again.Created.Add(20 * time.Second)
				return append(arrivals, again)
			}, []Kind{Double},
		},
		"another customer":    {change(func(a *Arrival) { a.Email = "x" + a.Email }), []Kind{Missing, WrongCustomer}},
		"a second recipient":  {change(func(a *Arrival) { a.Email += ",bob@replay.example" }), []Kind{Missing, WrongCustomer}},
		"another language":    {change(func(a *Arrival) { a.Subject = a.Subject[:len(a.Subject)-2] + "fr" }), []Kind{WrongLanguage}},
		"another order":       {change(func(a *Arrival) { a.Subject = confirmation + " 1234 nl" }), []Kind{Missing, Unexpected}},
		"an empty subject":    {change(func(a *Arrival) { a.Subject = "" }), []Kind{Missing, Unexpected}},
		"an unknown template": {change(func(a *Arrival) { a.Subject = "x" + a.Subject }), []Kind{Missing, Unexpected}},
		"too early":           {change(func(a *Arrival) { a.Created = a.Created.Add(-150 * time.Millisecond) }), []Kind{TooEarly}},
		"too late":            {late, []Kind{TooLate}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, at := range good {
				verdict := Check(events, tt.plant(slices.Clone(good), i), testClock, tolerance)
				var kinds []Kind
				for _, d := range verdict.Differences {
					kinds = append(kinds, d.Kind)
				}
				slices.Sort(kinds)
				require.Equal(t, tt.want, kinds, "mail %d: %s", i, at.Subject)
			}
		})
	}
}

// late makes a mail too late, and its reminder with it, as the wait begins then.
func late(arrivals []Arrival, i int) []Arrival {
	arrivals[i].Created = arrivals[i].Created.Add(tolerance)
	if i+1 < len(arrivals) && strings.HasPrefix(arrivals[i+1].Subject, reminder) {
		arrivals[i+1].Created = arrivals[i+1].Created.Add(tolerance)
	}
	return arrivals
}

func TestCheckMeasuresAReminderByItsRequest(t *testing.T) {
	t.Parallel()
	events := tell(completed, 1, delivered, 24)
	for shift, want := range map[time.Duration][]Kind{0: nil, 200 * time.Millisecond: nil, 400 * time.Millisecond: {TooEarly}} {
		good := perfect(events)
		good[1].Created = good[1].Created.Add(shift)
		var kinds []Kind
		for _, d := range Check(events, good, testClock, tolerance).Differences {
			require.Equal(t, reminder, d.Template)
			kinds = append(kinds, d.Kind)
		}
		require.Equal(t, want, kinds, "the request came %s later, but not the reminder", shift)
	}
}

func TestCheckFindsMailsAfterACancel(t *testing.T) {
	t.Parallel()
	events := NewScript(Synthetic(300, 2), 2, day).Events
	good := perfect(events)
	expected := map[letter]bool{}
	for _, m := range Expect(events) {
		expected[letter{order: m.Order, template: m.Template}] = true
	}
	planted := map[Kind]int{}
	for order, story := range Stories(events) {
		if story.Delivered == nil {
			planted[Unexpected] += plant(t, events, good, story, letter{order, request}, noon.AddDate(1, 0, 0), Unexpected)
			continue
		}
		for template, after := range map[string]time.Duration{request: requestAfter, reminder: reminderAfter} {
			name := letter{order, template}
			if !expected[name] {
				planted[AfterCancel] += plant(t, events, good, story, name, story.Delivered.At.Add(after), AfterCancel)
			}
		}
	}
	require.Greater(t, planted[AfterCancel], 100)
	require.Positive(t, planted[Unexpected])
}

// plant adds one mail to a perfect inbox, and requires that it is found to be wrong, and how. Without a cancel there is
// nothing that it could come after.
func plant(t *testing.T, events []Event, good []Arrival, story *Story, name letter, at time.Time, want Kind) int {
	t.Helper()
	if want == Unexpected && len(story.Ends) > 0 {
		return 0
	}
	verdict := Check(events, append(slices.Clone(good), Arrival{
		ID: "planted", Email: story.Email, Subject: fmt.Sprintf("%s %s %s", name.template, name.order, story.Locale), Created: testClock.Real(at),
	}), testClock, tolerance)
	require.Len(t, verdict.Differences, 1)
	got := verdict.Differences[0]
	require.Equal(t, want, got.Kind)
	require.Equal(t, letter{order: got.Order, template: got.Template}, name)
	require.Equal(t, story.Email, got.Email)
	return 1
}

func TestCheckSaysWhatIsUnclear(t *testing.T) {
	t.Parallel()
	events := tell(completed, 1, delivered, 24, reviewed, 24+7*24-13)
	events[3].Taken = events[3].At.Add(14 * time.Hour)
	verdict := Check(events, nil, testClock, tolerance)
	require.Len(t, verdict.Differences, 1)
	require.Equal(t, Unclear, verdict.Differences[0].Kind)
	require.Contains(t, verdict.Differences[0].String(), "unclear: order 1001, ? to anna@replay.example: ")
}

func TestCheckSaysWhatMayHaveOvertakenAMissingMail(t *testing.T) {
	t.Parallel()
	events := tell(delivered, 0, reviewed, 9*24)
	verdict := Check(events, nil, testClock, tolerance)
	require.Len(t, verdict.Differences, 1)
	require.Equal(t, "missing: order 1001, review-request to anna@replay.example: it was due 2017-11-08T12:00:00Z, 48h0m0s before Product Reviewed",
		verdict.Differences[0].String())
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	sorted := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	require.EqualValues(t, 6, percentile(sorted, 0.5))
	require.EqualValues(t, 10, percentile(sorted, 0.99))
	require.EqualValues(t, 10, percentile(sorted, 1))
	require.Zero(t, percentile(nil, 0.5))
}
