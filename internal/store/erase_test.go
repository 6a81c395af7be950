package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/internal/access"
	"klantreis/journey"
)

// secrets are what must not be found of the customer who is erased.
var secrets = []string{"zora-q", "zora-old", "zora@zq.example", "old@zq.example", "0612345", "Zoranella", "device-zq", "order-zq", "likes zebras", "zq.example/clicked"}

// zora makes a customer of whom something is in every table.
func (r *record) zora(t *testing.T) string {
	t.Helper()
	who := func(id, user, device string, traits map[string]any) journey.Event {
		e := track(id, user, device, "")
		e.Type, e.Traits = journey.TypeIdentify, traits
		return e
	}
	visit := track("visit zora-q", "", "device-zq-2", "likes zebras")
	agreed := track("agreed zora-q", "zora-q", "", journey.ConsentGiven)
	agreed.Properties = map[string]any{"class": "marketing", "proof": "order-zq", "source": "likes zebras"}
	r.ingest(t, waking, visit,
		who("old zora-old", "zora-old", "device-zq-1", map[string]any{"email": "old@zq.example"}),
		who("who zora-q", "zora-q", "device-zq-2", map[string]any{"email": "Zora@zq.example", "firstName": "Zoranella", "phone": "0612345", "note": "likes zebras"}),
		agreed)
	merged, err := r.Merge(t.Context(), Merging{From: "zora-old", Into: "zora-q"}, new(journey.Map))
	require.NoError(t, err)
	require.True(t, merged)
	id := r.customer(t, "zora-q")
	r.settle(t, id, echo)
	r.ingest(t, waking, track("order-zq", "zora-q", "", "Order Completed"))
	r.decide(t, id, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
		out, err := startRun("order-zq")(ctx, in)
		out.State.Facts.Traits = map[string]any{"email": "zora@zq.example", "firstName": "Zoranella"}
		out.State.Runs[0].ID, out.Messages[0].RunID, out.Messages[0].ID = "run-1", "run-1", "msg-1"
		out.Messages[0].Kind = journey.KindMail
		out.State.Exposures = []journey.Exposure{{RunID: "run-1", Touchpoint: "confirmation", Key: "order-zq", Arm: journey.ArmTreated, At: start, Until: start.Add(time.Hour), ReachedAt: start, Value: 12.5}}
		out.Tasks = []journey.PlannedTask{{ID: "task-1", RunID: "run-1", Touchpoint: "confirmation", Step: "x", Task: journey.Task{Title: "call 0612345", Note: "likes zebras", Urgency: "high"}, CreatedAt: start}}
		out.Decisions[0].Detail = map[string]any{"order": "order-zq"}
		return out, err
	})
	r.claimed(t, "msg-1")
	require.NoError(t, r.Confirm(t.Context(), "msg-1", "first", "provider", journey.ReasonSent, start))
	require.NoError(t, r.RecordReports(t.Context(), []activities.Report{
		{ID: "r-1", MessageID: "msg-1", Kind: activities.ReportClicked, At: start, URL: "https://zq.example/clicked", CustomerID: id},
		{ID: "r-2", MessageID: "lost", Kind: activities.ReportDelivered, At: start, SendKey: r.sendTagOf(t) + ".x", CustomerID: id},
	}, unheard))
	r.ingest(t, waking, track("bad zora-q", "zora-q", "", "poison likes zebras"))
	r.settle(t, id, poisoned)
	r.ingest(t, waking, track("new zora-q", "zora-q", "", "likes zebras"))
	require.NoError(t, r.RecordRejected(t.Context(), "shop", []RejectedEvent{
		{ReceivedAt: start, Code: "missing", Item: `{"userId":"zora-q","event":12,"properties":{"order_id":"order-zq"}}`},
		{ReceivedAt: start, Code: "missing", Item: `{"traits":{"email":"zora\u0040zq.example","name":"Zoranella"}}`},
		{ReceivedAt: start, Code: "missing", Item: `{"event":"Order Completed","anonymousId":"device-zq`},
		{ReceivedAt: start, Code: "missing", Item: `{"userId":"somebody else"}`},
	}))
	return id
}

