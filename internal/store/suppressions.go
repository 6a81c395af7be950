package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/internal/access"
	"klantreis/journey"
)

// Suppression says that an address must not be mailed.
type Suppression struct {
	// Reason is why.
	Reason journey.SuppressionReason
	// Since is the real instant of what led to it.
	Since time.Time
	// Source says who told it.
	Source string
}

// sourceProvider is the source of what the mail provider reported.
const sourceProvider = "provider"

// strictestFirst puts the reasons that block most first: those that say that nothing can arrive.
const strictestFirst = `ORDER BY CASE WHEN reason IN ('complained', 'unsubscribed', 'objected') THEN 1 ELSE 0 END, since`

var suppressionsSQL = sqlText(`SELECT address, reason, since, source FROM suppressions WHERE address = ANY($1) ` + strictestFirst)

// strictest returns why one of the hashes must not be mailed, the strictest of the reasons; "" when all may be.
func strictest(ctx context.Context, t tx, hashes ...string) (journey.SuppressionReason, error) {
	found, err := all(ctx, t, func(row scanner) (one Suppression, err error) {
		var hash string
		var since int64
		err = row.Scan(&hash, &one.Reason, &since, &one.Source)
		return one, err
	}, suppressionsSQL, hashes)
	if err != nil {
		return "", fmt.Errorf("read suppressions: %w", err)
	}
	if len(found) == 0 {
		return "", nil
	}
	return found[0].Reason, nil
}

// suppressions returns those of the addresses that must not be mailed, by their normal form, each with its strictest reason.
func (s *Store) suppressions(ctx context.Context, t tx, addresses []string) (map[string]Suppression, error) {
	byHash := map[string]string{}
	var hashes []string
	for _, address := range addresses {
		hash, err := s.hashAddress(ctx, t, address)
		if err != nil {
			return nil, err
		}
		if hash != "" && byHash[hash] == "" {
			byHash[hash] = journey.NormalAddress(address)
			hashes = append(hashes, hash)
		}
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	found := map[string]Suppression{}
	_, err := all(ctx, t, func(row scanner) (struct{}, error) {
		var hash string
		var since int64
		var one Suppression
		err := row.Scan(&hash, &one.Reason, &since, &one.Source)
		one.Since = instant(since)
		if _, stricter := found[byHash[hash]]; !stricter {
			found[byHash[hash]] = one
		}
		return struct{}{}, err
	}, suppressionsSQL, hashes)
	if err != nil {
		return nil, fmt.Errorf("read suppressions: %w", err)
	}
	return found, nil
}

// SuppressionOf returns why an address must not be mailed, the strictest of the reasons, and false when it may be.
func (s *Store) SuppressionOf(ctx context.Context, address string) (Suppression, bool, error) {
	var found map[string]Suppression
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		found, err = s.suppressions(ctx, t, []string{address})
		return err
	})
	one, ok := found[journey.NormalAddress(address)]
	return one, ok, err
}

// SuppressionFor returns why a customer must not be mailed at an address, because of the address or of the person; false when
// they may be.
func (s *Store) SuppressionFor(ctx context.Context, address, userID string) (Suppression, bool, error) {
	if one, found, err := s.SuppressionOf(ctx, address); found || err != nil {
		return one, found, err
	}
	var found []Suppression
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		person, err := s.hashPerson(ctx, t, userID)
		if err != nil {
			return err
		}
		found, err = all(ctx, t, func(row scanner) (one Suppression, err error) {
			var hash string
			var since int64
			err = row.Scan(&hash, &one.Reason, &since, &one.Source)
			one.Since = instant(since)
			return one, err
		}, suppressionsSQL, []string{person})
		return err
	})
	if err != nil || len(found) == 0 {
		return Suppression{}, false, err
	}
	return found[0], true, nil
}

// suppressionRow is a suppression on its way into the record.
type suppressionRow struct {
	Address    string `json:"address"`
	Reason     string `json:"reason"`
	Since      int64  `json:"since"`
	CustomerID string `json:"customer_id"`
}

var (
	suppressSQL = sqlText(`INSERT INTO suppressions (address, reason, since, source, customer_id)
		SELECT address, reason, since, CAST($2 AS TEXT), customer_id
		FROM json_to_recordset($1::json) AS r (address text, reason text, since bigint, customer_id text)
		WHERE true ORDER BY address, reason ON CONFLICT (address, reason) DO NOTHING`)
	// readmitSQL takes back only what the reader can: that they unsubscribed.
	readmitSQL = sqlText(`DELETE FROM suppressions WHERE address = $1 AND reason = 'unsubscribed' AND since <= $2`)
)

// suppress suppresses the addresses that the reports say must not be mailed, and lets those be mailed again whose readers
// subscribed again. The customer of a report is what customerOf says.
func (s *Store) suppress(ctx context.Context, t tx, fresh []activities.Report, customerOf func(activities.Report) string) error {
	var rows []suppressionRow
	for _, report := range fresh {
		if report.Suppress == "" && report.Kind != activities.ReportResubscribed {
			continue
		}
		hash, err := s.hashAddress(ctx, t, report.Address)
		switch {
		case err != nil:
			return err
		case hash == "":
		case report.Suppress != "":
			rows = append(rows, suppressionRow{hash, string(report.Suppress), micros(report.At), customerOf(report)})
		default:
			if _, err := t.exec(ctx, readmitSQL, hash, micros(report.At)); err != nil {
				return fmt.Errorf("readmit an address: %w", err)
			}
		}
	}
	_, err := s.insertSuppressions(ctx, t, rows, sourceProvider)
	return err
}

// Listed is an address that somebody else's list says must not be mailed.
type Listed struct {
	// Address is the address, and Reason why.
	Address string
	Reason  journey.SuppressionReason
	// Since is since when, in real time.
	Since time.Time
}

// sourceImport is the source of suppressions from lists.
const sourceImport = "import"

// ImportSuppressions suppresses addresses for somebody in one transaction, and returns how many were not suppressed for that reason before.
func (s *Store) ImportSuppressions(ctx context.Context, by access.Actor, list []Listed) (added int, err error) {
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		var rows []suppressionRow
		for _, one := range list {
			hash, err := s.hashAddress(ctx, t, one.Address)
			if err != nil {
				return err
			}
			if hash != "" {
				rows = append(rows, suppressionRow{Address: hash, Reason: string(one.Reason), Since: micros(one.Since)})
			}
		}
		n, err := s.insertSuppressions(ctx, t, rows, sourceImport)
		if added = int(n); err != nil || added == 0 {
			return err
		}
		return s.note(ctx, t, by, "suppression.import", "", nil, values{"added": added})
	})
	if err != nil {
		return 0, fmt.Errorf("import suppressions: %w", err)
	}
	return added, nil
}

// insertSuppressions stores suppressions, of several of one address and reason the earliest.
func (s *Store) insertSuppressions(ctx context.Context, t tx, rows []suppressionRow, source string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	byKey := func(a, b suppressionRow) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Since, b.Since))
	}
	slices.SortFunc(rows, byKey)
	rows = slices.CompactFunc(rows, func(a, b suppressionRow) bool { return a.Address == b.Address && a.Reason == b.Reason })
	n, err := t.exec(ctx, suppressSQL, records{rows}, source)
	if err != nil {
		return 0, fmt.Errorf("suppress addresses: %w", err)
	}
	return n, nil
}
