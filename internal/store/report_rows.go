package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// reportRow is a report on its way into the record.
type reportRow struct {
	ID         string `json:"id"`
	MessageID  string `json:"message_id"`
	Kind       string `json:"kind"`
	HappenedAt int64  `json:"happened_at"`
	Detail     string `json:"detail"`
}

var insertReportsSQL = sqlText(`INSERT INTO provider_events (id, message_id, kind, happened_at, detail)
	SELECT id, message_id, kind, happened_at, detail
	FROM json_to_recordset($1::json) AS r (id text, message_id text, kind text, happened_at bigint, detail text)
	WHERE true ORDER BY id ON CONFLICT (id) DO NOTHING RETURNING id`)

// insertReports stores the reports about known messages and returns those that are new, the earliest first.
func insertReports(ctx context.Context, t tx, events []ProviderEvent, messages map[string]*reported) ([]ProviderEvent, error) {
	byID := map[string]ProviderEvent{}
	for _, event := range events {
		event.ID, event.Kind, event.Detail = storableText(event.ID), storableText(event.Kind), storableText(event.Detail)
		if messages[event.MessageID] != nil {
			byID[event.ID] = event
		}
	}
	rows := make([]reportRow, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		event := byID[id]
		rows = append(rows, reportRow{event.ID, event.MessageID, event.Kind, micros(event.At), event.Detail})
	}
	inserted, err := all(ctx, t, scanText, insertReportsSQL, records{rows})
	if err != nil {
		return nil, fmt.Errorf("insert provider events: %w", err)
	}
	fresh := make([]ProviderEvent, len(inserted))
	for i, id := range inserted {
		fresh[i] = byID[id]
	}
	slices.SortFunc(fresh, func(a, b ProviderEvent) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return fresh, nil
}

// deliveryRow is how a message fares, on its way into the record.
type deliveryRow struct {
	MessageID  string `json:"message_id"`
	Delivery   string `json:"delivery"`
	DeliveryAt int64  `json:"delivery_at"`
}

var saveDeliveriesSQL = sqlText(`UPDATE messages SET delivery = r.delivery, delivery_at = r.delivery_at
	FROM json_to_recordset($1::json) AS r (message_id text, delivery text, delivery_at bigint)
	WHERE messages.id = r.message_id`)

// saveDeliveries keeps the report of the highest rank for each message; of two of the same rank the newer one.
func saveDeliveries(ctx context.Context, t tx, fresh []ProviderEvent, messages map[string]*reported) error {
	changed := map[string]deliveryRow{}
	for _, event := range fresh {
		m, rank := messages[event.MessageID], deliveryRank[event.Kind]
		kept := deliveryRank[m.delivery]
		if rank == 0 || rank < kept || rank == kept && micros(event.At) <= m.deliveryAt {
			continue
		}
		m.delivery, m.deliveryAt = event.Kind, micros(event.At)
		changed[m.ID] = deliveryRow{m.ID, m.delivery, m.deliveryAt}
	}
	if len(changed) == 0 {
		return nil
	}
	rows := slices.Collect(maps.Values(changed))
	if _, err := t.exec(ctx, saveDeliveriesSQL, records{rows}); err != nil {
		return fmt.Errorf("save deliveries: %w", err)
	}
	return nil
}
