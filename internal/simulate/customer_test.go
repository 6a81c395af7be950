package simulate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

const reviewMap = `
phases: [{id: purchase, enter: [{on: Order Completed}]}, {id: care, enter: [{on: Order Delivered}]}]
touchpoints:
  - id: review-request
    phase: care
    class: service
    on: Order Delivered
    key: event.order_id
    cancel: [Order Returned]
    do:
      - wait: 7d
      - send: {template: review-request}
      - waitFor: {on: Product Reviewed, for: 7d}
        else: [send: {template: review-reminder}]
`

// at is an instant some days after the beginning.
func at(days float64) time.Time { return begin.Add(time.Duration(days * 24 * float64(time.Hour))) }

func track(name string, days float64, order string) journey.Event {
	e := journey.Event{Type: journey.TypeTrack, Name: name, Timestamp: at(days)}
	if order != "" {
		e.Properties = map[string]any{"order_id": order}
	}
	return e
}

func identify(days float64) journey.Event {
	return journey.Event{
		Type: journey.TypeIdentify, Name: journey.TypeIdentify, Timestamp: at(days),
		Traits: map[string]any{"email": "jo@example.com", "service_consent": true, "marketing_consent": true},
	}
}

// customer is one whose entries are kept as lines.
func customer(t *testing.T, text string, o simulate.Options) (*simulate.Customer, *[]string) {
	t.Helper()
	var lines []string
	o.Map, o.CustomerID = parse(t, text), "c-1"
	o.Seen = func(e simulate.Entry) { lines = append(lines, since(e.At)+" "+act(e)) }
	return simulate.New(o), &lines
}

func TestTheClockJumpsToWhatIsDue(t *testing.T) {
	t.Parallel()
	c, lines := customer(t, reviewMap, simulate.Options{})
	require.NoError(t, c.Feed(identify(0), track("Order Delivered", 1, "A1")))
	require.Equal(t, at(1), c.Now())
	require.Equal(t, at(8), c.Next())
	require.Len(t, c.State().Runs, 1)
	require.NoError(t, c.RunUntil(at(8).Add(-1)))
	require.Len(t, *lines, 2, "nothing is due yet")
	require.NoError(t, c.RunUntil(at(8)))
	require.Equal(t, []string{
		"8d0h0m0s review-request/A1 send review-request",
		"8d0h0m0s review-request/A1 handed over review-request",
	}, (*lines)[2:])
	require.Equal(t, at(15), c.Next())
	require.NoError(t, c.RunUntil(at(400)))
	require.Equal(t, at(400), c.Now())
	require.Zero(t, c.Next())
	require.Empty(t, c.State().Runs)
}

func TestAnEventComesBeforeWhatIsDueAtThatInstant(t *testing.T) {
	t.Parallel()
	c, lines := customer(t, reviewMap, simulate.Options{})
	require.NoError(t, c.Feed(identify(0), track("Order Delivered", 1, "A1"), track("Order Returned", 8, "A1")))
	require.Equal(t, "8d0h0m0s review-request/A1 end wait-1 cancelled-by Order Returned", (*lines)[2])
	require.Zero(t, c.Next())
}

// What nothing listens to is read with the next decision, as in production.
func TestEventsWithoutInterestAreReadWithTheNextDecision(t *testing.T) {
	t.Parallel()
	c, _ := customer(t, reviewMap, simulate.Options{})
	require.NoError(t, c.Feed(identify(0), track("Page Liked", 1, "")))
	require.Equal(t, at(1), c.Now())
	require.Zero(t, c.State().Facts, "nothing was decided")
	require.NoError(t, c.Feed(track("Order Delivered", 2, "A1"), track("Page Liked", 3, "")))
	require.Equal(t, "jo@example.com", c.State().Facts.Email())
	require.Equal(t, at(2), c.State().Facts.LastSeen)
	require.NoError(t, c.RunUntil(at(9)))
	require.Equal(t, at(3), c.State().Facts.LastSeen)
	require.NoError(t, c.Feed(track("Page Liked", 10, "")))
	require.NoError(t, c.RunUntil(at(11)))
	require.Equal(t, at(3), c.State().Facts.LastSeen, "still only stored")
	require.NoError(t, c.Finish(at(12)))
	require.Equal(t, at(10), c.State().Facts.LastSeen)
	liked, err := c.Named([]string{"Page Liked", "Order Delivered", "Page Liked"}, time.Time{})
	require.NoError(t, err)
	require.Len(t, liked, 4)
	require.Equal(t, []int64{2, 3, 4, 5}, []int64{liked[0].Seq, liked[1].Seq, liked[2].Seq, liked[3].Seq}, "in order of arrival")
	later, err := c.Named([]string{"Page Liked"}, at(2))
	require.NoError(t, err)
	require.Len(t, later, 2)
}

