package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// exportAtOnce is how many rows of an export are read together.
const exportAtOnce = 200

// Exported is one row of an export, by column: numbers, texts, objects, and instants as RFC 3339 in UTC.
type Exported map[string]any

// exportedToo are the tables that an export shows and that an erasure treats in ways of their own. $1 is as in personal, but
// for objects of shops the shop's ids of the customer; $4 are the hashes of their addresses and ids.
var (
	exportSuppressionsSQL = sqlText(`SELECT * FROM suppressions WHERE address = ANY($4) OR customer_id = ANY($1)
		ORDER BY address, reason LIMIT $2 OFFSET $3`)
	exportShopSQL  = sqlText(`SELECT * FROM shop_objects WHERE user_id = ANY($1) ORDER BY object LIMIT $2 OFFSET $3`)
	exportAuditSQL = sqlText(`SELECT * FROM audit WHERE action LIKE 'customer.%' AND target = ANY($1) ORDER BY seq LIMIT $2 OFFSET $3`)
)

// Export gives everything that the record has about a customer to write, table after table and row after row, with few rows in
// memory. The name of a table comes with each of its rows, and once with a nil row before them, also when there are none. It
// answers ErrNotFound, before anything is written, when the record knows no such customer.
func (s *Store) Export(ctx context.Context, userID string, write func(table string, row Exported) error) error {
	g := erasure{store: s, Erasing: Erasing{UserID: userID}}
	var hashes []string
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		g.tx = t
		return g.look(ctx, &hashes)
	})
	if err != nil {
		return fmt.Errorf("export a customer: %w", err)
	}
	for _, held := range slices.Backward(personal) {
		if err := s.exportTable(ctx, held.table, held.some(), []any{g.ids}, write); err != nil {
			return err
		}
	}
	if err := s.exportTable(ctx, "suppressions", exportSuppressionsSQL, []any{g.ids, hashes}, write); err != nil {
		return err
	}
	if err := s.exportTable(ctx, "shop_objects", exportShopSQL, []any{g.users}, write); err != nil {
		return err
	}
	if err := s.exportTable(ctx, "audit", exportAuditSQL, []any{g.ids}, write); err != nil {
		return err
	}
	return s.exportRejected(ctx, &g, write)
}

// look finds out by what a customer is known, without a lock.
func (g *erasure) look(ctx context.Context, hashes *[]string) error {
	known, err := pairs(ctx, g.tx, knownCustomersSQL, []string{storableText(g.UserID)})
	if err != nil {
		return err
	}
	if g.id = known[storableText(g.UserID)]; g.id == "" {
		return ErrNotFound
	}
	var facts string
	var user string
	if err := g.tx.row(ctx, exportedCustomerSQL, []any{g.id}, &user, &facts); err != nil {
		return err
	}
	g.users = []string{user}
	g.learn(facts)
	if err := g.identify(ctx); err != nil {
		return err
	}
	for _, address := range g.addresses {
		hash, err := g.store.hashAddress(ctx, g.tx, address)
		if err != nil {
			return err
		}
		*hashes = append(*hashes, hash)
	}
	for _, user := range g.users {
		hash, err := g.store.hashPerson(ctx, g.tx, user)
		if err != nil {
			return err
		}
		*hashes = append(*hashes, hash)
	}
	return nil
}

var exportedCustomerSQL = sqlText(`SELECT user_id, facts FROM customers WHERE id = $1`)

// exportTable writes the rows that a statement reads, some at a time.
func (s *Store) exportTable(ctx context.Context, table string, q statement, args []any, write func(string, Exported) error) error {
	if err := write(table, nil); err != nil {
		return err
	}
	for offset := 0; ; offset += exportAtOnce {
		var rows []Exported
		err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
			paged := append([]any{args[0], exportAtOnce, offset}, args[1:]...)
			rows, err = exportRows(ctx, t, q, paged)
			return err
		})
		if err != nil {
			return fmt.Errorf("export %s: %w", table, err)
		}
		for _, row := range rows {
			if err := write(table, row); err != nil {
				return err
			}
		}
		if len(rows) < exportAtOnce {
			return nil
		}
	}
}

// exportRows reads rows with all their columns, whichever they are.
func exportRows(ctx context.Context, t tx, q statement, args []any) ([]Exported, error) {
	bound, err := t.dialect.bind(args)
	if err != nil {
		return nil, err
	}
	found, err := t.inner.QueryContext(ctx, t.dialect.text(q), bound...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // Err below tells what matters.
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	var rows []Exported
	for found.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		row := Exported{}
		for i, column := range columns {
			row[column] = exported(column, values[i])
		}
		rows = append(rows, row)
	}
	return rows, found.Err()
}

// instantColumns are the columns with instants whose names do not end in _at.
var instantColumns = map[string]bool{
	"phase_since": true, "next_wake": true, "due": true, "held_since": true, "since": true, "trouble_since": true, "at": true,
}

// jsonColumns are the columns with JSON.
var jsonColumns = map[string]bool{
	"facts": true, "snapshot": true, "properties": true, "traits": true, "context": true, "content": true,
	"detail": true, "before_edit": true, "stood": true, "proof": true, "was": true, "became": true,
}

// exported returns a value as an export shows it.
func exported(column string, value any) any {
	if bytes, ok := value.([]byte); ok {
		value = string(bytes)
	}
	switch value := value.(type) {
	case int64:
		if instantColumns[column] || strings.HasSuffix(column, "_at") {
			if value == 0 {
				return nil
			}
			return eventInstant(value)
		}
	case string:
		switch {
		case !jsonColumns[column]:
		case value == "":
			return nil
		case json.Valid([]byte(value)):
			return json.RawMessage(value)
		}
	}
	return value
}

// exportRejected writes the rejected events that name the customer.
func (s *Store) exportRejected(ctx context.Context, g *erasure, write func(string, Exported) error) error {
	if err := write("rejected_events", nil); err != nil {
		return err
	}
	for before := int64(0); ; {
		events, err := s.RejectedEvents(ctx, before, "", exportAtOnce)
		if err != nil {
			return err
		}
		for _, e := range events {
			before = e.Seq
			if !g.namedIn(e.Item) && !g.namedIn(e.Message) {
				continue
			}
			row := Exported{
				"seq": e.Seq, "received_at": e.ReceivedAt, "key_name": e.Key, "code": e.Code, "field": e.Field, "message": e.Message, "item": e.Item,
			}
			if err := write("rejected_events", row); err != nil {
				return err
			}
		}
		if len(events) < exportAtOnce {
			return nil
		}
	}
}
