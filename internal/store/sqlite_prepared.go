package store

import (
	"context"
	"database/sql/driver"
	"errors"
)

// mostPrepared bounds the statements that a connection keeps. The record has fewer.
const mostPrepared = 500

// preparing opens SQLite connections that keep their statements prepared. SQLite's parser otherwise takes two fifths of the
// time of a decision; PostgreSQL's driver keeps them by itself.
type preparing struct {
	driver driver.Driver
	name   string
}

// Connect implements driver.Connector.
func (p preparing) Connect(context.Context) (driver.Conn, error) {
	conn, err := p.driver.Open(p.name)
	if err != nil {
		return nil, err
	}
	able, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver cannot do what is asked of it"), conn.Close())
	}
	return &preparedConn{sqliteConn: able, kept: map[string]*preparedStmt{}}, nil
}

// Driver implements driver.Connector.
func (p preparing) Driver() driver.Driver { return p.driver }

// sqliteConn is what the driver's connections can do, but for running a text that is not prepared: so database/sql has
// all texts prepared.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedConn is a connection with the statements that it has prepared. database/sql lets one goroutine use it at a time.
type preparedConn struct {
	sqliteConn
	kept map[string]*preparedStmt
}

// sqliteStmt is what the driver's statements can do.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedStmt is a statement that is ready again when it is closed.
type preparedStmt struct {
	sqliteStmt
	busy bool
}

// Close implements driver.Stmt.
func (s *preparedStmt) Close() error {
	s.busy = false
	return nil
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *preparedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	known := c.kept[text]
	if known != nil && !known.busy {
		known.busy = true
		return known, nil
	}
	made, err := c.sqliteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	able, ok := made.(sqliteStmt)
	if !ok || known != nil || len(c.kept) == mostPrepared {
		return made, nil
	}
	c.kept[text] = &preparedStmt{sqliteStmt: able, busy: true}
	return c.kept[text], nil
}

// Close implements driver.Conn.
func (c *preparedConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.sqliteStmt.Close())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}