// sendTagOf is what the record's send keys begin with.
func (r *record) sendTagOf(t *testing.T) string {
	t.Helper()
	tag, err := r.SendTag(t.Context())
	require.NoError(t, err)
	return tag
}

// everything is all that is in the tables, one line for each row.
func (r *record) everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, r.read(t.Context(), func(ctx context.Context, x tx) error {
		for table := range r.schema(t) {
			rows, err := exportRows(ctx, x, sqlText("SELECT * FROM "+table), nil)
			for _, row := range rows {
				text, err := json.Marshal(row)
				if err != nil {
					return err
				}
				fmt.Fprintf(&out, "%s %s\n", table, text)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return out.String()
}

func (r *record) erase(t *testing.T, userID string) Erased {
	t.Helper()
	erased, err := r.Erase(t.Context(), Erasing{UserID: userID, Reason: "asked by letter", By: ann})
	require.NoError(t, err)
	return erased
}

// finish does the steps that lie elsewhere.
func (r *record) finish(t *testing.T) []string {
	t.Helper()
	var done []string
	now := *r.clock.Load()
	for {
		step, found, err := r.TakeErasureStep(t.Context(), now.Add(time.Hour), now.Add(2*time.Hour))
		require.NoError(t, err)
		if !found {
			return done
		}
		done = append(done, step.Step)
		require.NoError(t, r.EndErasureStep(t.Context(), step, ""))
	}
}

func TestEraseLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.zora(t)
		before := r.everything(t)
		for _, secret := range secrets {
			require.Contains(t, before, secret, "or this test shows nothing")
		}
		for _, h := range personal {
			require.Contains(t, before, h.table+" {", "%s holds nothing of them: this test must see to that", h.table)
		}
		r.plan(t, "other")
		r.erase(t, "zora-old")
		require.ElementsMatch(t, r.dialect.erasureSteps, r.finish(t))
		after := r.everything(t)
		for _, secret := range secrets {
			require.NotContains(t, strings.ToLower(after), strings.ToLower(secret))
		}
		require.Contains(t, after, "somebody else")
		require.Contains(t, after, "user of other")
		changes, err := r.Audit(t.Context(), AuditFilter{Action: "customer.erase", Limit: 10})
		require.NoError(t, err)
		require.Len(t, changes, 1)
		require.Equal(t, id, changes[0].Target)
		require.Equal(t, ann, changes[0].By)
		require.Contains(t, string(changes[0].Became), "asked by letter")
		counted, err := r.Tallies(t.Context())
		require.NoError(t, err)
		require.Contains(t, counted, Tally{Month: "2026-03", Touchpoint: "confirmation", What: "mail sent", N: 1})
		require.Contains(t, counted, Tally{Month: "2026-03", Touchpoint: "confirmation", What: "treated reached", N: 1, Value: 12.5})
		require.Contains(t, counted, Tally{Month: "2026-03", What: "orders", N: 1})
	})
}

// TestALeftOutTableIsFound shows that the search above finds what is left.
func TestALeftOutTableIsFound(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.zora(t)
		execute(t, r, "INSERT INTO lost_sends (message_id, send_key, customer_id, touchpoint, sent_at, learnt_at) VALUES ('zora-q', 'x', 'x', 'x', 1, 1)")
		r.erase(t, "zora-q")
		require.Contains(t, r.everything(t), "zora-q")
	})
}

