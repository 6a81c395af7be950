package store

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// said makes an event about messages.
func said(messageID, userID, anonymousID, name string, properties map[string]any) journey.Event {
	e := track(messageID, userID, anonymousID, name)
	e.Properties = properties
	return e
}

// statedBy returns the ledger of a customer in words, newest last.
func (r *record) statedBy(t *testing.T, customerID string) []string {
	t.Helper()
	found, err := r.Consents(t.Context(), customerID, math.MaxInt64, 100)
	require.NoError(t, err)
	words := make([]string, len(found))
	for i, c := range found {
		sign := "-"
		if c.Given {
			sign = "+"
		}
		words[len(found)-1-i] = fmt.Sprintf("%s%s%s by %s", sign, c.Class, c.Topic, c.Source)
	}
	return words
}

func TestTheLedgerKeepsEveryStatement(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		consent := said("c1", "jo", "", journey.ConsentGiven, map[string]any{
			"class": "marketing", "source": "checkout", "text_version": 3.0, "locale": "nl", "confirmed": true,
			"proof": map[string]any{"form": "f-7"}, "message_id": "m_1",
		})
		consent.Context = map[string]any{"ip": "192.0.2.7", "userAgent": "Browser 1.0"}
		r.ingest(t, idle, track("other", "jo", "", "Order Completed"), consent)
		r.set(time.Minute)
		r.ingest(t, idle, said("c2", "jo", "", journey.ConsentWithdrawn, nil), said("c3", "jo", "", journey.ConsentGiven, map[string]any{"topic": "tips"}))
		id := r.customer(t, "jo")
		found, err := r.Consents(t.Context(), id, math.MaxInt64, 100)
		require.NoError(t, err)
		require.Equal(t, []string{"+marketing by checkout", "-service by event", "-marketing by event", "+tips by event"}, r.statedBy(t, id))
		first := found[3]
		require.Equal(t, Consent{
			Seq: first.Seq, Class: journey.Marketing, Channel: "email", Given: true, Confirmed: true, SaidAt: start.Add(-time.Second), RecordedAt: start,
			Source: "checkout", TextVersion: "3", Locale: "nl", Proof: first.Proof, MessageID: "c1",
		}, first)
		require.Contains(t, first.Proof, `"form":"f-7"`)
		require.Contains(t, first.Proof, `"message_id":"m_1"`)
		require.Contains(t, first.Proof, `"ip":"`)
		require.NotContains(t, first.Proof, "192.0.2.7")
		require.NotContains(t, first.Proof, "Browser")
		page, err := r.Consents(t.Context(), id, found[1].Seq, 1)
		require.NoError(t, err)
		require.Equal(t, found[2:3], page)

		known, err := r.KnownConsents(t.Context(), []string{"c1", "c9"})
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"c1": true}, known)
	})
}

// TestStatementsAreStoredWithTheirEvents: neither without the other.
func TestStatementsAreStoredWithTheirEvents(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, _, err := r.PublishMap(t.Context(), []byte("map"), "hash", start)
		require.NoError(t, err)
		_, _, err = r.Ingest(t.Context(), []journey.Event{said("c1", "jo", "", journey.ConsentGiven, nil)}, 0, idle)
		require.ErrorIs(t, err, ErrNewerMap)
		require.Zero(t, scalar[int](t, r, "SELECT COUNT(*) FROM consents"))
		for range 2 {
			_, _, err = r.Ingest(t.Context(), []journey.Event{said("c1", "jo", "", journey.ConsentGiven, nil)}, 1, idle)
			require.NoError(t, err)
		}
		require.Equal(t, 2, scalar[int](t, r, "SELECT COUNT(*) FROM consents"))
	})
}

// TestRepeatedTraitsAreNoStatements, as the facts have it.
func TestRepeatedTraitsAreNoStatements(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		n := 0
		identify := func(given bool) {
			n++
			r.ingest(t, idle, journey.Event{
				MessageID: fmt.Sprint("i", n), Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: "jo",
				Timestamp: start, ReceivedAt: start, Traits: map[string]any{"marketing_consent": given},
			})
		}
		identify(true)
		identify(true)
		r.ingest(t, idle, said("c1", "jo", "", journey.ConsentWithdrawn, map[string]any{"class": "marketing"}))
		identify(true) // repeats what the trait said, and takes nothing back
		identify(false)
		identify(false)
		identify(true)
		r.ingest(t, idle, said("c2", "jo", "", journey.ConsentGiven, map[string]any{"class": "marketing"}))
		identify(false)
		require.Equal(t, []string{
			"+marketing by trait", "-marketing by event", "+marketing by event", "-marketing by trait",
		}, r.statedBy(t, r.customer(t, "jo")))
	})
}

