package app

import (
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
	"klantreis/journey"
)

// newEditedShop is a shop with an empty record.
func newEditedShop(t *testing.T) *shopLife {
	t.Helper()
	made, err := migrated()
	require.NoError(t, err)
	path := t.TempDir() + "/record.db"
	require.NoError(t, os.WriteFile(path, made, 0o600))
	s := openShop(t, "sqlite:"+path, start)
	t.Cleanup(func() { require.NoError(t, s.record.Close()) })
	return s
}

// shortMap is a map without a head of its own.
func shortMap(text string) bundle.Bundle {
	b := editable("")
	b.Files["journey.yaml"] = "journey: shop\nshop: {name: Shop, email: shop@example.com}\nphases: [{id: care, enter: [{on: Order Completed}]}]\n" + text
	return b
}

// arrive stores events of a customer and returns the customer's id.
func (s *shopLife) arrive(userID, id string, events ...journey.Event) string {
	s.t.Helper()
	_, published, err := s.publisher.maps.Newest(s.t.Context())
	require.NoError(s.t, err)
	for i := range events {
		events[i].MessageID, events[i].UserID = fmt.Sprint(id, i), userID
		events[i].Timestamp, events[i].ReceivedAt = s.now, s.now
	}
	_, _, err = s.record.Ingest(s.t.Context(), events, store.AnyVersion, published.Map.Interest)
	require.NoError(s.t, err)
	customer, _, err := s.record.CustomerByUserID(s.t.Context(), userID)
	require.NoError(s.t, err)
	s.users[customer.State.CustomerID] = userID
	return customer.State.CustomerID
}

// TestTwoTouchpointsThatBecomeOneStrandNobody has a run of both for one key.
func TestTwoTouchpointsThatBecomeOneStrandNobody(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	line := func(head string) string {
		return "  - {" + head + ", phase: care, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: first}}]}\n"
	}
	s.publish(shortMap("touchpoints:\n" + line("id: a") + line("id: b")))
	s.order("anna", "o1")
	s.until(start.Add(24 * hour))
	review, err := s.publisher.Review(t.Context(), shortMap("touchpoints:\n"+line("id: b, was: a")))
	require.NoError(t, err)
	_, _, err = s.publisher.Publish(t.Context(), review, How{Origin: OriginPublish, Confirmed: 9})
	require.NoError(t, err)
	customer, _, err := s.record.CustomerByUserID(t.Context(), "anna")
	require.NoError(t, err)
	for range 3 {
		s.now = s.now.Add(24 * hour)
		_, err = s.acts.Decide(t.Context(), activities.DecideInput{CustomerID: customer.State.CustomerID, Now: s.now})
		require.NoError(t, err, "she is stranded")
	}
}

// TestATouchpointThatTakesInAnotherStrandsNobody has a run that ended before at the one that stays.
func TestATouchpointThatTakesInAnotherStrandsNobody(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	line := func(head, wait string) string {
		return "  - {" + head + ", phase: care, class: service, on: Order Completed, key: event.order_id, do: [{wait: " + wait + "}, {send: {template: first}}]}\n"
	}
	s.publish(shortMap("touchpoints:\n" + line("id: a", "7d") + line("id: b", "1h")))
	s.order("anna", "o1")
	s.until(start.Add(24 * hour))
	review, err := s.publisher.Review(t.Context(), shortMap("touchpoints:\n"+line("id: b, was: a", "7d")))
	require.NoError(t, err)
	_, _, err = s.publisher.Publish(t.Context(), review, How{Origin: OriginPublish, Confirmed: 9})
	require.NoError(t, err)
	customer, _, err := s.record.CustomerByUserID(t.Context(), "anna")
	require.NoError(t, err)
	_, err = s.acts.Decide(t.Context(), activities.DecideInput{CustomerID: customer.State.CustomerID, Now: s.now})
	require.NoError(t, err, "she is stranded")
}

