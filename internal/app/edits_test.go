package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
	"klantreis/internal/bundle"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// Two hundred customers order, one an hour, and the map is edited in the hour after the last of them. Customer n ordered
// 200-n hours before the edit: some have had both mails by then, some wait for the second, most for the first.
const (
	waitingCustomers = 200
	hour             = time.Hour
	firstAfter       = 120 * hour // 5d
	secondAfter      = 72 * hour  // 3d, after the first
	editSpread       = 30 * time.Minute
	pausedFor        = 48 * hour
)

// editAt is the instant of the edit.
var editAt = start.Add(waitingCustomers * hour)

const (
	editedHead = `journey: shop
shop: {name: Shop, email: shop@example.com}
policy: {spread: 30m}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
`
	reviewHead  = "  - id: review\n    phase: care\n    class: service\n    on: Order Completed\n    key: event.order_id\n"
	reviewSteps = "    do: [{wait: 5d}, {send: {template: first}}, {wait: 3d}, {send: {template: second}}]\n"
)

func editable(touchpoints string) bundle.Bundle {
	files := map[string]string{
		"journey.yaml": editedHead + touchpoints, "templates/layout.html": "<html><body>{{ content }}</body></html>", "templates/layout.txt": "{{ content }}",
	}
	for _, name := range []string{"first", "second"} {
		files["templates/"+name+".en.html"] = "---\nsubject: Hello\n---\n<p>Hello</p>\n"
		files["templates/"+name+".en.txt"] = "Hello\n"
	}
	return bundle.Bundle{Files: files}
}

// expected is a mail as the rules of the language foresee it. A soft one may come up to the spread later.
type expected struct {
	template string
	at       time.Time
	soft     bool
}

// after is when a mail comes that is reckoned from another, with the softness of that.
func (e expected) after(template string, wait time.Duration) expected {
	return expected{template, e.at.Add(wait), e.soft}
}

// both is what comes of a first mail: itself, and the second.
func both(first expected) []expected { return []expected{first, first.after("second", secondAfter)} }

// edit is one edit, and what must come of it.
type edit struct {
	after string // the touchpoints of the new map
	// acts does what is to be done, and lets time pass as long as it takes. Nil publishes the new map and no more.
	acts func(t *testing.T, s *shopLife)
	// due is how many customers the report must count as due at once.
	due int
	// mails are those of a customer who ordered at an instant before the edit.
	mails func(ordered time.Time) []expected
	// newcomer are those of a customer who orders an hour after the edit.
	newcomer func(ordered time.Time) []expected
	// postgres plays it on PostgreSQL too.
	postgres bool
}

// asBefore is what comes when nothing changes.
func asBefore(ordered time.Time) []expected {
	return both(expected{"first", ordered.Add(firstAfter), false})
}

// waitsForFirst says where a customer stood at the edit.
func waitsForFirst(ordered time.Time) bool { return ordered.Add(firstAfter).After(editAt) }

func firstWaits(wait time.Duration) func(time.Time) []expected {
	return func(ordered time.Time) []expected {
		if !waitsForFirst(ordered) {
			return asBefore(ordered)
		}
		if at := ordered.Add(wait); at.After(editAt) {
			return both(expected{"first", at, false})
		}
		return both(expected{"first", editAt, true})
	}
}

// held puts off to the resumption what falls due while it is paused.
func held(ordered time.Time) []expected {
	resumed := editAt.Add(pausedFor)
	paused := func(e expected) expected {
		if e.at.After(editAt) && !e.at.After(resumed) {
			return expected{e.template, resumed, true}
		}
		return e
	}
	first := paused(expected{"first", ordered.Add(firstAfter), false})
	return []expected{first, paused(first.after("second", secondAfter))}
}

func nothing(time.Time) []expected { return nil }

func steps(first string) string {
	return reviewHead + strings.Replace(reviewSteps, "{wait: 5d}, ", first, 1)
}

func edits() map[string]edit {
	shorter := steps("{wait: 3d}, ")
	rolledBackAt := editAt.Add(10 * hour)
	return map[string]edit{
		"wait shortened":  {after: shorter, due: 48, mails: firstWaits(72 * hour), newcomer: firstWaits(72 * hour)},
		"wait lengthened": {after: steps("{wait: 7d}, "), mails: firstWaits(168 * hour), newcomer: firstWaits(168 * hour)},
		"step inserted before": {after: steps("{wait: 1d}, {wait: 5d}, "), mails: asBefore, newcomer: func(ordered time.Time) []expected {
			return both(expected{"first", ordered.Add(24*hour + firstAfter), false})
		}},
		"step removed": {after: steps(""), due: 119, mails: func(ordered time.Time) []expected {
			if waitsForFirst(ordered) {
				return both(expected{"first", editAt, true})
			}
			return asBefore(ordered)
		}, newcomer: func(ordered time.Time) []expected { return both(expected{"first", ordered, false}) }},
		"step renamed":       {after: steps("{id: patience, was: wait-1, wait: 5d}, "), mails: asBefore, newcomer: asBefore},
		"touchpoint renamed": {after: strings.Replace(reviewHead, "id: review", "id: opinion\n    was: review", 1) + reviewSteps, mails: asBefore, newcomer: asBefore},
		"touchpoint removed": {after: strings.NewReplacer("id: review", "id: other", "on: Order Completed", "on: Parcel Sent").Replace(reviewHead) + reviewSteps, mails: func(ordered time.Time) []expected {
			var sent []expected
			for _, e := range asBefore(ordered) {
				if !e.at.After(editAt) {
					sent = append(sent, e)
				}
			}
			return sent
		}, newcomer: nothing},
		"paused, then resumed": {after: reviewHead + "    paused: true\n" + reviewSteps, mails: held, newcomer: nothing, postgres: true, acts: func(t *testing.T, s *shopLife) {
			s.until(editAt.Add(pausedFor))
			live, _, err := s.publisher.Map(t.Context(), 0)
			require.NoError(t, err)
			resumed, changed, err := live.Switch("review", false)
			require.NoError(t, err)
			require.True(t, changed)
			// Held are those whose first mail fell due meanwhile, and as many whose second one did.
			require.Equal(t, 96, s.publish(resumed).Report.DueAtOnce)
		}},
		"rolled back": {after: shorter, due: 48, mails: func(ordered time.Time) []expected {
			shortened := firstWaits(72 * hour)(ordered)
			if waitsForFirst(ordered) && shortened[0].at.After(rolledBackAt) {
				return asBefore(ordered)
			}
			return shortened
		}, newcomer: asBefore, acts: func(t *testing.T, s *shopLife) {
			s.until(rolledBackAt)
			before, _, err := s.publisher.Map(t.Context(), 1)
			require.NoError(t, err)
			require.Zero(t, s.publish(before).Report.DueAtOnce)
		}},
		"old runs finish": {after: reviewHead + "    inFlight: finish\n" + strings.Replace(reviewSteps, "5d", "1h", 1), mails: asBefore, newcomer: func(ordered time.Time) []expected {
			return both(expected{"first", ordered.Add(hour), false})
		}},
	}
}

