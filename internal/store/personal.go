package store

import "strings"

// holding is a table in which rows are a customer's, and how these are found.
type holding struct {
	table string
	// mine are the conditions of the customer's rows, no row under two of them. $1 is the list of our own ids of the customer:
	// the present one and those of who was merged into them. There are several where each has an index.
	mine []string
	// order is by what the rows are sorted in an export.
	order string
}

// personal are all tables in which rows are a customer's, those first that refer to others. An erasure removes these rows and
// an export shows them. A test demands that every table of the record is either here or said not to be.
var personal = []holding{
	{"parked_events", []string{`seq IN (SELECT seq FROM events WHERE customer_id = ANY($1) AND consumed_step IS NOT NULL)`}, "seq"},
	{"provider_events", []string{`message_id IN (SELECT id FROM messages WHERE customer_id = ANY($1))`}, "id"},
	{"exposures", []string{`run_id IN (SELECT id FROM runs WHERE customer_id = ANY($1))`}, "run_id"},
	{"tasks", []string{`customer_id = ANY($1)`}, "created_at, id"},
	{"decisions", []string{`customer_id = ANY($1)`}, "seq"},
	{"messages", []string{`customer_id = ANY($1)`}, "planned_at, id"},
	{"runs", []string{`customer_id = ANY($1)`}, "seq"},
	{"consents", []string{
		`customer_id = ANY($1)`,
		`customer_id IS NULL AND anonymous_id IN (SELECT anonymous_id FROM devices WHERE customer_id = ANY($1))`,
	}, "seq"},
	{"events", []string{
		`customer_id = ANY($1) AND consumed_step IS NULL`,
		`customer_id = ANY($1) AND consumed_step IS NOT NULL`,
		`customer_id IS NULL AND anonymous_id IN (SELECT anonymous_id FROM devices WHERE customer_id = ANY($1))`,
	}, "seq"},
	{"devices", []string{`customer_id = ANY($1)`}, "anonymous_id"},
	{"customer_aliases", []string{`customer_id = ANY($1)`}, "user_id"},
	{"lost_sends", []string{`customer_id = ANY($1)`}, "message_id"},
	{"wakes", []string{`customer_id = ANY($1)`}, "customer_id"},
	{"customers", []string{`id = ANY($1)`}, "id"},
}

// removals returns what removes a customer's rows from a table.
func (h holding) removals() []statement {
	var list []statement
	for _, mine := range h.mine {
		list = append(list, sqlText(`DELETE FROM `+h.table+` WHERE `+mine))
	}
	return list
}

// some returns what reads a customer's rows of a table: $2 of them, after the first $3.
func (h holding) some() statement {
	parts := make([]string, len(h.mine))
	for i, mine := range h.mine {
		parts[i] = `SELECT * FROM ` + h.table + ` WHERE ` + mine
	}
	return sqlText(`SELECT * FROM (` + strings.Join(parts, ` UNION ALL `) + `) AS rows ORDER BY ` + h.order + ` LIMIT $2 OFFSET $3`)
}