func TestAVisitorsEventsComeWhenTheyAreAdopted(t *testing.T) {
	t.Parallel()
	c, lines := customer(t, reviewMap, simulate.Options{})
	visited := track("Order Completed", 0, "A1")
	visited.Seq, visited.Age = 1, 48*time.Hour
	known := identify(2)
	known.Seq = 3
	between := track("Page Liked", 1, "")
	between.Seq = 2
	require.NoError(t, c.Arrive(at(1), between))
	require.NoError(t, c.Arrive(at(2), visited, known))
	require.Equal(t, []string{"0d0h0m0s phase purchase from"}, *lines)
	require.Equal(t, at(2), c.Now())
}

func TestAProviderThatRefuses(t *testing.T) {
	t.Parallel()
	var asked []simulate.Delivery
	c, lines := customer(t, reviewMap, simulate.Options{HandOver: func(d simulate.Delivery) journey.Reason {
		asked = append(asked, d)
		return journey.ReasonRefused
	}})
	require.NoError(t, c.Feed(identify(0), track("Order Delivered", 1, "A1")))
	require.NoError(t, c.RunUntil(at(9)))
	require.Equal(t, "8d0h0m0s review-request/A1 noSend send-1 provider-refused", (*lines)[3])
	require.Len(t, asked, 1)
	require.Equal(t, "review-request", asked[0].Message.Template)
	require.Equal(t, at(8), asked[0].At)
	require.Equal(t, "A1", asked[0].Run.Trigger.Properties["order_id"])
	require.Equal(t, "jo@example.com", asked[0].State.Facts.Email())
}

func TestAnEventFromTheFutureIsMovedToItsReceipt(t *testing.T) {
	t.Parallel()
	c, _ := customer(t, reviewMap, simulate.Options{})
	e := track("Order Delivered", 3, "A1")
	e.ReceivedAt = at(1)
	require.NoError(t, c.Feed(e))
	require.Equal(t, at(1), c.State().Runs[0].StartedAt)
	require.NoError(t, c.Arrive(at(0), track("Order Returned", 0, "A1")), "the clock never goes back")
	require.Equal(t, at(1), c.Now())
}

// A year of a customer, with a message now and then, is done in the time that a person does not notice.
func TestAYearIsInstant(t *testing.T) {
	t.Parallel()
	c, lines := customer(t, reviewMap, simulate.Options{})
	require.NoError(t, c.Feed(identify(0)))
	for day := range 365 {
		require.NoError(t, c.Feed(track("Order Delivered", float64(day), fmt.Sprint("A", day))))
	}
	require.NoError(t, c.RunUntil(at(400)))
	require.Len(t, *lines, 1+365*7)
}

// Everything that time brings moves the clock, whatever its cause: the end of quiet hours, an absence, a date.
func TestWhateverFallsDueMovesTheClock(t *testing.T) {
	t.Parallel()
	c, lines := customer(t, `
timezone: UTC
policy: {quietHours: {from: "20:00", to: "08:00"}}
phases:
  - {id: purchase, enter: [{on: Order Completed, from: any}]}
  - {id: lapsed, enter: [{after: 365d, without: Order Completed}]}
touchpoints:
  - {id: evening, phase: purchase, class: marketing, on: Order Completed, goal: {on: Product Reviewed, within: 7d}, do: [wait: 13h, send: {template: tips}, task: {title: Call}, webhook: {url: "https://example.com/hook"}]}
  - {id: birthday, phase: purchase, class: marketing, date: {trait: birthday}, do: [send: {template: birthday}]}
  - {id: back, phase: lapsed, class: marketing, absence: {after: 100d, without: Order Completed}, do: [send: {template: miss-you}]}
`, simulate.Options{})
	known := identify(0)
	known.Traits["birthday"] = "1990-05-12"
	require.NoError(t, c.Feed(known, track("Order Completed", 0, "A1"), track("Product Reviewed", 3, "A1")))
	require.NoError(t, c.RunUntil(at(450)))
	require.Equal(t, []string{
		"0d0h0m0s phase purchase from",
		"0d0h0m0s evening start",
		"0d13h0m0s evening held send-1 held-quiet-hours until=2026-03-03T08:00:00Z",
		"0d23h0m0s evening send tips",
		"0d23h0m0s evening handed over tips",
		"0d23h0m0s evening task task-1 task-made title=Call",
		"0d23h0m0s evening webhook webhook-1 due type=journey.evening",
		"0d23h0m0s evening end webhook-1 completed",
		"0d23h0m0s evening called",
		"3d0h0m0s evening goal goal-reached Product Reviewed arm=treated",
		"71d0h0m0s birthday start date-came",
		"71d0h0m0s birthday send birthday",
		"71d0h0m0s birthday handed over birthday",
		"71d0h0m0s birthday end send-1 completed",
		"100d0h0m0s back start absent",
		"100d0h0m0s back send miss-you",
		"100d0h0m0s back handed over miss-you",
		"100d0h0m0s back end send-1 completed",
		"365d0h0m0s phase lapsed from purchase absent",
		"436d0h0m0s birthday#2 start date-came",
		"436d0h0m0s birthday#2 send birthday",
		"436d0h0m0s birthday#2 handed over birthday",
		"436d0h0m0s birthday#2 end send-1 completed",
	}, *lines)
	require.Empty(t, c.State().Exposures)
}
