package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"time"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/password"
	"klantreis/internal/store"
)

var (
	// ErrUserName says that a name cannot be the name of a user.
	ErrUserName = errors.New("the name of a user has 1 to 64 small letters, digits, dots, dashes, underscores, plus and at signs, and begins with a letter or digit")
	// ErrRole says that there is no such role.
	ErrRole = errors.New("a role is viewer, service, marketer or admin")
	// ErrPassword says that a password is too short or too long.
	ErrPassword = password.ErrLength
	// ErrUserTaken says that there is or was a user of that name.
	ErrUserTaken = store.ErrTaken
	// ErrNoUser says that there is no user of that name.
	ErrNoUser = store.ErrNotFound
)

const (
	// sessionIdle is how long a session lasts that is not used, and sessionMost how long any does.
	sessionIdle = 12 * time.Hour
	sessionMost = 7 * 24 * time.Hour
	// noteEvery is how often it is noted that a session or token is used.
	noteEvery = time.Minute
	// checkWithin is how long a password waits for its turn to be checked.
	checkWithin = 10 * time.Second
)

// accounts lets people and programs in.
type accounts struct {
	record  *store.Store
	hasher  *password.Hasher
	builtIn config.Secret
	limit   *loginLimit
	now     func() time.Time
	log     *slog.Logger
}

var _ api.Accounts = (*accounts)(nil)

// SignIn implements api.Accounts. It checks a password, somebody's or nobody's, in every case but one: when there were too
// many tries already, for that name or from that address, whether or not there is such a user.
func (a *accounts) SignIn(ctx context.Context, name, typed, from string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if after, ok := a.limit.allow(ctx, name, from); !ok {
		return "", &api.ThrottledError{After: after}
	}
	user, err := a.record.User(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	hash := user.PasswordHash
	if !user.DisabledAt.IsZero() {
		hash = "" // nobody's: what a disabled user types is not to be told right or wrong
	}
	waiting, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	ok, outdated, err := a.hasher.Check(waiting, hash, typed)
	if err != nil {
		return "", err
	}
	if !ok {
		a.log.InfoContext(ctx, "sign-in refused", "from", from)
		return "", api.ErrSignIn
	}
	entry := store.Entry{User: user.Name, PasswordHash: user.PasswordHash}
	if outdated {
		// A password that is right but too short by now is kept as it is; a longer one can be asked for by setting it.
		entry.NewHash, _ = a.hasher.Hash(waiting, typed)
	}
	return a.begin(ctx, access.Actor{Kind: access.User, Name: user.Name, From: from}, entry)
}

// SignInBuiltIn implements api.Accounts.
func (a *accounts) SignInBuiltIn(ctx context.Context, from string) (string, error) {
	return a.begin(ctx, access.Actor{Kind: access.User, Name: access.BuiltIn, From: from}, store.Entry{Stamp: a.stamp()})
}

// begin begins a session with an id that nobody knew before.
func (a *accounts) begin(ctx context.Context, who access.Actor, entry store.Entry) (string, error) {
	session := newSecret("")
	entry.Hash = hashKey(session)
	err := a.record.BeginSession(ctx, who, entry)
	if errors.Is(err, store.ErrNotFound) {
		return "", api.ErrSignIn
	}
	if err != nil {
		return "", err
	}
	return session, nil
}

// stamp stands for the token of the built-in admin: the sessions of one do not outlive it.
func (a *accounts) stamp() string { return hashKey("sessions of " + string(a.builtIn)) }

// SignOut implements api.Accounts.
func (a *accounts) SignOut(ctx context.Context, session, from string) error {
	who, ok, err := a.Session(ctx, session)
	if err != nil || !ok {
		return err
	}
	return a.record.EndSession(ctx, who.Actor(from), hashKey(session))
}

// Session implements api.Accounts.
func (a *accounts) Session(ctx context.Context, session string) (access.Identity, bool, error) {
	found, err := a.record.Session(ctx, hashKey(session))
	if errors.Is(err, store.ErrNotFound) {
		return access.Identity{}, false, nil
	}
	if err != nil {
		return access.Identity{}, false, err
	}
	now := a.now()
	if now.Sub(found.SeenAt) >= sessionIdle || now.Sub(found.BeganAt) >= sessionMost {
		return access.Identity{}, false, nil
	}
	who := access.Identity{Kind: access.User, Name: found.User, Role: found.Role}
	if found.User == "" {
		if a.builtIn == "" || found.Stamp != a.stamp() {
			return access.Identity{}, false, nil
		}
		who.Name, who.Role = access.BuiltIn, access.Admin
	}
	if now.Sub(found.SeenAt) >= noteEvery {
		if err := a.record.SeeSession(ctx, found.Hash); err != nil {
			return access.Identity{}, false, err
		}
	}
	return who, true, nil
}

// Token implements api.Accounts.
func (a *accounts) Token(ctx context.Context, token string) (access.Identity, bool, error) {
	found, err := a.record.Token(ctx, hashKey(token))
	if errors.Is(err, store.ErrNotFound) {
		return access.Identity{}, false, nil
	}
	if err != nil {
		return access.Identity{}, false, err
	}
	if a.now().Sub(found.UsedAt) >= noteEvery {
		if err := a.record.UseToken(ctx, found.Hash); err != nil {
			return access.Identity{}, false, err
		}
	}
	return access.Identity{Kind: access.Token, Name: found.Name, Scopes: found.Scopes}, true, nil
}

var userName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

func checkUser(name string, role access.Role) error {
	if !userName.MatchString(name) {
		return ErrUserName
	}
	if !role.Known() {
		return ErrRole
	}
	return nil
}

// newSecret returns a prefix and 256 random bits.
func newSecret(prefix string) string { return prefix + strings.TrimPrefix(newKey(), "wk_") }

// setAccounts makes what lets people and programs in.
func (a *App) setAccounts(ctx context.Context) error {
	a.accounts = &accounts{
		record: a.record, hasher: password.NewHasher(password.Recommended()), builtIn: a.cfg.HTTP.AdminToken,
		limit: newLoginLimit(a.redis, a.Now, a.Log), now: a.Now, log: a.Log,
	}
	if a.listener != nil && guessable(a.cfg.HTTP.AdminToken, a.listener.Addr()) {
		a.Log.WarnContext(ctx, "the admin token can be guessed by anybody who reaches this server; set a longer one", "atLeast", shortToken)
	}
	return nil
}

// shortToken is from how many characters on an admin token is hard enough to guess.
const shortToken = 20

// guessable tells whether a token is too short for an address on which others reach us.
func guessable(token config.Secret, addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return len(token) < shortToken && (!ok || !tcp.IP.IsLoopback())
}
