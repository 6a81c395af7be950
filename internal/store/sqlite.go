package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many connections may read an SQLite file beside the one that writes.
const readers = 4

// busyTimeout is for how many milliseconds a connection waits for another process that has the file locked.
const busyTimeout = "10000"

// mostWAL is how many bytes the write-ahead log keeps on the disk. A long reader, such as a backup, makes it grow for as
// long as it reads; what it grew beyond this is given back after that.
const mostWAL = 16 << 20

// openSQLite opens or makes a file in WAL mode. The path may be followed by "?synchronous=": "normal", the default,
// keeps every commit through a killed process, but the last few may be lost when the machine loses power or its kernel
// crashes; "full" waits for the disk at every commit and keeps those too.
func openSQLite(ctx context.Context, rest string) (*Store, error) {
	path, synchronous, err := sqliteSettings(rest)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: sqlite}
	if s.writer, err = openFile(path, "&_txlock=immediate&_pragma=synchronous("+synchronous+")"); err != nil {
		return nil, err
	}
	if s.reader, err = openFile(path, "&_pragma=query_only(1)"); err != nil {
		return nil, err
	}
	s.writer.SetMaxOpenConns(1)
	s.writer.SetMaxIdleConns(1)
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	// An empty transaction takes the write lock, which a broken or read-only file refuses now instead of later.
	if err := s.write(ctx, func(context.Context, tx) error { return nil }); err != nil {
		_ = s.Close() // The first error says what is wrong.
		return nil, fmt.Errorf("file %s: %w", path, err)
	}
	return s, nil
}

func openFile(path, settings string) (*sql.DB, error) {
	file := url.URL{Scheme: "file", Path: path}
	name := file.String() + "?_pragma=busy_timeout(" + busyTimeout + ")&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)" +
		"&_pragma=journal_size_limit(" + strconv.Itoa(mostWAL) + ")" + settings
	plain, err := sql.Open("sqlite", name) // which connects to nothing yet
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{driver: plain.Driver(), name: name}), plain.Close()
}

// sqliteSettings splits "PATH?synchronous=full" and makes the path absolute.
func sqliteSettings(rest string) (path, synchronous string, err error) {
	path, settings, _ := strings.Cut(rest, "?")
	if path == "" {
		return "", "", fmt.Errorf("the url needs a path: sqlite:PATH")
	}
	values, err := url.ParseQuery(settings)
	if err != nil {
		return "", "", fmt.Errorf("settings of %s: %w", path, err)
	}
	synchronous = "normal"
	for name, value := range values {
		switch {
		case name != "synchronous":
			return "", "", fmt.Errorf("settings of %s: there is no %q", path, name)
		case value[0] != "normal" && value[0] != "full":
			return "", "", fmt.Errorf("settings of %s: synchronous must be normal or full, not %q", path, value[0])
		}
		synchronous = value[0]
	}
	path, err = filepath.Abs(path)
	return path, synchronous, err
}