func orderOf(n int) (userID string, ordered time.Time) {
	return fmt.Sprintf("user-%03d", n), start.Add(time.Duration(n) * hour)
}

// fill lets the customers order, and time pass until the edit.
func (s *shopLife) fill() {
	s.t.Helper()
	s.publish(editable(reviewHead + reviewSteps))
	for n := range waitingCustomers {
		userID, ordered := orderOf(n)
		s.until(ordered)
		s.order(userID, "order of "+userID)
	}
	s.until(editAt)
}

func TestEditsWhileCustomersWait(t *testing.T) {
	t.Parallel()
	made, err := migrated()
	require.NoError(t, err)
	template := filepath.Join(t.TempDir(), "record.db")
	require.NoError(t, os.WriteFile(template, made, 0o600))
	s := openShop(t, "sqlite:"+template, start)
	s.fill()
	require.NoError(t, s.record.Close())
	filled, err := os.ReadFile(template)
	require.NoError(t, err)
	for name, e := range edits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "record.db")
			require.NoError(t, os.WriteFile(path, filled, 0o600))
			s := openShop(t, "sqlite:"+path, editAt)
			t.Cleanup(func() { require.NoError(t, s.record.Close()) })
			for n := range waitingCustomers {
				userID, _ := orderOf(n)
				s.know(userID)
			}
			e.play(t, s)
		})
	}
}

func TestEditsWhileCustomersWaitOnPostgreSQL(t *testing.T) {
	t.Parallel()
	for name, e := range edits() {
		if !e.postgres {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := testserver.Postgres(t)
			s := openShop(t, url, start)
			t.Cleanup(func() { require.NoError(t, s.record.Close()) })
			require.NoError(t, Migrate(t.Context(), config.Record{Database: config.Secret(url)}, now))
			s.fill()
			e.play(t, s)
		})
	}
}

// play edits the map, lets a month pass, and compares every due instant and every mail with what the rules foresee.
func (e edit) play(t *testing.T, s *shopLife) {
	t.Helper()
	review := s.publish(editable(e.after))
	require.Equal(t, e.due, review.Report.DueAtOnce)
	require.Equal(t, 191, review.Report.Waiting, "nine have had both mails")
	if e.acts == nil {
		e.compareDue(t, s)
	}
	s.until(editAt.Add(hour))
	s.order("newcomer", "order of the newcomer")
	for n := range waitingCustomers {
		if userID, _ := orderOf(n); n%20 == 0 {
			s.order(userID, "again "+userID) // the same order, so nothing may begin
		}
	}
	if e.acts != nil {
		e.acts(t, s)
	}
	s.until(editAt.AddDate(0, 1, 0))
	for n := range waitingCustomers {
		userID, ordered := orderOf(n)
		compareMails(t, userID, e.mails(ordered), s.mails[userID])
	}
	compareMails(t, "newcomer", e.newcomer(editAt.Add(hour)), s.mails["newcomer"])
}

// compareDue compares when the runs go on, right after the edit, with when the next mail is to come.
func (e edit) compareDue(t *testing.T, s *shopLife) {
	t.Helper()
	for n := range waitingCustomers {
		userID, ordered := orderOf(n)
		customer, _, err := s.record.CustomerByUserID(t.Context(), userID)
		require.NoError(t, err)
		want := e.mails(ordered)[min(len(s.mails[userID]), len(e.mails(ordered))):]
		var active []journey.Run
		for _, r := range customer.State.Runs {
			if r.Status == journey.RunActive {
				active = append(active, r)
			}
		}
		if len(want) == 0 {
			require.Empty(t, active, userID)
			continue
		}
		require.Len(t, active, 1, userID)
		requireWithin(t, userID, want[0], active[0].Due)
	}
}

func compareMails(t *testing.T, userID string, want []expected, got []sentMail) {
	t.Helper()
	require.Len(t, got, len(want), "%s got %v", userID, got)
	for i := range want {
		require.Equal(t, want[i].template, got[i].template, userID)
		requireWithin(t, userID, want[i], got[i].at)
	}
}

func requireWithin(t *testing.T, userID string, want expected, at time.Time) {
	t.Helper()
	if !want.soft {
		require.Equal(t, want.at, at, "%s: %s", userID, want.template)
		return
	}
	require.False(t, at.Before(want.at) || !at.Before(want.at.Add(editSpread)), "%s: %s at %s, not within the spread from %s", userID, want.template, at, want.at)
}
