package testserver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// databaseTimeout is how long making or dropping a database may take on a busy machine.
const databaseTimeout = time.Minute

// shared is the cluster that all calls of Postgres in this process use. It ends with the process.
var shared struct {
	sync.Mutex
	cluster *cluster
}

// databases counts the databases of this process.
var databases atomic.Int64

// Postgres returns the URL of an empty database that only this test knows. It is dropped when the test ends, together
// with the connections to it. The server behind it is shared by the tests of this process and started by the first.
func Postgres(t testing.TB) string {
	t.Helper()
	c, err := sharedCluster(findPostgres(t))
	if err != nil {
		t.Fatalf("start postgres: %v", err)
	}
	url, err := c.createDatabase(context.Background())
	if err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.dropDatabase(context.Background(), url); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return url
}

// sharedCluster returns the cluster of this process, starting it when it is the first call or when the last one failed.
func sharedCluster(p programs) (*cluster, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster != nil {
		return shared.cluster, nil
	}
	c, err := newCluster(p, nil)
	if err != nil {
		return nil, err
	}
	shared.cluster = c
	return c, nil
}

// createDatabase makes an empty database and returns its URL.
func (c *cluster) createDatabase(ctx context.Context) (string, error) {
	name := fmt.Sprintf("test%d", databases.Add(1))
	return c.url(name), c.exec(ctx, "CREATE DATABASE "+name)
}

// dropDatabase drops the database behind a URL and closes the connections that are left.
func (c *cluster) dropDatabase(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("parse the database's own url: %w", err)
	}
	return c.exec(ctx, "DROP DATABASE "+pgx.Identifier{config.Database}.Sanitize()+" WITH (FORCE)")
}

func (c *cluster) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", c.port, database)
}

// exec runs one statement in the maintenance database.
func (c *cluster) exec(ctx context.Context, statement string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, databaseTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
