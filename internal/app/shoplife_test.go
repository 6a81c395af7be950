package app

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/bundle"
	"klantreis/internal/store"
	"klantreis/journey"
)

// shopLife is a shop with its record and its customers in virtual time: what the dispatcher, the workflows and the mail
// provider do around the decisions is done here, at once and in order.
type shopLife struct {
	t         *testing.T
	record    *store.Store
	acts      *activities.Activities
	publisher *Publisher
	rollout   *rollout
	now       time.Time
	next      map[string]time.Time // by customer id
	users     map[string]string    // user ids by customer id
	mails     map[string][]sentMail
	tokens    int
}

// sentMail is a mail that was handed over.
type sentMail struct {
	template string
	at       time.Time
}

// openShop opens a shop on a migrated record, which may have customers already.
func openShop(t *testing.T, url string, at time.Time) *shopLife {
	t.Helper()
	s := &shopLife{t: t, now: at, next: map[string]time.Time{}, users: map[string]string{}, mails: map[string][]sentMail{}}
	clock := func() time.Time { return s.now }
	record, err := store.Open(t.Context(), url, clock)
	require.NoError(t, err)
	s.record = record
	maps := newMaps(record)
	s.acts = activities.New(activities.Options{Decider: record, Ledger: record, Maps: maps, Now: clock})
	s.publisher = &Publisher{record: record, maps: maps, now: clock, close: record.Close, means: means{link: true}}
	s.rollout = &rollout{record: record, maps: maps, now: clock, woken: func() {}, log: slog.New(slog.DiscardHandler)}
	return s
}

// order has a customer order, once under each message id, and decides.
func (s *shopLife) order(userID, messageID string) {
	s.t.Helper()
	_, published, err := s.publisher.maps.Newest(s.t.Context())
	require.NoError(s.t, err)
	_, _, err = s.record.Ingest(s.t.Context(), []journey.Event{
		{MessageID: "who " + messageID, Type: journey.TypeIdentify, UserID: userID, Timestamp: s.now, ReceivedAt: s.now, Traits: map[string]any{"email": userID + "@example.com"}},
		{MessageID: messageID, Type: journey.TypeTrack, Name: "Order Completed", UserID: userID, Timestamp: s.now, ReceivedAt: s.now, Properties: map[string]any{"order_id": userID}},
	}, store.AnyVersion, published.Map.Interest)
	require.NoError(s.t, err)
	customer, _, err := s.record.CustomerByUserID(s.t.Context(), userID)
	require.NoError(s.t, err)
	s.users[customer.State.CustomerID] = userID
	s.decide(customer.State.CustomerID)
}

// know learns of customers who are in the record.
func (s *shopLife) know(userIDs ...string) {
	s.t.Helper()
	for _, userID := range userIDs {
		customer, found, err := s.record.CustomerByUserID(s.t.Context(), userID)
		require.NoError(s.t, err)
		require.True(s.t, found)
		s.users[customer.State.CustomerID] = userID
		s.next[customer.State.CustomerID] = customer.NextWake
		messages, err := s.record.Messages(s.t.Context(), customer.State.CustomerID)
		require.NoError(s.t, err)
		for _, m := range messages {
			s.mails[userID] = append(s.mails[userID], sentMail{m.Template, m.SettledAt})
		}
	}
}

// decide has a customer decide until nothing is left to do now, and hands over what is planned.
func (s *shopLife) decide(customerID string) {
	s.t.Helper()
	for round := range 20 {
		got, err := s.acts.Decide(s.t.Context(), activities.DecideInput{CustomerID: customerID, Now: s.now})
		require.NoError(s.t, err)
		s.next[customerID] = got.Next
		for _, effect := range got.Effects {
			s.handOver(customerID, effect.MessageID)
		}
		if len(got.Effects) == 0 && !got.More {
			return
		}
		require.Less(s.t, round, 19, "it never ends")
	}
}

func (s *shopLife) handOver(customerID, messageID string) {
	s.t.Helper()
	s.tokens++
	token := fmt.Sprint(s.tokens)
	claim, err := s.record.Claim(s.t.Context(), messageID, token, s.now, func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil })
	require.NoError(s.t, err)
	if claim.Status == activities.ClaimSettled {
		return
	}
	require.Equal(s.t, activities.Claimed, claim.Status)
	user := s.users[customerID]
	s.mails[user] = append(s.mails[user], sentMail{claim.Handover.Message.Template, s.now})
	require.NoError(s.t, s.record.Confirm(s.t.Context(), messageID, token, "p", journey.ReasonSent, s.now))
}

// until lets time pass, the instant itself included.
func (s *shopLife) until(at time.Time) {
	s.t.Helper()
	for {
		first := ""
		for id, next := range s.next {
			if next.IsZero() || next.After(at) {
				continue
			}
			if first == "" || next.Before(s.next[first]) || next.Equal(s.next[first]) && id < first {
				first = id
			}
		}
		if first == "" {
			s.now = at
			return
		}
		if s.next[first].After(s.now) {
			s.now = s.next[first]
		}
		before := s.next[first]
		s.decide(first)
		require.True(s.t, s.next[first].IsZero() || s.next[first].After(before), "time goes on")
	}
}

// publish publishes a map now, and rolls it out. It returns what the review said.
func (s *shopLife) publish(b bundle.Bundle) *Review {
	s.t.Helper()
	review, err := s.publisher.Review(s.t.Context(), b)
	require.NoError(s.t, err)
	_, published, err := s.publisher.Publish(s.t.Context(), review, How{Origin: OriginPublish, Confirmed: math.MaxInt})
	require.NoError(s.t, err)
	require.True(s.t, published)
	for more := true; more; {
		more, err = s.rollout.look(s.t.Context())
		require.NoError(s.t, err)
		claimed, err := s.record.ClaimWakes(s.t.Context(), s.now, 1000, time.Hour)
		require.NoError(s.t, err)
		for _, wake := range claimed {
			s.decide(wake.CustomerID)
		}
	}
	behind, err := s.record.Behind(s.t.Context())
	require.NoError(s.t, err)
	require.Zero(s.t, behind)
	return review
}