func TestErasedDoNotComeBack(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.zora(t)
		now := r.set(time.Hour)
		r.erase(t, "zora-q")
		r.finish(t)
		quiet := r.everything(t)

		// What was posted before is posted again, late, from the same devices, and once more.
		late := []journey.Event{
			track("order-zq", "zora-q", "", "Order Completed"),
			track("late zora-q", "zora-q", "device-zq-2", "Order Completed"),
			track("late old zora-q", "zora-old", "", "Order Completed"),
			track("late visit zora-q", "", "device-zq-1", "likes zebras"),
			{MessageID: "late alias", Type: journey.TypeAlias, UserID: "heir", PreviousID: "zora-q", Timestamp: start, ReceivedAt: now},
		}
		for range 2 {
			stored, duplicates, err := r.Ingest(t.Context(), late, AnyVersion, waking)
			require.NoError(t, err)
			require.Zero(t, stored)
			require.Equal(t, len(late), duplicates)
		}
		// Decisions, claims and reports that were under way.
		_, err := r.Decide(t.Context(), id, 0, echo)
		require.ErrorIs(t, err, ErrNotFound)
		_, err = r.Claim(t.Context(), "msg-1", "t", now, wanted)
		require.ErrorIs(t, err, ErrNotFound)
		require.ErrorIs(t, r.Confirm(t.Context(), "msg-1", "t", "p", journey.ReasonSent, now), ErrNotFound)
		require.NoError(t, r.RecordReports(t.Context(), []activities.Report{
			{ID: "r-3", MessageID: "msg-1", Kind: activities.ReportClicked, At: start, URL: "https://zq.example/clicked", CustomerID: id, SendKey: r.sendTagOf(t) + ".y"},
		}, unheard))
		_, found, err := r.Reader(t.Context(), id)
		require.NoError(t, err)
		require.False(t, found)
		_, found, err = r.Asked(t.Context(), "msg-1", "answer/msg-1")
		require.NoError(t, err)
		require.False(t, found)

		after := r.everything(t)
		for _, secret := range secrets {
			require.NotContains(t, after, secret)
		}
		require.Equal(t, strings.Count(quiet, "\n")+len(late)-1, strings.Count(after, "\n"), "hashes of the new messageIds, and nothing else")

		// Somebody new by the same name.
		again := track("another order", "zora-q", "device-zq-2", "Order Completed")
		again.Timestamp, again.ReceivedAt = now.Add(time.Minute), now.Add(time.Minute)
		r.ingest(t, waking, again)
		fresh := r.customer(t, "zora-q")
		require.NotEqual(t, id, fresh)
		r.decide(t, fresh, func(ctx context.Context, in journey.Input) (journey.Outcome, error) {
			require.Len(t, in.Events, 1)
			require.Empty(t, in.State.Facts.Traits)
			require.Empty(t, in.Objected, "they never objected")
			return echo(ctx, in)
		})
		_, duplicates, err := r.Ingest(t.Context(), late[:2], AnyVersion, waking)
		require.NoError(t, err)
		require.Equal(t, 2, duplicates)
		r.set(2 * time.Hour)
		second := r.erase(t, "zora-q")
		require.Equal(t, fresh, second.CustomerID)
		last, err := r.ErasureOf(t.Context(), "zora-q")
		require.NoError(t, err)
		require.Equal(t, second.ID, last)
	})
}

func TestErasureKeepsObjections(t *testing.T) {
	object := func(r *record, t *testing.T) {
		no := track("no", "zora-q", "", journey.ConsentWithdrawn)
		no.Properties = map[string]any{"class": "marketing"}
		no.Timestamp = start.Add(time.Minute)
		r.ingest(t, waking, no)
	}
	cases := map[string]struct {
		before   func(r *record, t *testing.T)
		suppress bool
		want     journey.SuppressionReason
	}{
		"they never objected":               {func(*record, *testing.T) {}, false, ""},
		"the operator wants it":             {func(*record, *testing.T) {}, true, journey.AddressUnsubscribed},
		"they objected, nobody read it yet": {object, false, journey.AddressUnsubscribed},
		"a former address unsubscribed": {func(r *record, t *testing.T) {
			_, err := r.ImportSuppressions(t.Context(), access.Actor{}, []Listed{{Address: "old@zq.example", Reason: journey.AddressUnsubscribed, Since: start}})
			require.NoError(t, err)
		}, false, journey.AddressUnsubscribed},
		"it bounced": {func(r *record, t *testing.T) {
			_, err := r.ImportSuppressions(t.Context(), access.Actor{}, []Listed{{Address: "zora@zq.example", Reason: journey.AddressBounced, Since: start}})
			require.NoError(t, err)
		}, false, journey.AddressBounced},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *record) {
				r.zora(t)
				test.before(r, t)
				_, err := r.Erase(t.Context(), Erasing{UserID: "zora-q", Suppress: test.suppress})
				require.NoError(t, err)
				got, _, err := r.SuppressionFor(t.Context(), " ZORA@zq.example", "")
				require.NoError(t, err)
				require.Equal(t, test.want, got.Reason)
				person, _, err := r.SuppressionFor(t.Context(), "", "zora-old")
				require.NoError(t, err)
				require.Equal(t, test.want == journey.AddressUnsubscribed, person.Reason == journey.PersonObjected)
				require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM suppressions WHERE customer_id <> ''"))
			})
		})
	}
}