// TestWhatAnOlderVersionWaitsForWakes waits for an event that the live map does not mention.
func TestWhatAnOlderVersionWaitsForWakes(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	s.publish(shortMap("touchpoints:\n  - {id: a, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{waitFor: {on: Parcel Opened, for: 30d}, do: [{send: {template: first}}], else: [{send: {template: second}}]}]}\n"))
	s.order("anna", "o1")
	s.until(start.Add(24 * hour))
	s.publish(shortMap("inFlight: finish\ntouchpoints:\n  - {id: a, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{send: {template: first}}]}\n"))
	s.until(start.Add(48 * hour))
	id := s.arrive("anna", "opened", journey.Event{Type: journey.TypeTrack, Name: "Parcel Opened", Properties: map[string]any{"order_id": "anna"}})
	claimed, err := s.record.ClaimWakes(t.Context(), s.now, 1000, time.Hour)
	require.NoError(t, err)
	require.Len(t, claimed, 1, "the event for which the run waits must wake the customer %s", id)
}

func TestARenameThatIsTakenBackConfirmsNothingTwice(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	conf := func(head string) bundle.Bundle {
		return shortMap("touchpoints:\n  - {" + head + ", phase: care, class: transactional, on: Order Completed, key: event.order_id, do: [{send: {template: first}}]}\n")
	}
	s.publish(conf("id: conf"))
	s.order("anna", "o1")
	s.until(start.Add(24 * hour))
	s.publish(conf("id: confirmation, was: conf"))
	s.order("bea", "o2")
	s.until(start.Add(48 * hour))
	before, _, err := s.publisher.Map(t.Context(), 1)
	require.NoError(t, err)
	review := s.publish(before)
	require.Len(t, review.Report.Changes, 2, "the touchpoint and its step have another name, and nothing ends")
	s.order("bea", "o2 reported again")
	require.Len(t, s.mails["bea"], 1, "one order, one confirmation")
}

// TestARenameThatIsPublishedAgainStrandsNobody has a run under each name.
func TestARenameThatIsPublishedAgainStrandsNobody(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	m := func(head string) bundle.Bundle {
		return shortMap("touchpoints:\n  - {" + head + ", phase: care, class: service, on: Cart Viewed, do: [{wait: 1d}, {set: {a: 1}}]}\n")
	}
	view := func(id string) {
		customer := s.arrive("anna", id, journey.Event{Type: journey.TypeTrack, Name: "Cart Viewed"})
		s.decide(customer)
	}
	s.publish(m("id: tp"))
	view("1")
	s.until(start.Add(48 * hour))
	s.publish(m("id: review, was: tp"))
	view("2")
	s.until(start.Add(96 * hour))
	back, _, err := s.publisher.Map(t.Context(), 1)
	require.NoError(t, err)
	s.publish(back)
	view("3")
	s.until(start.Add(100 * hour))
	review, err := s.publisher.Review(t.Context(), m("id: review, was: tp"))
	require.NoError(t, err)
	_, _, err = s.publisher.Publish(t.Context(), review, How{Origin: OriginPublish, Confirmed: 9})
	require.NoError(t, err)
	customer, _, err := s.record.CustomerByUserID(t.Context(), "anna")
	require.NoError(t, err)
	_, err = s.acts.Decide(t.Context(), activities.DecideInput{CustomerID: customer.State.CustomerID, Now: s.now})
	require.NoError(t, err, "she is stranded")
}

// weekOf is a touchpoint that mails after a wait.
func weekOf(head, wait, template string) string {
	return "  - {" + head + ", phase: care, class: service, on: Order Completed, key: event.order_id, do: [{wait: " + wait + "}, {send: {template: " + template + "}}]}\n"
}

