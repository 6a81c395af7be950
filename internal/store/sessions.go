package store

import (
	"context"
	"fmt"
	"time"

	"klantreis/internal/access"
)

// Session is a browser that somebody signed in with, as the record has it. The session's id itself is not kept.
type Session struct {
	// Hash is the SHA-256 of its id, in hexadecimal digits.
	Hash string
	// User is who signed in. Empty for the built-in admin.
	User string
	// Stamp must be what it was when the session began. It stands for the token of the built-in admin.
	Stamp string
	// Role is the user's at the moment. Empty for the built-in admin.
	Role access.Role
	// BeganAt and SeenAt are real instants.
	BeganAt, SeenAt time.Time
}

// Entry is somebody who proved who they are.
type Entry struct {
	// User is who. Empty for the built-in admin.
	User string
	// PasswordHash is what the password was checked with: no session begins when it is another one by now. NewHash replaces
	// it; empty leaves it.
	PasswordHash, NewHash string
	// Hash and Stamp are those of the session.
	Hash, Stamp string
}

var (
	insertSessionSQL = sqlText(`INSERT INTO sessions (hash, user_name, stamp, began_at, seen_at) VALUES ($1, $2, $3, $4, $4)`)
	rehashSQL        = sqlText(`UPDATE users SET password_hash = $2 WHERE name = $1`)
)

// BeginSession begins a session. It answers ErrNotFound when the user is gone, is disabled, or has another password.
func (s *Store) BeginSession(ctx context.Context, by access.Actor, e Entry) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		if e.User != "" {
			if err := admit(ctx, t, e); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, insertSessionSQL, e.Hash, e.User, e.Stamp, micros(s.now())); err != nil {
			return err
		}
		return s.note(ctx, t, by, "session.begin", by.Name, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	return nil
}

// admit looks at the user once more, whom nobody changes until the session is there.
func admit(ctx context.Context, t tx, e Entry) error {
	user, err := oneUser(ctx, t, lockUserSQL, e.User)
	if err != nil {
		return err
	}
	if !user.DisabledAt.IsZero() || user.PasswordHash != e.PasswordHash {
		return ErrNotFound
	}
	if e.NewHash != "" {
		_, err = t.exec(ctx, rehashSQL, e.User, e.NewHash)
	}
	return err
}

var sessionSQL = sqlText(`SELECT s.user_name, s.stamp, s.began_at, s.seen_at, COALESCE(u.role, ''), COALESCE(u.disabled_at, 0)
	FROM sessions s LEFT JOIN users u ON u.name = s.user_name WHERE s.hash = $1`)

// Session returns a session. It answers ErrNotFound when there is none, or its user may not sign in.
func (s *Store) Session(ctx context.Context, hash string) (Session, error) {
	session := Session{Hash: hash}
	var began, seen, disabled int64
	err := s.readOne(ctx, sessionSQL, []any{hash}, &session.User, &session.Stamp, &began, &seen, &session.Role, &disabled)
	if none(err) || err == nil && (disabled != 0 || session.User != "" && session.Role == "") {
		err = ErrNotFound
	}
	if err != nil {
		return Session{}, fmt.Errorf("read a session: %w", err)
	}
	session.BeganAt, session.SeenAt = instant(began), instant(seen)
	return session, nil
}

var seeSessionSQL = sqlText(`UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2`)

// SeeSession notes that a session is used.
func (s *Store) SeeSession(ctx context.Context, hash string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		_, err := t.exec(ctx, seeSessionSQL, hash, micros(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("note that a session is used: %w", err)
	}
	return nil
}

var endSessionSQL = sqlText(`DELETE FROM sessions WHERE hash = $1`)

// EndSession ends a session, if there is one.
func (s *Store) EndSession(ctx context.Context, by access.Actor, hash string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		ended, err := t.exec(ctx, endSessionSQL, hash)
		if err != nil || ended == 0 {
			return err
		}
		return s.note(ctx, t, by, "session.end", by.Name, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

var pruneSessionsSQL = sqlText(`DELETE FROM sessions WHERE hash IN
	(SELECT hash FROM sessions WHERE seen_at < $1 OR began_at < $2 LIMIT $3)`)

// PruneSessions forgets at most limit sessions that were not used since an instant or began before another one, and
// returns how many.
func (s *Store) PruneSessions(ctx context.Context, seenBefore, beganBefore time.Time, limit int) (int, error) {
	var pruned int64
	err := s.write(ctx, func(ctx context.Context, t tx) (err error) {
		pruned, err = t.exec(ctx, pruneSessionsSQL, micros(seenBefore), micros(beganBefore), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune sessions: %w", err)
	}
	return int(pruned), nil
}
