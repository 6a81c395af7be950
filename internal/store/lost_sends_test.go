package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// handedOver claims a planned message and returns what is handed over.
func (r *record) handedOver(t *testing.T, messageID string) activities.Handover {
	t.Helper()
	claim, err := r.Claim(t.Context(), messageID, "token", start, wanted)
	require.NoError(t, err)
	require.Equal(t, activities.Claimed, claim.Status)
	return claim.Handover
}

// lost is what the provider reports of a send after the record was set back.
func lost(h activities.Handover, at time.Time) activities.Report {
	return activities.Report{
		ID: "report of lost", MessageID: "lost", Kind: activities.ReportDelivered, At: at, Address: "jan@example.net",
		SendKey: h.SendKey, CustomerID: "c_gone", Touchpoint: "confirmation",
	}
}

// forget undoes a claim, as if the record had been set back to before it.
func (r *record) forget(t *testing.T, messageID string) {
	t.Helper()
	require.NoError(t, r.Release(t.Context(), messageID, "token"))
}

func TestASendThatTheRecordLostIsNotRepeated(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		_, err := r.Clock(t.Context(), journey.Clock{J0: start.AddDate(1, 0, 0), R0: start, Speed: 60})
		require.NoError(t, err)
		customerID := r.plan(t, "msg")
		h := r.handedOver(t, "msg")
		r.forget(t, "msg")
		r.set(3 * time.Minute)
		first, later := lost(h, start.Add(time.Minute)), lost(h, start.Add(2*time.Minute))
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{later, first, later}, unheard))

		claim, err := r.Claim(t.Context(), "msg", "token", start.Add(time.Hour), nil)
		require.NoError(t, err)
		require.Equal(t, activities.Claim{Status: activities.ClaimSettled, Reason: journey.ReasonSent}, claim)
		m := r.message(t, customerID)
		require.Equal(t, statusSent, m.Status)
		require.Equal(t, start.AddDate(1, 0, 0).Add(time.Hour), m.SettledAt, "when the provider had it, in journey time")
		require.Contains(t, m.Detail, "set back")
		n, err := r.CountLostSends(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)

		other := r.plan(t, "other")
		require.NotEqual(t, h.SendKey, r.handedOver(t, "other").SendKey)
		require.Equal(t, statusClaimed, r.message(t, other).Status, "one lost send is one message")
	})
}

func TestALostSendSettlesAClaimThatNobodyConfirmed(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		customerID := r.plan(t, "msg")
		h := r.handedOver(t, "msg")
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{lost(h, start)}, unheard))
		claim, err := r.Claim(t.Context(), "msg", "again", start, nil)
		require.NoError(t, err)
		require.Equal(t, activities.ClaimSettled, claim.Status)
		require.Equal(t, statusSent, r.message(t, customerID).Status)
	})
}

func TestALostSendToACustomerWhoWasMerged(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "msg")
		h := r.handedOver(t, "msg")
		r.forget(t, "msg")
		r.ingest(t, idle, track("other", "other", "", "view"))
		r.mergeInto(t, "user of msg", "other")
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{lost(h, start)}, unheard))
		claim, err := r.Claim(t.Context(), "msg", "token", start, nil)
		require.NoError(t, err)
		require.Equal(t, activities.ClaimSettled, claim.Status)
	})
}

// startNth starts the nth run of a touchpoint without keys, with a planned message.
func startNth(id string, nth int) activities.DecideFunc {
	return func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
		out, err := startRun(id)(ctx, in)
		out.State.Runs[0].Key, out.State.Runs[0].Nth = "", nth
		return out, err
	}
}

func TestALostSendOfAnEarlierRunIsAnotherOne(t *testing.T) {
	cases := map[string]struct {
		sent time.Duration // after the run's trigger
		want activities.ClaimStatus
	}{
		"sent long before the run began":          {-2 * time.Hour, activities.Claimed},
		"the provider's clock is a little behind": {-30 * time.Second, activities.ClaimSettled},
		"sent after it began":                     {time.Hour, activities.ClaimSettled},
	}
	each(t, func(t *testing.T, r *record) {
		r.set(24 * time.Hour)
		for name, test := range cases {
			r.ingest(t, waking, track(name, name, "", "Order Completed"))
			id := r.customer(t, name)
			r.decide(t, id, startNth("m of "+name, 1))
			h := r.handedOver(t, "m of "+name)
			r.forget(t, "m of "+name)
			report := lost(h, h.Run.StartedAt.Add(test.sent))
			report.MessageID = "lost of " + name
			require.NoError(t, r.RecordReports(t.Context(), []activities.Report{report}, unheard))
			claim, err := r.Claim(t.Context(), "m of "+name, "token", start, wanted)
			require.NoError(t, err)
			require.Equal(t, test.want, claim.Status, name)
		}
	})
}

func TestWhatOthersReportIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "msg")
		h := r.handedOver(t, "msg")
		foreign, old := lost(h, start), lost(h, start)
		foreign.MessageID, foreign.SendKey = "foreign", "AAAAAAAA."+h.SendKey
		old.MessageID, old.SendKey = "old", ""
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{foreign, old}, unheard))
		n, err := r.CountLostSends(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestAnObjectionInALostReportCounts(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "msg")
		h := r.handedOver(t, "msg")
		complaint := lost(h, start)
		complaint.Kind, complaint.Suppress = activities.ReportComplained, journey.AddressComplained
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{complaint, complaint}, unheard))
		found, suppressed, err := r.SuppressionOf(t.Context(), "Jan@example.net")
		require.NoError(t, err)
		require.True(t, suppressed)
		require.Equal(t, journey.AddressComplained, found.Reason)

		back := complaint
		back.Kind, back.Suppress, back.At = activities.ReportResubscribed, "", start.Add(time.Hour)
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{back}, unheard))
		_, suppressed, err = r.SuppressionOf(t.Context(), "jan@example.net")
		require.NoError(t, err)
		require.True(t, suppressed)
	})
}

func TestFindUnrecorded(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.plan(t, "msg")
		h := r.handedOver(t, "msg")
		r.plan(t, "sent")
		sent := r.handedOver(t, "sent")
		require.NoError(t, r.Confirm(t.Context(), "sent", "token", "p", journey.ReasonSent, start))
		gone, planned, known, foreign := lost(h, start.Add(time.Minute)), lost(h, start), lost(sent, start), lost(h, start)
		planned.MessageID, known.MessageID, foreign.SendKey, foreign.MessageID = "msg", "sent", "x.y", "foreign"
		planned.ID, known.ID = "report of msg", "report of sent"
		gone.CustomerID = r.customer(t, "user of msg")
		reports := []activities.Report{gone, planned, known, foreign, gone}
		want := []Unrecorded{
			{MessageID: "msg", Touchpoint: "confirmation", UserID: "user of msg", Address: "jan@example.net", SentAt: start, Planned: true},
			{MessageID: "lost", Touchpoint: "confirmation", UserID: "user of msg", Address: "jan@example.net", SentAt: start.Add(time.Minute)},
		}
		found, err := r.FindUnrecorded(t.Context(), reports)
		require.NoError(t, err)
		require.Equal(t, want, found)

		r.set(time.Hour)
		require.NoError(t, r.RecordReports(t.Context(), reports, unheard))
		want[1].Noted = true
		found, err = r.FindUnrecorded(t.Context(), reports)
		require.NoError(t, err)
		require.Equal(t, want[1:], found)
		want[1].Address = ""
		open, err := r.LostSends(t.Context())
		require.NoError(t, err)
		require.Equal(t, want[1:], open)

		n, err := r.PruneLostSends(t.Context(), start.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}
