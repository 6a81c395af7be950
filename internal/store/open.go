package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Open connects to the record at a URL and makes sure that it can be written.
//
// "postgres://user@host/database" takes all that pgx knows, and pool_max_conns: how many connections may write at once,
// by default 20; a quarter as many more read. "sqlite:PATH" opens or makes a file; see openSQLite for its settings.
//
// The real clock is given as now. Open makes no tables: see Migrate and CheckSchema.
func Open(ctx context.Context, address string, now func() time.Time) (*Store, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	var s *Store
	var err error
	switch scheme {
	case "sqlite":
		s, err = openSQLite(ctx, rest)
	case "postgres", "postgresql":
		s, err = openPostgres(ctx, address)
	default:
		// The address is not shown: it may hold a password.
		return nil, errors.New("open the record: the url must begin with postgres:// or sqlite: and a path")
	}
	if err != nil {
		return nil, fmt.Errorf("open the record: %w", err)
	}
	s.now = now
	return s, nil
}

const (
	// defaultConnections is how many PostgreSQL connections may write at once.
	defaultConnections = 20
	// idleConnection is how long an unused PostgreSQL connection is kept.
	idleConnection = 5 * time.Minute
)

func openPostgres(ctx context.Context, address string) (*Store, error) {
	address, connections, err := poolLimit(address)
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "klantreis"
	}
	// A process that freezes inside a transaction must not hold its locks, and with them everybody else, for long.
	if config.RuntimeParams["idle_in_transaction_session_timeout"] == "" {
		config.RuntimeParams["idle_in_transaction_session_timeout"] = "30s"
	}
	return connectPostgres(ctx, config, connections)
}

func connectPostgres(ctx context.Context, config *pgx.ConnConfig, connections int) (*Store, error) {
	s := &Store{writer: stdlib.OpenDB(*config), reader: stdlib.OpenDB(*config), dialect: postgres}
	s.writer.SetMaxOpenConns(connections)
	s.writer.SetMaxIdleConns(connections)
	s.writer.SetConnMaxIdleTime(idleConnection)
	s.reader.SetMaxOpenConns(1 + connections/4)
	s.reader.SetMaxIdleConns(1 + connections/4)
	s.reader.SetConnMaxIdleTime(idleConnection)
	if err := s.writer.PingContext(ctx); err != nil {
		_ = s.Close() // The ping says what is wrong.
		return nil, err
	}
	return s, nil
}

// poolLimit takes pool_max_conns out of a PostgreSQL URL.
func poolLimit(address string) (string, int, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", 0, fmt.Errorf("the url of the database cannot be read") // The cause would show the password.
	}
	query := parsed.Query()
	text := query.Get("pool_max_conns")
	if text == "" {
		return address, defaultConnections, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return "", 0, fmt.Errorf("pool_max_conns must be a number above 0, not %q", text)
	}
	query.Del("pool_max_conns")
	parsed.RawQuery = query.Encode()
	return parsed.String(), limit, nil
}
