package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

var (
	selectDevicesSQL = sqlText(`SELECT anonymous_id, customer_id FROM devices
		WHERE anonymous_id = ANY($1) AND customer_id IS NOT NULL`)
	insertDevicesSQL = sqlText(`INSERT INTO devices (anonymous_id)
		SELECT anonymous_id FROM json_to_recordset($1::json) AS r (anonymous_id text)
		WHERE true ORDER BY anonymous_id ON CONFLICT (anonymous_id) DO NOTHING`)
	lockDevicesSQL = sqlText(`SELECT anonymous_id, COALESCE(customer_id, '') FROM devices
		WHERE anonymous_id = ANY($1) ORDER BY anonymous_id FOR UPDATE`)
	linkDevicesSQL = sqlText(`UPDATE devices SET customer_id = r.customer_id
		FROM json_to_recordset($1::json) AS r (anonymous_id text, customer_id text)
		WHERE devices.anonymous_id = r.anonymous_id AND devices.customer_id IS NULL`)
	adoptEventsSQL = sqlText(`UPDATE events
		SET customer_id = (SELECT d.customer_id FROM devices d WHERE d.anonymous_id = events.anonymous_id),
			age = age + CASE WHEN received_at < $2 THEN $2 - received_at ELSE 0 END
		WHERE customer_id IS NULL AND anonymous_id = ANY($1) RETURNING customer_id, wakes, urgent`)
)

// deviceRow is a device on its way into the record.
type deviceRow struct {
	AnonymousID string `json:"anonymous_id"`
	CustomerID  string `json:"customer_id,omitempty"`
}

// findDevices returns the owners of devices, "" when it is nobody's, and remembers the devices that are new.
//
// Nobody's devices are locked until the end of the transaction. Without that, a visitor's event could be stored beside
// the transaction that links its device and would belong to nobody for ever. Links never change, so a linked device
// needs no lock, and nearly all events come from those.
func findDevices(ctx context.Context, t tx, devices []string) (map[string]string, error) {
	if len(devices) == 0 {
		return map[string]string{}, nil
	}
	owners, err := pairs(ctx, t, selectDevicesSQL, devices)
	if err != nil {
		return nil, fmt.Errorf("find devices: %w", err)
	}
	var rows []deviceRow
	var unowned []string
	for _, device := range devices {
		if owners[device] == "" {
			rows = append(rows, deviceRow{AnonymousID: device})
			unowned = append(unowned, device)
		}
	}
	if len(rows) == 0 {
		return owners, nil
	}
	locked, err := lockNewDevices(ctx, t, rows, unowned)
	if err != nil {
		return nil, err
	}
	maps.Copy(owners, locked)
	return owners, nil
}

// deviceTries is how often it is tried to have all devices of a batch. Each try but the first is because some were forgotten
// meanwhile, with the last of their old events.
const deviceTries = 5

// lockNewDevices inserts devices, if they are new, and locks them all.
func lockNewDevices(ctx context.Context, t tx, rows []deviceRow, ids []string) (map[string]string, error) {
	for range deviceTries {
		if _, err := t.exec(ctx, insertDevicesSQL, records{rows}); err != nil {
			return nil, fmt.Errorf("insert devices: %w", err)
		}
		locked, err := pairs(ctx, t, lockDevicesSQL, ids)
		if err != nil {
			return nil, fmt.Errorf("lock devices: %w", err)
		}
		if len(locked) == len(ids) {
			return locked, nil
		}
	}
	return nil, errors.New("lock devices: they are being forgotten")
}

// adoptedEvent is a visitor's event that became a customer's.
type adoptedEvent struct {
	customerID    string
	wakes, urgent int
}

// adopt writes the links of this batch and gives the earlier events of the devices to their customers. These events are
// as old as they are now: what a visitor did last month must not start today what it would have started then.
func (ids *identities) adopt(ctx context.Context, t tx, wakes *wakeBumps) error {
	if len(ids.linked) == 0 {
		return nil
	}
	var rows []deviceRow
	devices := slices.Sorted(maps.Keys(ids.linked))
	for _, device := range devices {
		rows = append(rows, deviceRow{device, ids.linked[device]})
	}
	if _, err := t.exec(ctx, linkDevicesSQL, records{rows}); err != nil {
		return fmt.Errorf("link devices: %w", err)
	}
	adopted, err := all(ctx, t, func(row scanner) (event adoptedEvent, err error) {
		err = row.Scan(&event.customerID, &event.wakes, &event.urgent)
		return event, err
	}, adoptEventsSQL, devices, micros(ids.receivedAt))
	if err != nil {
		return fmt.Errorf("adopt visitors' events: %w", err)
	}
	for _, event := range adopted {
		if event.wakes == 1 {
			wakes.add(event.customerID, event.urgent)
		}
	}
	return nil
}