func TestAReasonThatNamesTheCustomer(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.zora(t)
		_, err := r.Erase(t.Context(), Erasing{UserID: "zora-q", Reason: "mail from Zora@ZQ.example"})
		require.ErrorIs(t, err, ErrReasonNames)
		r.customer(t, "zora-q")
		_, err = r.Erase(t.Context(), Erasing{UserID: "nobody"})
		require.ErrorIs(t, err, ErrNotFound)
	})
}

// TestErasureOfWhatCannotBeRead erases a customer about whom nothing can be decided.
func TestErasureOfWhatCannotBeRead(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.zora(t)
		execute(t, r, "UPDATE customers SET facts = '{'")
		execute(t, r, "UPDATE events SET properties = '{', traits = '['")
		r.erase(t, "zora-q")
		require.NotContains(t, r.everything(t), "zora-q")
	})
}

// TestErasureStepsGoOn has steps fail, be taken once, and be taken again by another process.
func TestErasureStepsGoOn(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		r.zora(t)
		now := r.set(time.Hour)
		erased := r.erase(t, "zora-q")
		taken := map[string]ErasureStep{}
		for range 2 {
			step, found, err := r.TakeErasureStep(t.Context(), now, now.Add(time.Minute))
			require.NoError(t, err)
			require.True(t, found)
			taken[step.Step] = step
			require.Equal(t, []string{"old@zq.example", "Zora@zq.example", "zora@zq.example"}, sortedFold(step.Addresses))
			require.Len(t, step.CustomerIDs, 2)
		}
		_, found, err := r.TakeErasureStep(t.Context(), now, now.Add(time.Minute))
		require.NoError(t, err)
		require.False(t, found, "the others are taken, and the disk comes last")
		require.NoError(t, r.DelayErasureStep(t.Context(), taken[StepProvider], now.Add(10*time.Second), "503"))
		require.NoError(t, r.EndErasureStep(t.Context(), taken[StepWorkflow], ""))
		other := r.open(t) // the process died and another one goes on
		states, err := other.Erasures(t.Context(), "", 10)
		require.NoError(t, err)
		require.Len(t, states, 1)
		require.Equal(t, erased.ID, states[0].ID)
		require.Zero(t, states[0].DoneAt)
		open, troubled, err := other.CountErasures(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int{1, 1}, []int{open, troubled})
		step, found, err := other.TakeErasureStep(t.Context(), now.Add(11*time.Second), now.Add(time.Minute))
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, StepProvider, step.Step)
		require.Equal(t, 1, step.Tries)
		require.Contains(t, r.everything(t), "zora@zq.example")
		require.NoError(t, other.EndErasureStep(t.Context(), step, "some of it stays"))
		require.NotContains(t, r.everything(t), "zora@zq.example")
		r.finish(t)
		states, err = r.Erasures(t.Context(), erased.ID, 10)
		require.NoError(t, err)
		require.Equal(t, now, states[0].DoneAt)
		open, _, err = r.CountErasures(t.Context())
		require.NoError(t, err)
		require.Zero(t, open)
	})
}

