package app

import (
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/password"
	"klantreis/internal/store"
)

// cheap is what the tests can afford.
var cheap = password.Params{Passes: 1, MemoryKiB: 64, Lanes: 1}

// door is a process with one user, bea, whose password is "correct horse battery".
type door struct {
	*App
	now   time.Time
	redis *miniredis.Miniredis
	log   strings.Builder
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{now: start, redis: miniredis.RunT(t)}
	d.redis.SetTime(start)
	cfg := setup(t)
	cfg.Redis.URL = config.Secret("redis://" + d.redis.Addr())
	d.App = d.another(t, cfg)
	hash, err := d.accounts.hasher.Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	require.NoError(t, d.record.CreateUser(t.Context(), access.Actor{}, "bea", access.Marketer, hash))
	return d
}

// another returns another process on the same record and Redis.
func (d *door) another(t *testing.T, cfg config.Config) *App {
	t.Helper()
	o := options()
	o.Now = func() time.Time { return d.now }
	o.Log = slog.New(slog.NewTextHandler(&d.log, nil))
	a := openWith(t, cfg, o)
	a.accounts.hasher = password.NewHasher(cheap)
	return a
}

// pass lets time pass.
func (d *door) pass(after time.Duration) {
	d.now = d.now.Add(after)
	d.redis.SetTime(d.now)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for _, name := range []string{"bea", " Bea "} {
		session, err := d.accounts.SignIn(t.Context(), name, "correct horse battery", "192.0.2.1")
		require.NoError(t, err)
		who, ok, err := d.accounts.Session(t.Context(), session)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, access.Identity{Kind: access.User, Name: "bea", Role: access.Marketer}, who)
		_, err = d.record.Session(t.Context(), session)
		require.ErrorIs(t, err, store.ErrNotFound, "only its hash is kept")
	}
	require.NoError(t, d.record.CreateUser(t.Context(), access.Actor{}, "cas", access.Viewer, "damaged"))
	_, err := d.accounts.SignIn(t.Context(), "cas", "correct horse battery", "192.0.2.1")
	require.ErrorContains(t, err, "the stored password")
	require.NoError(t, d.record.SetDisabled(t.Context(), access.Actor{}, "bea", true))
	for name, typed := range map[string]string{"bea": "correct horse battery", "BEA": "", "nobody": "correct horse battery", "": "", "' OR 1=1 --": "x"} {
		_, err := d.accounts.SignIn(t.Context(), name, typed, "192.0.2.2")
		require.ErrorIs(t, err, api.ErrSignIn, name)
	}
	require.NotContains(t, d.log.String(), "horse")
}

