package torture

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// noon is when the story of the good record begins.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

func after(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

// good is the record of one order that was confirmed, delivered, asked about and then reviewed.
func good() *evidence {
	return &evidence{
		at: after(600), patience: 10 * time.Second, clock: clock{J0: noon, R0: noon, Speed: 1},
		posted: []posted{
			{MessageID: "e1", UserID: "anna", OrderID: "o1", Name: completed, First: after(0), Acked: after(0.1)},
			{MessageID: "e2", UserID: "anna", OrderID: "o1", Name: delivered, First: after(1), Acked: after(1.1)},
			{MessageID: "e3", UserID: "anna", OrderID: "o1", Name: reviewed, First: after(20), Acked: after(20.1)},
			{MessageID: "e4", UserID: "anna", OrderID: "o1", Name: viewed, First: after(21)},
			{MessageID: "e5", Device: "phone", Name: viewed, First: after(-1), Acked: after(-0.9)},
			{MessageID: "e6", UserID: "anna", Device: "phone", Name: identify, First: after(0), Acked: after(0.1)},
		},
		events: []storedEvent{
			{Seq: 1, MessageID: "e1", UserID: "anna", CustomerID: "c1", Name: completed, OrderID: "o1", Wakes: true, Consumed: true, ConsumedStep: 1},
			{Seq: 2, MessageID: "e2", UserID: "anna", CustomerID: "c1", Name: delivered, OrderID: "o1", Wakes: true, Consumed: true, ConsumedStep: 3},
			{Seq: 3, MessageID: "e3", UserID: "anna", CustomerID: "c1", Name: reviewed, OrderID: "o1", Wakes: true, Consumed: true, ConsumedStep: 6},
			{Seq: 4, MessageID: "x", UserID: "anna", CustomerID: "c1", Name: viewed, OrderID: "o1"},
			{Seq: 5, MessageID: "e5", CustomerID: "c1", Name: viewed},
			{Seq: 6, MessageID: "e6", UserID: "anna", CustomerID: "c1", Name: identify},
		},
		customers: []storedCustomer{{ID: "c1", UserID: "anna", Orders: 1}},
		runs: []storedRun{
			{ID: "r1", CustomerID: "c1", Touchpoint: "order-confirmation", Key: "o1", Status: "ended", Reason: "completed"},
			{ID: "r2", CustomerID: "c1", Touchpoint: "review-request", Key: "o1", Status: "ended", Reason: "cancelled-by"},
		},
		messages: []storedMessage{
			{ID: "m1", CustomerID: "c1", RunID: "r1", Touchpoint: "order-confirmation", Class: "transactional", Status: "sent", Reason: "sent", ClaimedAt: after(0.2), Consumed: true},
			{ID: "m2", CustomerID: "c1", RunID: "r2", Touchpoint: "review-request", Class: "service", Status: "sent", Reason: "sent", ClaimedAt: after(10), Consumed: true},
			{ID: "m3", CustomerID: "c1", RunID: "r2", Touchpoint: "review-request", Class: "service", Status: "withdrawn", Reason: "cancelled-by", Consumed: true},
		},
		decisions: []storedDecision{
			{CustomerID: "c1", Kind: "start", Reason: "triggered", Touchpoint: "order-confirmation", RunID: "r1", EventSeq: 1, DecidedIn: 1},
			{CustomerID: "c1", Kind: "end", Reason: "completed", Touchpoint: "order-confirmation", RunID: "r1", DecidedIn: 2},
			{CustomerID: "c1", Kind: "start", Reason: "triggered", Touchpoint: "review-request", RunID: "r2", EventSeq: 2, DecidedIn: 3},
			{CustomerID: "c1", Kind: "end", Reason: "cancelled-by", Touchpoint: "review-request", RunID: "r2", MessageID: "m3", EventSeq: 3, DecidedIn: 6},
		},
		mails: []mail{
			{ID: "p1", MessageID: "m1", Touchpoint: "order-confirmation", Subject: "order-confirmation o1", To: "anna@torture.example", Taken: after(0.3)},
			{ID: "p2", MessageID: "m2", Touchpoint: "review-request", Subject: "review-request o1", To: "anna@torture.example", Taken: after(10.1)},
		},
	}
}

func TestAGoodRecordBreaksNoRule(t *testing.T) {
	t.Parallel()
	found, counts := check(good())
	require.Empty(t, found)
	require.Equal(t, findings{Stored: 6, Mails: 2, Orders: 1, ReviewMails: 1, NotSent: 1, Ended: 2}, counts)
}

func TestEveryRule(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		doctor func(*evidence)
		rule   string
		says   string
	}{
		"an acknowledged event is lost": {
			func(e *evidence) { e.events = slices.Delete(e.events, 2, 3) }, ruleStored, "event e3 was acknowledged at Mar  2 12:00:20.100 and is lost",
		},
		"an event is stored twice": {
			func(e *evidence) { e.events = append(e.events, e.events[3]) }, ruleStored, "event x is in the record twice",
		},
		"an event was never consumed": {
			func(e *evidence) { e.events[2].Consumed = false }, ruleConsumed, "event e3 of anna was never seen by a decision",
		},
		"an event was decided upon twice": {
			func(e *evidence) { e.decisions = append(e.decisions, e.decisions[0]) }, ruleConsumed, "event e1 was decided upon 2 times for order-confirmation",
		},
		"an event was decided upon in another step": {
			func(e *evidence) { e.decisions[2].DecidedIn = 9 }, ruleConsumed, "event e2 was consumed by step 3 and decided upon by step 9",
		},
		"an order has no confirmation": {
			func(e *evidence) { e.mails = e.mails[1:] }, ruleConfirmed, "order o1 of anna has no confirmation",
		},
		"an order has two confirmations": {
			func(e *evidence) { e.mails = append(e.mails, e.mails[0]) }, ruleConfirmed, "order o1 has two confirmations, and nobody says why",
		},
		"an order has three confirmations": {
			func(e *evidence) { resend(e); e.mails = append(e.mails, e.mails[0]) }, ruleConfirmed, "order o1 has 3 confirmations",
		},
		"a confirmation went to somebody else": {
			func(e *evidence) { e.mails[0].To = "bert@torture.example" }, ruleConfirmed, "went to bert@torture.example instead of anna",
		},
		"a confirmation was given up as unknown": {
			func(e *evidence) {
				e.messages[0].Status, e.messages[0].Reason = "unknown", "unknown"
				e.decisions[1].MessageID = "m1"
			}, ruleConfirmed, "confirmation m1 was given up as unknown",
		},
		"a review mail went out twice": {
			func(e *evidence) { e.mails = append(e.mails, e.mails[1]) }, ruleOnce, "review-request o1 went out 2 times",
		},
		"the ledger does not know a mail": {
			func(e *evidence) { e.mails[0].MessageID = "m9" }, ruleClaimed, "took order-confirmation o1, which the ledger does not know",
		},
		"nobody claimed a mail": {
			func(e *evidence) { e.messages[0].ClaimedAt = time.Time{} }, ruleClaimed, "took order-confirmation o1, which nobody claimed",
		},
		"a mail was claimed too late": {
			func(e *evidence) { e.messages[0].ClaimedAt = after(0.4) }, ruleClaimed, "took order-confirmation o1 100ms before it was claimed",
		},
		"a mail was claimed after a cancel": {
			func(e *evidence) { e.posted[2].Acked = after(9) }, ruleUnwanted, "review-request o1 was claimed 1s and taken 1.1s after it was acknowledged that its reason",
		},
		"a mail was claimed after an objection": {
			func(e *evidence) { e.posted[2].Name, e.posted[2].Acked = withdrawn, after(9) }, ruleUnwanted, "after it was acknowledged that its reader objected",
		},
		"a mail was claimed after its reader unsubscribed": {
			func(e *evidence) {
				e.reports = []acknowledged{{Event: "unsubscribe", MessageID: "m1", At: after(8)}}
			}, ruleUnwanted, "review-request o1 was claimed 2s and taken 2.1s after",
		},
		"a mail was claimed after its reader clicked": {
			func(e *evidence) {
				e.reports = []acknowledged{{Event: oneClick, MessageID: "m1", At: after(8)}}
			}, ruleUnwanted, "review-request o1 was claimed 2s and taken 2.1s after",
		},
		"a mail was on its way for too long": {
			func(e *evidence) { e.posted[2].Acked, e.mails[1].Taken = after(10.5), after(20) }, ruleUnwanted, "review-request o1 was on its way for 9.5s",
		},
		"a mail was claimed after an objection under another id": {
			func(e *evidence) {
				e.posted = append(e.posted,
					posted{MessageID: "a1", UserID: "bert", Name: withdrawn, Acked: after(3)},
					posted{MessageID: "a2", UserID: "anna", Former: "bert", Name: alias, Acked: after(9)},
				)
				e.events = append(e.events, storedEvent{MessageID: "a1", UserID: "bert", CustomerID: "c1", Name: withdrawn}, storedEvent{MessageID: "a2", UserID: "anna", CustomerID: "c1", Name: alias})
			}, ruleUnwanted, "review-request o1 was claimed 1s and taken 1.1s after it was acknowledged that its reader objected",
		},
		"an old order was confirmed": {
			func(e *evidence) {
				e.events[0].OrderID, e.mails[0].Subject = "imported-1", "order-confirmation imported-1"
			},
			ruleConfirmed, "the old order imported-1 was confirmed",
		},
		"nobody says why a message was not sent": {
			func(e *evidence) { e.decisions[3].MessageID = "" }, ruleReason, "message m3 was not sent, and there is no decision",
		},
		"a message that was not sent has no reason": {
			func(e *evidence) { e.messages[2].Reason = "" }, ruleReason, "message m3 was not sent, and there is no decision",
		},
		"nobody says why a run ended": {
			func(e *evidence) { e.decisions[1].RunID = "" }, ruleReason, "run r1 ended, and there is no decision",
		},
		"nobody decided about a trigger": {
			func(e *evidence) { e.decisions[2].EventSeq = 0 }, ruleReason, "event e2: nobody decided whether it starts review-request",
		},
		"a message stands planned": {
			func(e *evidence) { e.messages[0].Status = "planned" }, ruleLeft, "message m1 of order-confirmation stands planned",
		},
		"a message stands claimed": {
			func(e *evidence) { e.messages[1].Status = "claimed" }, ruleLeft, "message m2 of review-request stands claimed",
		},
		"no decision saw the end of a message": {
			func(e *evidence) { e.messages[1].Consumed = false }, ruleLeft, "message m2 of review-request stands sent, seen by a decision: false",
		},
		"a wake row is left": {
			func(e *evidence) { e.wakes = 1 }, ruleLeft, "1 wake rows are left",
		},
		"a run is overdue": {
			func(e *evidence) { e.runs[1].Status, e.runs[1].Due = "active", after(500) }, ruleLeft, "run r2 of review-request is overdue since 1m40s",
		},
		"a customer is overdue": {
			func(e *evidence) { e.customers[0].NextWake = after(500) }, ruleLeft, "customer c1 is overdue since 1m40s",
		},
		"a workflow failed": {
			func(e *evidence) { e.failed = 1 }, ruleLeft, "1 workflows failed",
		},
		"an event was forgotten": {
			func(e *evidence) { e.forgotten = []string{"c1 Order Completed e1"} }, ruleForgotten, "c1 Order Completed e1 had no wake row",
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

// resend makes the confirmation one that was sent twice, and says why.
func resend(e *evidence) {
	e.messages[0].Reason, e.messages[0].ClaimedAt = "resent-unknown", after(100)
	again := e.mails[0]
	again.Taken = after(100.1)
	e.mails = append(e.mails, again)
}

func TestWhatIsAllowed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		doctor func(*evidence)
		counts func(*findings)
	}{
		"a confirmation that was sent again because nobody could know": {
			resend, func(f *findings) { f.Mails, f.Resent = 3, 1 },
		},
		"a review mail of which nobody knows": {
			func(e *evidence) {
				e.messages[1].Status, e.messages[1].Reason = "unknown", "unknown"
				e.decisions = append(e.decisions, storedDecision{CustomerID: "c1", Kind: "noSend", Reason: "unknown", RunID: "r2", MessageID: "m2", DecidedIn: 5})
			}, func(f *findings) { f.NotSent, f.Unknown = 2, 1 },
		},
		"a confirmation of which nobody knows after its second sending": {
			func(e *evidence) {
				e.messages[0].Status, e.messages[0].Reason, e.messages[0].Resent = "unknown", "unknown", true
				e.decisions[1].MessageID, e.mails = "m1", e.mails[1:]
			}, func(f *findings) { f.Mails, f.NotSent, f.Unknown, f.GivenUp = 1, 2, 1, 1 },
		},
		"a mail that was on its way when it was called off": {
			func(e *evidence) { e.posted[2].Acked = after(10.05) },
			func(f *findings) { f.UnderWay, f.LongestUnderWay = 1, 50*time.Millisecond },
		},
		"a mail went out before two ids were known to be one person": {
			func(e *evidence) {
				e.posted = append(e.posted,
					posted{MessageID: "a1", UserID: "bert", Name: withdrawn, Acked: after(3)},
					posted{MessageID: "a2", UserID: "anna", Former: "bert", Name: alias, Acked: after(12)},
				)
				e.events = append(e.events, storedEvent{MessageID: "a1", UserID: "bert", CustomerID: "c1", Name: withdrawn}, storedEvent{MessageID: "a2", UserID: "anna", CustomerID: "c1", Name: alias})
			}, func(f *findings) { f.Stored, f.Unsubscribed = 8, 2 },
		},
		"a confirmation after an objection": {
			func(e *evidence) {
				e.reports = []acknowledged{{ID: "s1", Event: "unsubscribe", MessageID: "m2", At: after(11)}}
				e.kept, e.objecting = []storedReport{{ID: "s1", MessageID: "m2", Kind: "unsubscribe"}}, []string{"c1"}
			},
			func(f *findings) { f.Unsubscribed = 1 },
		},
		"an event that nobody acknowledged is lost": {
			func(e *evidence) { e.posted[2].Acked = time.Time{} }, func(*findings) {},
		},
		"an event that wakes nobody waits": {
			func(e *evidence) { e.events[3].Consumed = false }, func(*findings) {},
		},
		"a run waits for its time": {
			func(e *evidence) { e.runs[1].Status, e.runs[1].Due = "active", after(700) }, func(f *findings) { f.Ended = 1 },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, want := check(good())
			e := good()
			tt.doctor(e)
			tt.counts(&want)
			found, counts := check(e)
			require.Empty(t, found)
			require.Equal(t, want, counts)
		})
	}
}
