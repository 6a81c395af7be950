package torture

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatTheRecordMayNotSay lets the record and what else is known disagree.
func TestWhatTheRecordMayNotSay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		doctor func(*evidence)
		rule   string
		says   string
	}{
		"a review mail that the ledger calls sent never reached the provider": {
			func(e *evidence) { e.mails = e.mails[:1] }, ruleHanded, "message m2 of review-request stands sent, and the provider never took it",
		},
		"the ledger says not sent, and the provider has the mail": {
			func(e *evidence) {
				e.messages[1].Status, e.messages[1].Reason = "notsent", "provider-refused"
				e.decisions = append(e.decisions, storedDecision{CustomerID: "c1", Kind: "noSend", Reason: "provider-refused", RunID: "r2", MessageID: "m2", DecidedIn: 5})
			}, ruleHanded, "message m2 of review-request stands notsent, and the provider took it",
		},
		"the provider refused nothing": {
			func(e *evidence) {
				e.messages[1].Status, e.messages[1].Reason, e.mails = "notsent", "provider-refused", e.mails[:1]
				e.decisions = append(e.decisions, storedDecision{CustomerID: "c1", Kind: "noSend", Reason: "provider-refused", RunID: "r2", MessageID: "m2", DecidedIn: 5})
			}, ruleHanded, "message m2 of review-request stands refused, and the provider did not refuse it",
		},
		"a confirmation was sent again although its report was acknowledged before": {
			func(e *evidence) {
				resend(e)
				e.reports = []acknowledged{{Event: "processed", MessageID: "m1", At: after(0.5)}}
			}, ruleAgain, "message m1 was sent again 1m39.6s after its report was acknowledged",
		},
		"a confirmation was sent again a second after the first": {
			func(e *evidence) {
				resend(e)
				e.messages[0].ClaimedAt, e.mails[2].Taken = after(1.0), after(1.1)
			}, ruleAgain, "message m1 was sent again after 800ms, before its report could come",
		},
		"a run ended as cancelled, and nobody cancelled": {
			func(e *evidence) { e.posted, e.events = e.posted[:2], e.events[:2] }, ruleCause,
			"run r2 of review-request o1 ended as cancelled, and nobody cancelled it",
		},
		"an event of a customer belongs to nobody": {
			func(e *evidence) { e.events[3].CustomerID, e.events[3].Wakes = "", true }, ruleOwner, "event x of anna belongs to nobody",
		},
		"a visitor's event never joined the customer of its device": {
			func(e *evidence) { e.events[4].CustomerID = "" }, ruleOwner, "event e5 of anna belongs to nobody",
		},
		"an event belongs to somebody else": {
			func(e *evidence) {
				e.events[3].CustomerID, e.customers = "c2", append(e.customers, storedCustomer{ID: "c2", UserID: "bert"})
			}, ruleOwner, "event x of anna belongs to bert",
		},
		"an acknowledged complaint left no trace in the record": {
			func(e *evidence) {
				e.reports = []acknowledged{{ID: "s1", Event: "spamreport", MessageID: "m2", At: after(30)}}
			},
			ruleTold, "the spamreport s1 about message m2 was acknowledged and is lost",
		},
		"an acknowledged bounce has no effect": {
			func(e *evidence) {
				e.reports = []acknowledged{{ID: "s1", Event: bounce, MessageID: "m2", At: after(30)}}
				e.kept = []storedReport{{ID: "s1", MessageID: "m2", Kind: "bounced"}}
			}, ruleTold, "the bounce about message m2 was acknowledged, and its reader may be mailed",
		},
		"a click that was acknowledged has no effect": {
			func(e *evidence) { e.reports = []acknowledged{{Event: oneClick, MessageID: "m2", At: after(30)}} },
			ruleTold, "the one-click about message m2 was acknowledged, and its reader may be mailed",
		},
		"an event belongs to a customer who is not there": {
			func(e *evidence) { e.events[3].CustomerID = "c_gone" }, ruleOwner, "event x of anna belongs to customer c_gone, who is not there",
		},
		"two ids that an acknowledged alias joined are two customers": {
			func(e *evidence) {
				e.posted = append(e.posted, posted{MessageID: "a", UserID: "anna", Former: "bert", Name: alias, Acked: after(5)})
				e.events = append(e.events, storedEvent{Seq: 7, MessageID: "a", UserID: "anna", CustomerID: "c1", Name: alias})
				e.customers = append(e.customers, storedCustomer{ID: "c2", UserID: "bert"})
			}, ruleOwner, "anna and bert are one person and two customers",
		},
		"a delivered order has no review mail and no reason why": {
			func(e *evidence) {
				e.messages, e.mails = e.messages[:1], e.mails[:1]
				e.runs[1].Reason = "completed"
				e.decisions[3] = storedDecision{CustomerID: "c1", Kind: "end", Reason: "completed", Touchpoint: "review-request", RunID: "r2", DecidedIn: 6}
				e.posted, e.events = e.posted[:2], e.events[:2]
			}, ruleCause, "run r2 of review-request o1 is complete, with 0 of its 2 mails sent or refused with a reason",
		},
		"the stored event is not the one that was posted": {
			func(e *evidence) { e.events[1].OrderID, e.events[1].UserID = "o9", "bert" }, ruleStored,
			`event e2 was posted as Order Delivered of "anna" about "o1" and is stored as Order Delivered of "bert" about "o9"`,
		},
		"somebody is not mailed and never objected": {
			func(e *evidence) {
				e.decisions = append(e.decisions, storedDecision{CustomerID: "c1", Kind: "noSend", Reason: "suppressed", Touchpoint: "review-request", RunID: "r2"})
			}, ruleCause, "anna is not mailed by review-request for suppressed, and never objected",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := good()
			tt.doctor(e)
			found, _ := check(e)
			require.NotEmpty(t, found)
			require.Contains(t, fmt.Sprint(found), tt.rule+": ")
			require.Contains(t, fmt.Sprint(found), tt.says)
		})
	}
}