func TestASessionLastsTwelveQuietHoursAndAWeek(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	valid := func(session string) bool {
		_, ok, err := d.accounts.Session(t.Context(), session)
		require.NoError(t, err)
		return ok
	}
	begin := func() string {
		session, err := d.accounts.SignIn(t.Context(), "bea", "correct horse battery", "192.0.2.1")
		require.NoError(t, err)
		return session
	}
	quiet := begin()
	d.pass(12*time.Hour - time.Second)
	require.True(t, valid(quiet))
	d.pass(12*time.Hour - time.Second)
	require.True(t, valid(quiet), "it was used")
	d.pass(12 * time.Hour)
	require.False(t, valid(quiet))

	busy, began := begin(), d.now
	for d.now.Before(began.Add(7*24*time.Hour - 6*time.Hour)) {
		d.pass(6 * time.Hour)
		require.True(t, valid(busy))
	}
	d.pass(6 * time.Hour)
	require.False(t, valid(busy))
	d.pass(time.Second)
	n, err := d.record.PruneSessions(t.Context(), d.now.Add(-sessionIdle), d.now.Add(-sessionMost), 10)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestAPasswordIsHashedAnewWhenParametersChange(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	before, err := d.record.User(t.Context(), "bea")
	require.NoError(t, err)
	first, err := d.accounts.SignIn(t.Context(), "bea", "correct horse battery", "192.0.2.1")
	require.NoError(t, err)
	d.accounts.hasher = password.NewHasher(password.Params{Passes: 2, MemoryKiB: 64, Lanes: 1})
	_, err = d.accounts.SignIn(t.Context(), "bea", "wrong horse battery", "192.0.2.1")
	require.ErrorIs(t, err, api.ErrSignIn)
	_, err = d.accounts.SignIn(t.Context(), "bea", "correct horse battery", "192.0.2.1")
	require.NoError(t, err)
	after, err := d.record.User(t.Context(), "bea")
	require.NoError(t, err)
	require.Contains(t, before.PasswordHash, "t=1,")
	require.Contains(t, after.PasswordHash, "t=2,")
	_, ok, err := d.accounts.Session(t.Context(), first)
	require.NoError(t, err)
	require.True(t, ok, "it is the same password")
}

// tryOften tries to sign in with a wrong password and returns how often it was tried before the first refusal.
func tryOften(t *testing.T, a *App, most int, name, from func(int) string) int {
	t.Helper()
	for i := range most {
		_, err := a.accounts.SignIn(t.Context(), name(i), "wrong horse battery", from(i))
		if throttled := new(api.ThrottledError); err != nil && fmt.Sprintf("%T", err) == fmt.Sprintf("%T", throttled) {
			return i
		}
		require.ErrorIs(t, err, api.ErrSignIn)
	}
	return most
}

func numbered(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

func always(text string) func(int) string { return func(int) string { return text } }

// TestSigningInIsThrottled for a name from wherever it is tried, and for an address whichever name is tried; over all
// processes together, and in each of them when Redis is away.
func TestSigningInIsThrottled(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]bool{"with Redis": false, "without Redis": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t)
			other := d.another(t, d.cfg)
			if away {
				d.redis.SetError("LOADING")
			}
			together := map[bool]int{false: 0, true: nameBurst}[away]
			require.Equal(t, nameBurst, tryOften(t, d.App, 50, always("bea"), numbered("198.51.100.%d")))
			require.Equal(t, together, tryOften(t, other, 50, always("bea"), numbered("203.0.113.%d")))
			_, err := d.accounts.SignIn(t.Context(), "bea", "correct horse battery", "192.0.2.1")
			require.ErrorContains(t, err, "too many tries", "the right password has to wait too")
			require.Equal(t, nameBurst, tryOften(t, d.App, 50, always("nobody"), numbered("198.51.101.%d")), "and so has a name that nobody has")

			together = map[bool]int{false: 0, true: addressBurst}[away]
			require.Equal(t, addressBurst, tryOften(t, d.App, 50, numbered("user%d"), always("192.0.2.9")))
			require.Equal(t, together, tryOften(t, other, 50, numbered("person%d"), always("192.0.2.9")))
			require.Equal(t, addressBurst, tryOften(t, d.App, 50, numbered("somebody%d"), numbered("2001:db8::%x")), "an IPv6 network is one address")

			d.pass(time.Minute)
			_, err = d.accounts.SignIn(t.Context(), "bea", "correct horse battery", "192.0.2.1")
			require.NoError(t, err)
			for _, key := range d.redis.Keys() {
				require.NotContains(t, key, "nobody", "people type passwords into the wrong field")
			}
		})
	}
}

func TestATokenIsUsed(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	people := &People{record: d.record, by: access.Actor{Kind: access.CommandLine, Name: "ann"}}
	for _, name := range []string{"", "CRM", "a b", strings.Repeat("x", 65)} {
		_, err := people.CreateToken(t.Context(), name, []access.Permission{access.CustomersRead})
		require.ErrorIs(t, err, ErrTokenName)
	}
	for _, scopes := range [][]access.Permission{nil, {""}, {"customers:everything"}, {access.CustomersRead, "*"}} {
		_, err := people.CreateToken(t.Context(), "crm", scopes)
		require.ErrorIs(t, err, ErrScope)
	}
	token, err := people.CreateToken(t.Context(), "crm", []access.Permission{access.CustomersRead})
	require.NoError(t, err)
	require.Regexp(t, `^kt_[a-z2-7]{52}$`, token)
	for range 3 {
		who, ok, err := d.accounts.Token(t.Context(), token)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, access.Identity{Kind: access.Token, Name: "crm", Scopes: []access.Permission{access.CustomersRead}}, who)
	}
	d.pass(30 * time.Second)
	_, _, err = d.accounts.Token(t.Context(), token)
	require.NoError(t, err)
	tokens, err := people.Tokens(t.Context())
	require.NoError(t, err)
	require.Equal(t, start, tokens[0].UsedAt, "it is noted once a minute")
	d.pass(30 * time.Second)
	_, _, err = d.accounts.Token(t.Context(), token)
	require.NoError(t, err)
	tokens, err = people.Tokens(t.Context())
	require.NoError(t, err)
	require.Equal(t, start.Add(time.Minute), tokens[0].UsedAt)
	require.NoError(t, people.RevokeToken(t.Context(), "crm"))
	_, ok, err := d.accounts.Token(t.Context(), token)
	require.NoError(t, err)
	require.False(t, ok)
}

func TestAWeakAdminToken(t *testing.T) {
	t.Parallel()
	inside, outside := &net.TCPAddr{IP: net.IPv6loopback}, &net.TCPAddr{IP: net.IPv4zero}
	require.True(t, guessable("nineteen characters", outside))
	require.False(t, guessable("with twenty of them.", outside))
	require.False(t, guessable("at", inside), "nobody else reaches the loopback")
}