func sortedFold(list []string) []string {
	if len(list) == 3 && list[0] > "a" {
		list[0], list[1] = list[1], list[0]
	}
	if list[0] == "Zora@zq.example" {
		list[0], list[1] = list[1], list[0]
	}
	return list
}

// TestScrubbedFile looks for what was deleted in the files of SQLite.
func TestScrubbedFile(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		if r.dialect != sqlite {
			require.NoError(t, r.Scrub(t.Context()))
			return
		}
		r.zora(t)
		r.erase(t, "zora-q")
		r.finish(t)
		require.NotEmpty(t, r.inFiles(t), "deleted is not overwritten, or this test shows nothing")
		require.NoError(t, r.Scrub(t.Context()))
		require.Empty(t, r.inFiles(t))
		// What comes late is not even stored for a moment, not by a process either that does not know of erasures yet.
		for _, store := range []*Store{r.Store, r.open(t)} {
			stored, _, err := store.Ingest(t.Context(), []journey.Event{track("order-zq", "zora-q", "device-zq-2", "Order Completed")}, AnyVersion, waking)
			require.NoError(t, err)
			require.Zero(t, stored)
			require.Empty(t, r.inFiles(t))
		}
		r.plan(t, "other")
	})
}

// inFiles returns the secrets that are in the files of the record.
func (r *record) inFiles(t *testing.T) (found []string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(strings.TrimPrefix(r.url, "sqlite:") + suffix)
		require.NoError(t, err)
		for _, secret := range secrets {
			if strings.Contains(string(data), secret) {
				found = append(found, suffix+": "+secret)
			}
		}
	}
	return found
}

// TestErasuresAmongEverythingElse erases customers again and again while their old events are posted, reported and decided.
func TestErasuresAmongEverythingElse(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.zora(t)
		now := r.set(time.Hour)
		ctx, stop := context.WithCancel(t.Context())
		var group errgroup.Group
		for w := range 3 {
			group.Go(func() error {
				for i := 0; ctx.Err() == nil; i++ {
					events := []journey.Event{track("order-zq", "zora-q", "device-zq-2", "Order Completed"), track(fmt.Sprintf("zora-q %d %d", w, i), "zora-q", "", "X")}
					if _, _, err := r.Ingest(t.Context(), events, AnyVersion, waking); err != nil {
						return err
					}
					if _, err := r.Decide(t.Context(), id, 0, echo); err != nil && i > 1000 {
						return err
					}
				}
				return nil
			})
		}
		group.Go(func() error {
			for i := 0; ctx.Err() == nil; i++ {
				report := activities.Report{ID: fmt.Sprintf("race-%d", i), MessageID: "msg-1", Kind: activities.ReportClicked, At: now, CustomerID: id, URL: "https://zq.example/clicked"}
				if err := r.RecordReports(t.Context(), []activities.Report{report}, unheard); err != nil {
					return err
				}
			}
			return nil
		})
		r.erase(t, "zora-q")
		stop()
		require.NoError(t, group.Wait())
		r.finish(t)
		after := r.everything(t)
		for _, secret := range secrets {
			require.NotContains(t, after, secret)
		}
	})
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		id := r.zora(t)
		rows := map[string][]Exported{}
		require.NoError(t, r.Export(t.Context(), "zora-old", func(table string, row Exported) error {
			if row == nil {
				require.NotContains(t, rows, table)
				rows[table] = []Exported{}
				return nil
			}
			rows[table] = append(rows[table], row)
			return nil
		}))
		for _, h := range personal {
			require.NotEmpty(t, rows[h.table], h.table)
		}
		require.Len(t, rows["rejected_events"], 3)
		require.Equal(t, id, rows["customers"][0]["id"])
		require.IsType(t, time.Time{}, rows["customers"][0]["created_at"])
		text, err := json.Marshal(rows)
		require.NoError(t, err)
		for _, secret := range secrets {
			require.Contains(t, string(text), secret)
		}
		require.ErrorIs(t, r.Export(t.Context(), "nobody", nil), ErrNotFound)
	})
}
