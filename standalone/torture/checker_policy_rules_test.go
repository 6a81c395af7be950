package torture

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// club makes the order's customer join the club and get the offer, some seconds after noon on a Monday in Amsterdam.
func club(e *evidence, at float64) {
	e.posted = append(e.posted, posted{MessageID: "j1", UserID: "anna", OrderID: "o1", Name: joined, First: after(2), Acked: after(2.1)})
	e.events = append(e.events, storedEvent{Seq: 9, MessageID: "j1", UserID: "anna", CustomerID: "c1", Name: joined, OrderID: "o1", Wakes: true, Consumed: true, ConsumedStep: 9})
	e.runs = append(e.runs, storedRun{ID: "r9", CustomerID: "c1", Touchpoint: "club-offer", Key: "o1", Status: "ended", Reason: "completed"})
	e.messages = append(e.messages, storedMessage{
		ID: "m9", CustomerID: "c1", RunID: "r9", Touchpoint: "club-offer", Class: "marketing", Status: "sent", Reason: "sent", ClaimedAt: after(at), Consumed: true,
	})
	e.decisions = append(e.decisions,
		storedDecision{CustomerID: "c1", Kind: "start", Reason: "triggered", Touchpoint: "club-offer", RunID: "r9", EventSeq: 9, DecidedIn: 9},
		storedDecision{CustomerID: "c1", Kind: "end", Reason: "completed", Touchpoint: "club-offer", RunID: "r9", DecidedIn: 10},
	)
	e.mails = append(e.mails, mail{ID: "p9", MessageID: "m9", Touchpoint: "club-offer", Subject: "club-offer o1", To: "anna@torture.example", Taken: after(at + 0.1)})
}

// hour is seconds after noon.
const hour = 3600.0

// unconfirmed takes the confirmation away and says why.
func unconfirmed(e *evidence, kind, reason, about string) {
	e.messages[0].Status, e.messages[0].Reason, e.mails = "notsent", reason, e.mails[1:]
	e.decisions = append(e.decisions, storedDecision{CustomerID: "c1", Kind: kind, Reason: reason, Touchpoint: "order-confirmation", RunID: "r1", MessageID: about, DecidedIn: 2})
}

// cancelAtOnce lets the shop cancel the order before anything was done for it.
func cancelAtOnce(e *evidence) {
	e.posted = append(e.posted, posted{MessageID: "k1", UserID: "anna", OrderID: "o1", Name: cancelled, First: after(0.1), Acked: after(0.15)})
	e.events = append(e.events, storedEvent{Seq: 9, MessageID: "k1", UserID: "anna", CustomerID: "c1", Name: cancelled, OrderID: "o1", Wakes: true, Consumed: true, ConsumedStep: 2})
	e.customers[0].Orders, e.messages, e.mails = 0, e.messages[:1], e.mails[:1]
}

func TestRulesOfThePolicyAndOfRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		doctor func(*evidence)
		// rule and says are what is broken. Empty when nothing is.
		rule, says string
	}{
		"an offer":                         {func(e *evidence) { club(e, 3) }, "", ""},
		"an offer on a Saturday":           {func(e *evidence) { club(e, 5*24*hour) }, rulePolicy, "when it is quiet"},
		"an offer on Saturday in New York": {func(e *evidence) { club(e, 5*24*hour-14*hour); e.posted[5].Zone = "America/New_York" }, "", ""},
		"an offer in the night of Tokyo":   {func(e *evidence) { club(e, 3*hour); e.posted[5].Zone = "Asia/Tokyo" }, rulePolicy, "when it is quiet"},
		"a claim of Friday that is taken on Saturday": {
			func(e *evidence) { club(e, 5*24*hour); e.messages[3].ClaimedAt = after(4*24*hour + 7*hour) }, "", "",
		},
		"a review mail in the night": {
			func(e *evidence) {
				e.posted, e.events = e.posted[:2], e.events[:2]
				e.messages[1].ClaimedAt, e.mails[1].Taken = after(14*hour), after(14*hour+0.1)
			}, rulePolicy, "review-request o1 was claimed at",
		},
		"a second offer": {
			func(e *evidence) {
				club(e, 3)
				e.messages = append(e.messages, e.messages[3])
				e.messages[4].ID = "m10"
				e.mails = append(e.mails, mail{ID: "p10", MessageID: "m10", Touchpoint: "club-offer", Subject: "club-offer o2", To: "anna@torture.example", Taken: after(3.1)})
			}, rulePolicy, "anna got 2 offers and may get 1",
		},
		"an offer after an objection to offers": {
			func(e *evidence) {
				club(e, 3)
				e.posted[2].Name, e.posted[2].Class, e.posted[2].Acked = withdrawn, "marketing", after(2.5)
			}, ruleUnwanted, "club-offer o1 was claimed 500ms and taken 600ms after it was acknowledged that its reader objected",
		},
		"an order that was cancelled at once has no confirmation": {
			func(e *evidence) { cancelAtOnce(e); unconfirmed(e, "end", "cancelled-by", "m1") }, "", "",
		},
		"a cancel does not excuse a confirmation without a decision": {
			func(e *evidence) { cancelAtOnce(e); unconfirmed(e, "noSend", "suppressed", "m1") }, ruleConfirmed, "order o1 of anna has no confirmation",
		},
		"a confirmation after the order was cancelled": {
			cancelAtOnce, ruleUnwanted, "order-confirmation o1 was claimed 50ms and taken 150ms after it was acknowledged that its reason was gone",
		},
		"a reader who cannot be reached": {
			func(e *evidence) {
				e.objectors = map[string][]string{"anna": {bounce}}
				unconfirmed(e, "noSend", "suppressed", "m1")
			}, "", "",
		},
		"a confirmation after its reader bounced": {
			func(e *evidence) {
				e.reports = []acknowledged{{ID: "s1", Event: bounce, MessageID: "m2", At: after(0.1)}}
				e.kept, e.suppressed = []storedReport{{ID: "s1", MessageID: "m2", Kind: "bounced"}}, []string{"c1"}
			}, ruleUnwanted, "order-confirmation o1 was claimed 100ms",
		},
		"a mail to the other address of somebody who bounced": {
			func(e *evidence) {
				e.posted = append(e.posted, posted{MessageID: "a1", UserID: "anna", Former: "bert", Name: alias, Acked: after(3)})
				e.events = append(e.events, storedEvent{Seq: 9, MessageID: "a1", UserID: "anna", CustomerID: "c1", Name: alias})
				e.mails[0].To = "bert@torture.example"
				e.reports = []acknowledged{{ID: "s1", Event: bounce, MessageID: "m1", At: after(2)}}
				e.kept, e.suppressed = []storedReport{{ID: "s1", MessageID: "m1", Kind: "bounced"}}, []string{"c1"}
			}, "", "",
		},
		"a confirmation that the provider refused": {
			func(e *evidence) {
				e.reports = []acknowledged{{Event: refusal, MessageID: "m1", At: after(0.3)}}
				unconfirmed(e, "noSend", "provider-refused", "m1")
			}, "", "",
		},
		"a customer is known for an order that was never made": {
			func(e *evidence) { e.customers[0].Orders = 2 }, ruleFacts, "anna bought 1 orders for 0.00 and is known for 2 for 0.00",
		},
		"a customer is known for less than was paid": {
			func(e *evidence) { e.events[0].Total = 59.9 }, ruleFacts, "anna bought 1 orders for 59.90 and is known for 1 for 0.00",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := good()
			e.at = after(7 * 24 * hour)
			tt.doctor(e)
			found, _ := check(e)
			if tt.rule == "" {
				require.Empty(t, found)
				return
			}
			require.Contains(t, fmt.Sprint(found), tt.rule+": ")
			require.Contains(t, fmt.Sprint(found), tt.says)
		})
	}
}

func TestWhenItIsQuiet(t *testing.T) {
	t.Parallel()
	friday := time.Date(2026, time.March, 6, 21, 59, 0, 0, time.UTC)
	require.True(t, open("marketing", friday))
	require.False(t, open("marketing", friday.Add(time.Minute)))
	require.True(t, open("service", friday.Add(time.Minute)))
	require.False(t, open("service", friday.Add(3*time.Hour)))
	require.False(t, open("marketing", friday.Add(24*time.Hour)))
}
