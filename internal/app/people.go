package app

import (
	"context"
	"errors"
	"time"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/password"
	"klantreis/internal/store"
)

// People are the users and tokens of the record, for commands. Close it after use.
type People struct {
	record *store.Store
	hasher *password.Hasher
	by     access.Actor
}

// OpenPeople opens the record for a command that somebody runs.
func OpenPeople(ctx context.Context, cfg config.Record, now func() time.Time, by access.Actor) (*People, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return nil, err
	}
	if err := record.CheckSchema(ctx); err != nil {
		return nil, errors.Join(err, record.Close())
	}
	return &People{record: record, hasher: password.NewHasher(password.Recommended()), by: by}, nil
}

// Close closes the record.
func (p *People) Close() error { return p.record.Close() }

// Add adds a user. It answers ErrUserName, ErrRole, ErrPassword or ErrUserTaken.
func (p *People) Add(ctx context.Context, name string, role access.Role, typed string) error {
	if err := checkUser(name, role); err != nil {
		return err
	}
	hash, err := p.hasher.Hash(ctx, typed)
	if err != nil {
		return err
	}
	return p.record.CreateUser(ctx, p.by, name, role, hash)
}

// Users returns all users by name.
func (p *People) Users(ctx context.Context) ([]store.User, error) { return p.record.Users(ctx) }

// SetRole gives a user another role, which ends their sessions. It answers ErrRole or ErrNoUser.
func (p *People) SetRole(ctx context.Context, name string, role access.Role) error {
	if !role.Known() {
		return ErrRole
	}
	return p.record.SetRole(ctx, p.by, name, role)
}

// SetPassword gives a user another password, which ends their sessions. It answers ErrPassword or ErrNoUser.
func (p *People) SetPassword(ctx context.Context, name, typed string) error {
	hash, err := p.hasher.Hash(ctx, typed)
	if err != nil {
		return err
	}
	return p.record.SetPassword(ctx, p.by, name, hash)
}

// SetDisabled keeps a user out, which ends their sessions, or lets them in again. It answers ErrNoUser.
func (p *People) SetDisabled(ctx context.Context, name string, disabled bool) error {
	return p.record.SetDisabled(ctx, p.by, name, disabled)
}

// GeneratePassword returns a password that nobody can guess.
func GeneratePassword() string { return password.Generate() }

var (
	// ErrTokenName says that a name cannot be the name of a token.
	ErrTokenName = errors.New("the name of a token has 1 to 64 small letters, digits, dots, dashes and underscores")
	// ErrScope says that a token must have scopes that exist.
	ErrScope = errors.New("a token has one or more of the scopes that exist")
)

// CreateToken makes a token and returns it. It cannot be had again. It answers ErrTokenName, ErrScope or ErrUserTaken.
func (p *People) CreateToken(ctx context.Context, name string, scopes []access.Permission) (string, error) {
	if !keyName.MatchString(name) {
		return "", ErrTokenName
	}
	for _, scope := range scopes {
		if !scope.Known() {
			return "", ErrScope
		}
	}
	if len(scopes) == 0 {
		return "", ErrScope
	}
	token := newSecret("kt_")
	return token, p.record.CreateToken(ctx, p.by, name, hashKey(token), scopes)
}

// Tokens returns all tokens, the oldest first.
func (p *People) Tokens(ctx context.Context) ([]store.Token, error) { return p.record.Tokens(ctx) }

// RevokeToken makes a token invalid for good, everywhere at once. It answers ErrNoUser when there is no valid one of that name.
func (p *People) RevokeToken(ctx context.Context, name string) error {
	return p.record.RevokeToken(ctx, p.by, name)
}

type (
	// AuditFilter says which changes are wanted.
	AuditFilter = store.AuditFilter
	// AuditChange is one line of the audit log.
	AuditChange = store.Change
)

// Changes returns who changed what, newest first.
func (p *People) Changes(ctx context.Context, filter AuditFilter) ([]AuditChange, error) {
	return p.record.Audit(ctx, filter)
}
