package api

import (
	"context"
	"errors"
	"time"

	"klantreis/internal/access"
)

// Accounts knows who may sign in. It must be safe for concurrent use.
type Accounts interface {
	// SignIn checks a name and password that were typed at an address, and begins a session. It answers ErrSignIn,
	// whatever is wrong with them, in a time that does not depend on it, and *ThrottledError when there were too many tries.
	SignIn(ctx context.Context, name, password, from string) (session string, err error)
	// SignInBuiltIn begins a session of the built-in admin, whose token was shown at an address.
	SignInBuiltIn(ctx context.Context, from string) (session string, err error)
	// SignOut ends a session, if there is one.
	SignOut(ctx context.Context, session, from string) error
	// Session returns who signed in; ok is false when the session ended or never began.
	Session(ctx context.Context, session string) (who access.Identity, ok bool, err error)
	// Token returns who has an API token; ok is false when it is not valid.
	Token(ctx context.Context, token string) (who access.Identity, ok bool, err error)
}

// ErrSignIn says that nobody may sign in with a name and password. It does not say why.
var ErrSignIn = errors.New("nobody may sign in with this name and password")

// ThrottledError says that there were too many tries to sign in.
type ThrottledError struct {
	// After is how long to wait.
	After time.Duration
}

// Error implements error.
func (e *ThrottledError) Error() string { return "too many tries to sign in; wait " + e.After.String() }
