package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// dialect is what differs between the databases, apart from the migrations.
type dialect struct {
	name goose.Dialect
	// folder holds the migrations.
	folder string
	// text picks the text of a statement.
	text func(statement) string
	// list makes an argument of a []string or []int64, for "= ANY($n)".
	list func(any) (any, error)
	// retryable tells whether the database ended the transaction because of another one.
	retryable func(error) bool
	// refused tells whether the database refused the values of a statement, and would again.
	refused func(error) bool
	// alone lets a transaction begin when no other is under way that said together, and keeps those out until it ends.
	alone, together []string
	// erasureSteps are what an erasure leaves to be done.
	erasureSteps []string
	// snapshot are the options of a transaction that reads as of one instant.
	snapshot *sql.TxOptions
}

var postgres = &dialect{
	name:      goose.DialectPostgres,
	folder:    "postgres",
	text:      func(q statement) string { return q.postgres },
	list:      func(list any) (any, error) { return list, nil },
	retryable: postgresRetryable,
	refused:   postgresRefused,
	// Who freezes holding the lock must not keep others waiting for long.
	alone:        []string{"SET LOCAL lock_timeout = '5s'", "SELECT pg_advisory_xact_lock(5503041)"},
	together:     []string{"SELECT pg_advisory_xact_lock_shared(5503041)"},
	erasureSteps: []string{StepWorkflow, StepProvider},
	snapshot:     &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
}

var sqlite = &dialect{
	name:      goose.DialectSQLite3,
	folder:    "sqlite",
	text:      func(q statement) string { return q.sqlite },
	list:      asJSON,
	retryable: func(error) bool { return false },
	refused:   sqliteRefused,

	erasureSteps: []string{StepWorkflow, StepProvider, StepDisk},
}

// postgresRetryable knows serialization_failure and deadlock_detected.
func postgresRetryable(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && (answer.Code == "40001" || answer.Code == "40P01")
}

// postgresRefused knows the classes of data exceptions, violated constraints and exceeded limits of the program.
func postgresRefused(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && (strings.HasPrefix(answer.Code, "22") || strings.HasPrefix(answer.Code, "23") || strings.HasPrefix(answer.Code, "54"))
}

// sqliteRefused knows violated constraints, and values that are too large or of the wrong type.
func sqliteRefused(err error) bool {
	var answer *sqlitedriver.Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code() & 0xff { // the rest of the code says which constraint
	case sqlitelib.SQLITE_CONSTRAINT, sqlitelib.SQLITE_TOOBIG, sqlitelib.SQLITE_MISMATCH:
		return true
	default:
		return false
	}
}

// records is an argument for json_to_recordset: a slice of structs whose json names are the columns.
type records struct{ rows any }

// bind turns the arguments that the drivers do not know into some that they do.
func (d *dialect) bind(args []any) ([]any, error) {
	bound := make([]any, len(args))
	for i, arg := range args {
		var err error
		switch arg := arg.(type) {
		case records:
			bound[i], err = asJSON(arg.rows)
		case []string, []int64:
			bound[i], err = d.list(arg)
		default:
			bound[i] = arg
		}
		if err != nil {
			return nil, err
		}
	}
	return bound, nil
}

func asJSON(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode argument: %w", err)
	}
	return string(text), nil
}

// statement is one SQL statement in both dialects.
type statement struct{ postgres, sqlite string }

// sqlText makes a statement of PostgreSQL's text. SQLite accepts the same, but for these: parameters are ?1, lists and
// sets of rows come as JSON, and rows are not locked, because a writing transaction there has the file to itself.
func sqlText(text string) statement {
	lite := rowLock.ReplaceAllString(text, "")
	lite = listTest.ReplaceAllString(lite, "IN (SELECT value FROM json_each($1))")
	lite = recordSet.ReplaceAllStringFunc(lite, jsonRows)
	return statement{postgres: text, sqlite: parameter.ReplaceAllString(lite, "?$1")}
}

var (
	rowLock   = regexp.MustCompile(`\s+FOR (KEY SHARE|(NO KEY )?UPDATE)( SKIP LOCKED)?`)
	listTest  = regexp.MustCompile(`= ANY\((\$\d+)\)`)
	recordSet = regexp.MustCompile(`json_to_recordset\((\$\d+)::json\) AS (\w+)\s*\(([^)]*)\)`)
	parameter = regexp.MustCompile(`\$(\d+)`)
)

// jsonRows is json_to_recordset in SQLite's words.
func jsonRows(text string) string {
	parts := recordSet.FindStringSubmatch(text)
	var columns []string
	for column := range strings.SplitSeq(parts[3], ",") {
		name := strings.Fields(column)[0]
		columns = append(columns, "value->>'"+name+"' AS "+name)
	}
	return "(SELECT " + strings.Join(columns, ", ") + " FROM json_each(" + parts[1] + ")) AS " + parts[2]
}