func TestStatementsOfAVisitorBelongToTheCustomer(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, idle, said("c1", "", "device", journey.ConsentGiven, map[string]any{"class": "marketing"}))
		r.ingest(t, idle, said("c2", "", "other device", journey.ConsentGiven, nil))
		r.ingest(t, idle, track("login", "jo", "device", "Signed In"))
		r.ingest(t, idle, said("c3", "", "device", journey.ConsentWithdrawn, map[string]any{"class": "marketing"}))
		require.Equal(t, []string{"+marketing by event", "-marketing by event"}, r.statedBy(t, r.customer(t, "jo")))
	})
}

func TestTheLedgerFollowsMerges(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.ingest(t, waking, said("c1", "old", "", journey.ConsentGiven, map[string]any{"class": "marketing"}), track("n", "new", "", "wake"))
		require.NoError(t, r.Choose(t.Context(), Choice{Object: "old"}, AnyVersion, waking))
		old := r.customer(t, "old")
		_, err := r.Merge(t.Context(), Merging{From: "old", Into: "new"}, new(journey.Map))
		require.NoError(t, err)
		id := r.customer(t, "new")
		require.Equal(t, []string{"+marketing by event"}, r.statedBy(t, id))
		reader, found, err := r.Reader(t.Context(), old)
		require.NoError(t, err)
		require.True(t, found, "a link of who was merged leads to who stays")
		require.Equal(t, id, reader.State.CustomerID)
		require.Equal(t, journey.PersonObjected, reader.Objected)
	})
}

func TestReportsOfUnsubscribingAreInTheLedger(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.set(time.Hour)
		id := r.ordered(t, "msg")
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{{ID: "1", MessageID: "msg", Kind: activities.ReportUnsubscribed, At: start}}, unheard))
		require.Equal(t, []string{"-service by unsubscribed", "-marketing by unsubscribed"}, r.statedBy(t, id))
		found, err := r.Consents(t.Context(), id, math.MaxInt64, 1)
		require.NoError(t, err)
		require.Contains(t, found[0].Proof, "msg")
	})
}

// objectedTo returns what a decision is told of the person.
func (r *record) objectedTo(t *testing.T, customerID string) journey.SuppressionReason {
	t.Helper()
	var told journey.SuppressionReason
	r.decide(t, customerID, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		told = in.Objected
		return journey.Outcome{State: in.State}, nil
	})
	return told
}

// TestNobodyElseReadmitsAnAddress: it takes more than to name an address in the context of a consent of one's own.
func TestNobodyElseReadmitsAnAddress(t *testing.T) {
	for _, how := range []string{"unsubscribed", "erased"} {
		t.Run(how, func(t *testing.T) {
			each(t, func(t *testing.T, r *record) {
				r.ingest(t, waking, journey.Event{
					MessageID: "i1", Type: journey.TypeIdentify, UserID: "jo", Traits: map[string]any{"email": "jo@example.com"},
					Timestamp: start, ReceivedAt: start,
				})
				if how == "erased" {
					_, err := r.Erase(t.Context(), Erasing{UserID: "jo", Suppress: true})
					require.NoError(t, err)
				} else {
					var hash string
					require.NoError(t, r.read(t.Context(), func(ctx context.Context, tx tx) (err error) {
						hash, err = r.hashAddress(ctx, tx, "jo@example.com")
						return err
					}))
					require.NoError(t, r.Choose(t.Context(), Choice{Unsubscribe: hash, CustomerID: r.customer(t, "jo")}, AnyVersion, waking))
				}
				at := r.set(time.Hour)
				r.ingest(t, waking, journey.Event{
					MessageID: "c1", Type: journey.TypeTrack, Name: journey.ConsentGiven, UserID: "mallory", Timestamp: at, ReceivedAt: at,
					Properties: map[string]any{"class": "marketing"},
					Context:    map[string]any{"traits": map[string]any{"email": "jo@example.com"}},
				})
				_, suppressed, err := r.SuppressionOf(t.Context(), "jo@example.com")
				require.NoError(t, err)
				require.True(t, suppressed)
			})
		})
	}
}
