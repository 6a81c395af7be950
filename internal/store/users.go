package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"klantreis/internal/access"
)

// User is somebody who may sign in.
type User struct {
	// Name is how they sign in. It stays taken for good, so that the audit log is about one person.
	Name string
	// Role says what they may do.
	Role access.Role
	// PasswordHash is made of their password.
	PasswordHash string
	// CreatedAt, PasswordAt and DisabledAt are real instants. DisabledAt is zero while they may sign in.
	CreatedAt, PasswordAt, DisabledAt time.Time
}

var insertUserSQL = sqlText(`INSERT INTO users (name, role, password_hash, created_at, password_at)
	VALUES ($1, $2, $3, $4, $4) ON CONFLICT (name) DO NOTHING`)

// CreateUser adds somebody who may sign in. It answers ErrTaken when there is or was a user of that name.
func (s *Store) CreateUser(ctx context.Context, by access.Actor, name string, role access.Role, passwordHash string) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		inserted, err := t.exec(ctx, insertUserSQL, storableText(name), string(role), passwordHash, micros(s.now()))
		if err == nil && inserted == 0 {
			err = ErrTaken
		}
		if err != nil {
			return err
		}
		return s.note(ctx, t, by, "user.add", name, nil, values{"role": role})
	})
	if err != nil {
		return fmt.Errorf("add user %s: %w", name, err)
	}
	return nil
}

const userColumns = `name, role, password_hash, created_at, password_at, disabled_at`

var (
	usersSQL    = sqlText(`SELECT ` + userColumns + ` FROM users ORDER BY name`)
	userSQL     = sqlText(`SELECT ` + userColumns + ` FROM users WHERE name = $1`)
	lockUserSQL = sqlText(`SELECT ` + userColumns + ` FROM users WHERE name = $1 FOR UPDATE`)
)

func scanUser(row scanner) (User, error) {
	var u User
	var created, password, disabled int64
	err := row.Scan(&u.Name, &u.Role, &u.PasswordHash, &created, &password, &disabled)
	u.CreatedAt, u.PasswordAt, u.DisabledAt = instant(created), instant(password), instant(disabled)
	return u, err
}

// Users returns all users by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var users []User
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		users, err = all(ctx, t, scanUser, usersSQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return users, nil
}

// User returns one user. It answers ErrNotFound when there is none of that name.
func (s *Store) User(ctx context.Context, name string) (User, error) {
	var found User
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		found, err = oneUser(ctx, t, userSQL, name)
		return err
	})
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return found, nil
}

func oneUser(ctx context.Context, t tx, q statement, name string) (User, error) {
	users, err := all(ctx, t, scanUser, q, storableText(name))
	if err == nil && len(users) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, err
	}
	return users[0], nil
}

var (
	setRoleSQL      = sqlText(`UPDATE users SET role = $2 WHERE name = $1`)
	setPasswordSQL  = sqlText(`UPDATE users SET password_hash = $2, password_at = $3 WHERE name = $1`)
	setDisabledSQL  = sqlText(`UPDATE users SET disabled_at = $2 WHERE name = $1`)
	endAllOfUserSQL = sqlText(`DELETE FROM sessions WHERE user_name = $1`)
)

// SetRole gives a user another role, and ends their sessions. It answers ErrNotFound when there is no such user.
func (s *Store) SetRole(ctx context.Context, by access.Actor, name string, role access.Role) error {
	return s.changeUser(ctx, name, func(ctx context.Context, t tx, was User) error {
		if was.Role == role {
			return nil
		}
		if _, err := t.exec(ctx, setRoleSQL, was.Name, string(role)); err != nil {
			return err
		}
		return s.endAll(ctx, t, by, "user.role", was.Name, values{"role": was.Role}, values{"role": role})
	})
}

// SetPassword gives a user another password, and ends their sessions. It answers ErrNotFound when there is no such user.
func (s *Store) SetPassword(ctx context.Context, by access.Actor, name, passwordHash string) error {
	return s.changeUser(ctx, name, func(ctx context.Context, t tx, was User) error {
		now := s.now()
		if _, err := t.exec(ctx, setPasswordSQL, was.Name, passwordHash, micros(now)); err != nil {
			return err
		}
		return s.endAll(ctx, t, by, "user.password", was.Name, values{"passwordAt": was.PasswordAt}, values{"passwordAt": now.UTC()})
	})
}

// ChangePassword gives a user another password, ends their sessions and begins the one of the entry, whose NewHash is that of
// the password. It answers ErrNotFound when the user is gone, is disabled, or has another password than the entry says.
func (s *Store) ChangePassword(ctx context.Context, by access.Actor, e Entry) error {
	return s.changeUser(ctx, e.User, func(ctx context.Context, t tx, was User) error {
		if !was.DisabledAt.IsZero() || was.PasswordHash != e.PasswordHash {
			return ErrNotFound
		}
		now := s.now()
		if _, err := t.exec(ctx, setPasswordSQL, was.Name, e.NewHash, micros(now)); err != nil {
			return err
		}
		if err := s.endAll(ctx, t, by, "user.password", was.Name, values{"passwordAt": was.PasswordAt}, values{"passwordAt": now.UTC()}); err != nil {
			return err
		}
		if _, err := t.exec(ctx, insertSessionSQL, e.Hash, e.User, e.Stamp, micros(now)); err != nil {
			return err
		}
		return s.note(ctx, t, by, "session.begin", was.Name, nil, nil)
	})
}

// SetDisabled lets a user not sign in any more, and ends their sessions, or lets them sign in again. It answers
// ErrNotFound when there is no such user.
func (s *Store) SetDisabled(ctx context.Context, by access.Actor, name string, disabled bool) error {
	return s.changeUser(ctx, name, func(ctx context.Context, t tx, was User) error {
		if disabled == !was.DisabledAt.IsZero() {
			return nil
		}
		at, action := time.Time{}, "user.enable"
		if disabled {
			at, action = s.now(), "user.disable"
		}
		if _, err := t.exec(ctx, setDisabledSQL, was.Name, micros(at)); err != nil {
			return err
		}
		return s.endAll(ctx, t, by, action, was.Name, values{"disabled": !disabled}, values{"disabled": disabled})
	})
}

// changeUser changes a user while nobody else does, and while none of their sessions begins.
func (s *Store) changeUser(ctx context.Context, name string, change func(context.Context, tx, User) error) error {
	err := s.write(ctx, func(ctx context.Context, t tx) error {
		was, err := oneUser(ctx, t, lockUserSQL, name)
		if err != nil {
			return err
		}
		return change(ctx, t, was)
	})
	if err != nil {
		return fmt.Errorf("change user %s: %w", name, err)
	}
	return nil
}

// endAll ends all sessions of a user, and notes what changed.
func (s *Store) endAll(ctx context.Context, t tx, by access.Actor, action, name string, was, became values) error {
	if _, err := t.exec(ctx, endAllOfUserSQL, name); err != nil {
		return err
	}
	return s.note(ctx, t, by, action, name, was, became)
}

// none tells whether a query found no row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }
