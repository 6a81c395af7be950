package store

import (
	"context"
	"fmt"
	"slices"

	"klantreis/activities"
)

// deliveryRank orders the reports that say how a message fares: the highest stands, whatever came first. A delivered
// message can still bounce, and be reported as spam.
var deliveryRank = map[activities.ReportKind]int{
	activities.ReportProcessed: 1, activities.ReportDeferred: 2, activities.ReportDelivered: 3, activities.ReportDropped: 4,
	activities.ReportBlocked: 5, activities.ReportBounced: 6, activities.ReportComplained: 7,
}

// fate is what the reports have told of a message, on its way into the record. Its fields are the columns.
type fate struct {
	MessageID      string `json:"message_id"`
	Delivery       string `json:"delivery"`
	DeliveryAt     int64  `json:"delivery_at"`
	Subscription   string `json:"subscription"`
	SubscriptionAt int64  `json:"subscription_at"`
	FirstOpenedAt  int64  `json:"first_opened_at"`
	Opens          int64  `json:"opens"`
	MachineOpens   int64  `json:"machine_opens"`
	FirstClickedAt int64  `json:"first_clicked_at"`
	Clicks         int64  `json:"clicks"`
}

// note adds one report. The order in which reports come does not matter.
func (f *fate) note(report activities.Report) {
	at := micros(report.At)
	switch report.Kind {
	case activities.ReportOpened:
		f.Opens++
		f.FirstOpenedAt = earliest(f.FirstOpenedAt, at)
	case activities.ReportMachineOpened:
		f.MachineOpens++
	case activities.ReportClicked:
		f.Clicks++
		f.FirstClickedAt = earliest(f.FirstClickedAt, at)
	case activities.ReportUnsubscribed, activities.ReportResubscribed:
		// Of two at one instant the objection counts.
		if at > f.SubscriptionAt || at == f.SubscriptionAt && report.Kind == activities.ReportUnsubscribed {
			f.Subscription, f.SubscriptionAt = string(report.Kind), at
		}
	default:
		rank, kept := deliveryRank[report.Kind], deliveryRank[activities.ReportKind(f.Delivery)]
		if rank > kept || rank == kept && at > f.DeliveryAt {
			f.Delivery, f.DeliveryAt = string(report.Kind), at
		}
	}
}

// earliest returns the earlier of two instants, of which the first may be none.
func earliest(known, at int64) int64 {
	if known == 0 {
		return at
	}
	return min(known, at)
}

var saveFatesSQL = sqlText(`UPDATE messages SET delivery = r.delivery, delivery_at = r.delivery_at,
		subscription = r.subscription, subscription_at = r.subscription_at, first_opened_at = r.first_opened_at, opens = r.opens,
		machine_opens = r.machine_opens, first_clicked_at = r.first_clicked_at, clicks = r.clicks
	FROM json_to_recordset($1::json) AS r (message_id text, delivery text, delivery_at bigint, subscription text,
		subscription_at bigint, first_opened_at bigint, opens bigint, machine_opens bigint, first_clicked_at bigint, clicks bigint)
	WHERE messages.id = r.message_id`)

// saveFates adds new reports to what is known of their messages.
func saveFates(ctx context.Context, t tx, fresh []activities.Report, messages map[string]*reported) error {
	var rows []*fate
	for _, report := range fresh {
		f := &messages[report.MessageID].fate
		f.note(report)
		if !slices.Contains(rows, f) {
			rows = append(rows, f)
		}
	}
	if _, err := t.exec(ctx, saveFatesSQL, records{rows}); err != nil {
		return fmt.Errorf("save what became of messages: %w", err)
	}
	return nil
}
