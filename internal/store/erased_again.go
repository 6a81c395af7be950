package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/internal/access"
)

// A record that is set back to a backup knows nothing of what was erased since. What it needs to know is kept beside the
// backups: a list of hashes under the record's own key, which the backup has too.

// ErasedLine is one line of that list: an erasure, or an address or person that an erasure left suppressed.
type ErasedLine struct {
	// Erasure is the id of an erasure, Customer our own id of who was erased, and BegunAt when, in real time.
	Erasure  string    `json:"erasure,omitempty"`
	Customer string    `json:"customer,omitempty"`
	BegunAt  time.Time `json:"begunAt,omitzero"`
	// Until is the instant, in journey time, before which nothing of the person is taken any more.
	Until time.Time `json:"until,omitzero"`
	// Hashes stand for the shop's ids of the customer and for their devices.
	Hashes []string `json:"hashes,omitempty"`
	// Suppressed is a hash that is suppressed, for a Reason, Since a real instant.
	Suppressed string    `json:"suppressed,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Since      time.Time `json:"since,omitzero"`
}

var (
	erasedListSQL = sqlText(`SELECT e.id, e.customer_id, e.begun_at, p.erased_at, p.hash FROM erasures e
		JOIN erased_persons p ON p.erasure_id = e.id ORDER BY e.begun_at, e.id, p.hash`)
	leftSuppressedSQL = sqlText(`SELECT address, reason, since FROM suppressions WHERE source = 'erasure' ORDER BY since, address, reason`)
)

// ErasedList returns all that a restored record needs to know of erasures.
func (s *Store) ErasedList(ctx context.Context) ([]ErasedLine, error) {
	var list []ErasedLine
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		_, err := all(ctx, t, func(row scanner) (none struct{}, err error) {
			var line ErasedLine
			var begun, until int64
			var hash string
			err = row.Scan(&line.Erasure, &line.Customer, &begun, &until, &hash)
			if n := len(list); n == 0 || list[n-1].Erasure != line.Erasure {
				line.BegunAt, line.Until = instant(begun), eventInstant(until)
				list = append(list, line)
			}
			last := &list[len(list)-1]
			last.Hashes = append(last.Hashes, hash)
			return none, err
		}, erasedListSQL)
		if err != nil {
			return err
		}
		suppressed, err := all(ctx, t, func(row scanner) (line ErasedLine, err error) {
			var since int64
			err = row.Scan(&line.Suppressed, &line.Reason, &since)
			line.Since = instant(since)
			return line, err
		}, leftSuppressedSQL)
		list = append(list, suppressed...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	return list, nil
}

// EraseAgain carries out, in a record that was set back, what it knows no more of a list of erasures, and returns how many
// customers were erased again. The others are remembered: nothing of them is taken if it comes again. A second time it does
// nothing.
func (s *Store) EraseAgain(ctx context.Context, by access.Actor, list []ErasedLine) (again int, err error) {
	users, err := s.usersByHash(ctx, list)
	if err != nil {
		return 0, fmt.Errorf("erase again: %w", err)
	}
	for _, line := range list {
		erased, err := s.eraseAgain(ctx, by, line, users)
		if err != nil {
			return again, fmt.Errorf("erase again: %w", err)
		}
		if erased {
			again++
		}
	}
	return again, nil
}

var (
	knownErasureSQL = sqlText(`SELECT COUNT(*) FROM erasures WHERE id = $1`)
	allUsersSQL     = sqlText(`SELECT user_id FROM customers UNION SELECT user_id FROM customer_aliases`)
)

// usersByHash returns the shop's ids of customers whose hashes are on the list.
func (s *Store) usersByHash(ctx context.Context, list []ErasedLine) (map[string]string, error) {
	wanted := map[string]bool{}
	for _, line := range list {
		for _, hash := range line.Hashes {
			wanted[hash] = true
		}
	}
	users := map[string]string{}
	err := s.read(ctx, func(ctx context.Context, t tx) error {
		if _, err := s.recordKey(ctx, t); err != nil { // before the rows, which keep the connection busy
			return err
		}
		_, err := all(ctx, t, func(row scanner) (none struct{}, err error) {
			var user string
			if err = row.Scan(&user); err != nil {
				return none, err
			}
			hash, err := s.hashPerson(ctx, t, user)
			if wanted[hash] {
				users[hash] = user
			}
			return none, err
		}, allUsersSQL)
		return err
	})
	return users, err
}

func (s *Store) eraseAgain(ctx context.Context, by access.Actor, line ErasedLine, users map[string]string) (bool, error) {
	if line.Erasure == "" {
		return false, s.write(ctx, func(ctx context.Context, t tx) error {
			_, err := t.exec(ctx, suppressOneSQL, line.Suppressed, line.Reason, micros(line.Since), sourceErasure, "")
			return err
		})
	}
	var known int
	if err := s.readOne(ctx, knownErasureSQL, []any{line.Erasure}, &known); err != nil || known > 0 {
		return false, err
	}
	erased := false
	for _, hash := range line.Hashes {
		if users[hash] == "" || erased {
			continue
		}
		_, err := s.Erase(ctx, Erasing{
			UserID: users[hash], ID: line.Erasure, Until: line.Until, By: by, Reason: "again, after the record was set back",
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
		erased = err == nil
	}
	return erased, s.write(ctx, func(ctx context.Context, t tx) error { return s.rememberLine(ctx, t, line) })
}

var rememberErasureSQL = sqlText(`INSERT INTO erasures (id, customer_id, begun_at, done_at, suppressed, work) VALUES ($1, $2, $3, $4, 0, '{}')
	ON CONFLICT (id) DO NOTHING`)

// rememberLine keeps what a line says, of an erasure that there was nobody left for too.
func (s *Store) rememberLine(ctx context.Context, t tx, line ErasedLine) error {
	if _, err := t.exec(ctx, rememberErasureSQL, line.Erasure, line.Customer, micros(line.BegunAt), micros(s.now())); err != nil {
		return err
	}
	for _, hash := range line.Hashes {
		if _, err := t.exec(ctx, insertErasedOneSQL, hash, line.Erasure, line.Until.UnixMicro()); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, insertErasedIDSQL, line.Customer, line.Erasure)
	return err
}
