package api_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"klantreis/api"
	"klantreis/internal/access"
)

// fakeAccounts has a user for each role, named for it, whose password is "password of ROLE", and a token for each scope,
// named for it.
type fakeAccounts struct {
	mu       sync.Mutex
	sessions map[string]access.Identity
	made     int
	from     string // where the last one signed in
}

func newFakeAccounts() *fakeAccounts { return &fakeAccounts{sessions: map[string]access.Identity{}} }

func (f *fakeAccounts) SignIn(_ context.Context, name, password, from string) (string, error) {
	switch {
	case name == "throttled":
		return "", &api.ThrottledError{After: 90 * time.Second}
	case name == "away":
		return "", errors.New("the record at 10.0.0.1 is away")
	case !access.Role(name).Known() || password != "password of "+name:
		return "", api.ErrSignIn
	}
	return f.begin(access.Identity{Kind: access.User, Name: name, Role: access.Role(name)}, from), nil
}

func (f *fakeAccounts) SignInBuiltIn(_ context.Context, from string) (string, error) {
	return f.begin(access.Identity{Kind: access.User, Name: access.BuiltIn, Role: access.Admin}, from), nil
}

func (f *fakeAccounts) begin(who access.Identity, from string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made++
	session := "session-" + strconv.Itoa(f.made)
	f.sessions[session], f.from = who, from
	return session
}

func (f *fakeAccounts) SignOut(_ context.Context, session, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, session)
	return nil
}

func (f *fakeAccounts) Session(_ context.Context, session string) (access.Identity, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if session == "broken" {
		return access.Identity{}, false, errors.New("the record at 10.0.0.1 is away")
	}
	who, ok := f.sessions[session]
	return who, ok, nil
}

func (f *fakeAccounts) Token(_ context.Context, token string) (access.Identity, bool, error) {
	scope := access.Permission(token)
	if !scope.Known() {
		return access.Identity{}, false, nil
	}
	return access.Identity{Kind: access.Token, Name: token, Scopes: []access.Permission{scope}}, true, nil
}

// ChangePassword ends all sessions of the user and begins another one. The password itself stays.
func (f *fakeAccounts) ChangePassword(_ context.Context, by access.Actor, old, changed string) (string, error) {
	switch {
	case old == "throttle":
		return "", &api.ThrottledError{After: 90 * time.Second}
	case old == "away":
		return "", errors.New("the record at 10.0.0.1 is away")
	case old != "password of "+by.Name:
		return "", api.ErrSignIn
	case old == changed:
		return "", api.ErrSamePassword
	case len(changed) < 12:
		return "", api.ErrPassword
	}
	f.mu.Lock()
	for session, who := range f.sessions {
		if who.Name == by.Name {
			delete(f.sessions, session)
		}
	}
	f.mu.Unlock()
	return f.begin(access.Identity{Kind: access.User, Name: by.Name, Role: access.Role(by.Name)}, by.From), nil
}