// TestAnIDIsNotGivenToAnother gives an id that a touchpoint had before to another one, once nobody lists it as a former id.
func TestAnIDIsNotGivenToAnother(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	s.publish(shortMap("touchpoints:\n" + weekOf("id: a", "7d", "first")))
	s.publish(shortMap("touchpoints:\n" + weekOf("id: b, was: a", "7d", "first")))
	for name, tt := range map[string]struct{ third, says string }{
		"as the id of a new one":              {weekOf("id: b", "7d", "first") + weekOf("id: a", "30d", "second"), "touchpoint a: b was called a before"},
		"as the id of a new one, in a rename": {weekOf("id: c, was: b", "7d", "first") + weekOf("id: a", "30d", "second"), "touchpoint a: c was called a before"},
		"as the former id of another":         {weekOf("id: c, was: a", "30d", "second") + weekOf("id: b", "7d", "first"), "touchpoint c: b was called a before"},
	} {
		_, err := s.publisher.Review(t.Context(), shortMap("touchpoints:\n"+tt.third))
		var wrong MapErrors
		require.ErrorAs(t, err, &wrong, name)
		require.Len(t, wrong, 1, name)
		require.Contains(t, wrong[0], tt.says, name)
	}
}

// TestAUnionIsTakenBack rolls back to a map in which two touchpoints were not one yet: each has its own customers again.
func TestAUnionIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	s.publish(shortMap("touchpoints:\n" + weekOf("id: a, if: event.order_id == 'anna'", "7d", "first") + weekOf("id: b, if: event.order_id != 'anna'", "9d", "second")))
	s.order("anna", "o1")
	s.order("bea", "o2")
	s.until(start.Add(24 * hour))
	s.publish(shortMap("touchpoints:\n" + weekOf("id: b, was: a", "20d", "second")))
	s.until(start.Add(48 * hour))
	before, _, err := s.publisher.Map(t.Context(), 1)
	require.NoError(t, err)
	s.publish(before)
	s.until(start.Add(40 * 24 * hour))
	for who, template := range map[string]string{"anna": "first", "bea": "second"} {
		require.Len(t, s.mails[who], 1, who)
		require.Equal(t, template, s.mails[who][0].template, who)
	}
}

// TestTheLineageSurvivesAMapThatCannotBeUsed has a newer release publish a map which this one cannot read.
func TestTheLineageSurvivesAMapThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	line := func(head string) string {
		return "  - {" + head + ", phase: care, class: service, on: Order Completed, key: event.order_id, do: [{wait: 7d}, {send: {template: first}}]}\n"
	}
	s.publish(shortMap("touchpoints:\n" + line("id: a")))
	s.publish(shortMap("touchpoints:\n" + line("id: b, was: a")))
	_, kept, err := s.record.MapParts(t.Context(), 2)
	require.NoError(t, err)
	_, published, err := s.record.Publish(t.Context(), store.Publication{
		Source: []byte("of a newer release"), Hash: "newer", Lineage: kept, At: s.now, Origin: OriginPublish, After: 2,
	})
	require.NoError(t, err)
	require.True(t, published)
	_, err = s.publisher.Review(t.Context(), shortMap("touchpoints:\n"+line("id: b")+line("id: a")))
	var wrong MapErrors
	require.ErrorAs(t, err, &wrong)
	require.Contains(t, wrong[0], "b was called a before")
}

// TestAProcessWithAnOlderMapTakesNothingBack restarts it while a newer release is brought out.
func TestAProcessWithAnOlderMapTakesNothingBack(t *testing.T) {
	t.Parallel()
	s := newEditedShop(t)
	dir := func(b bundle.Bundle) string {
		d := t.TempDir()
		require.NoError(t, os.MkdirAll(d+"/templates", 0o700))
		for name, text := range b.Files {
			require.NoError(t, os.WriteFile(d+"/"+name, []byte(text), 0o600))
		}
		return d
	}
	older, newer := dir(editable(reviewHead+reviewSteps)), dir(editable(steps("{wait: 3d}, ")))
	starts := func(folder string) int64 {
		a := &App{Options: Options{Log: slog.New(slog.DiscardHandler)}, record: s.record, publisher: s.publisher}
		a.publisher.guard.Most = 1000
		a.cfg.Map = folder
		require.NoError(t, a.publish(t.Context()))
		live, err := s.record.LiveVersion(t.Context())
		require.NoError(t, err)
		return live
	}
	require.EqualValues(t, 1, starts(older))
	require.EqualValues(t, 2, starts(newer))
	require.EqualValues(t, 2, starts(older), "the process with the older map takes the newer one back")
}
