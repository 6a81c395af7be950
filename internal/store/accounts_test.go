package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"klantreis/internal/access"
)

// ann is who changes things in the tests.
var ann = access.Actor{Kind: access.User, Name: "ann", From: "192.0.2.1"}

// audited returns the audit log, oldest first, one line each.
func (r *record) audited(t *testing.T) []string {
	t.Helper()
	changes, err := r.Audit(t.Context(), AuditFilter{Limit: 1000})
	require.NoError(t, err)
	lines := make([]string, len(changes))
	for i, c := range changes {
		lines[len(changes)-1-i] = fmt.Sprintf("%s %s %s %s %s: %s -> %s", c.By.Kind, c.By.Name, c.By.From, c.Action, c.Target, c.Was, c.Became)
	}
	return lines
}

func TestUsers(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		require.NoError(t, r.CreateUser(ctx, ann, "bea", access.Viewer, "h1"))
		require.ErrorIs(t, r.CreateUser(ctx, ann, "bea", access.Admin, "h2"), ErrTaken)
		r.set(time.Hour)
		require.NoError(t, r.SetRole(ctx, ann, "bea", access.Marketer))
		require.NoError(t, r.SetRole(ctx, ann, "bea", access.Marketer), "which changes nothing")
		require.NoError(t, r.SetPassword(ctx, ann, "bea", "h3"))
		require.NoError(t, r.SetDisabled(ctx, ann, "bea", true))
		require.NoError(t, r.SetDisabled(ctx, ann, "bea", true), "which changes nothing")
		for _, err := range []error{
			r.SetRole(ctx, ann, "nobody", access.Admin), r.SetPassword(ctx, ann, "nobody", "h"), r.SetDisabled(ctx, ann, "nobody", true),
		} {
			require.ErrorIs(t, err, ErrNotFound)
		}
		_, err := r.User(ctx, "nobody")
		require.ErrorIs(t, err, ErrNotFound)
		users, err := r.Users(ctx)
		require.NoError(t, err)
		want := User{
			Name: "bea", Role: access.Marketer, PasswordHash: "h3", CreatedAt: start, PasswordAt: start.Add(time.Hour), DisabledAt: start.Add(time.Hour),
		}
		require.Equal(t, []User{want}, users)
		require.NoError(t, r.SetDisabled(ctx, ann, "bea", false))
		require.Equal(t, []string{
			`user ann 192.0.2.1 user.add bea:  -> {"role":"viewer"}`,
			`user ann 192.0.2.1 user.role bea: {"role":"viewer"} -> {"role":"marketer"}`,
			`user ann 192.0.2.1 user.password bea: {"passwordAt":"2026-03-01T09:00:00Z"} -> {"passwordAt":"2026-03-01T10:00:00Z"}`,
			`user ann 192.0.2.1 user.disable bea: {"disabled":false} -> {"disabled":true}`,
			`user ann 192.0.2.1 user.enable bea: {"disabled":true} -> {"disabled":false}`,
		}, r.audited(t))
	})
}

// begin begins a session of bea, whose password has the hash h1.
func (r *record) begin(t *testing.T, hash string) {
	t.Helper()
	require.NoError(t, r.BeginSession(t.Context(), ann, Entry{User: "bea", PasswordHash: "h1", Hash: hash}))
}

func TestSessionsEndWithWhatTheyRestOn(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		changes := map[string]func() error{
			"role":     func() error { return r.SetRole(ctx, ann, "bea", access.Admin) },
			"password": func() error { return r.SetPassword(ctx, ann, "bea", "h1") },
			"disabled": func() error { return r.SetDisabled(ctx, ann, "bea", true) },
		}
		require.NoError(t, r.CreateUser(ctx, ann, "bea", access.Viewer, "h1"))
		require.NoError(t, r.BeginSession(ctx, ann, Entry{Hash: "another's", Stamp: "s"}))
		for _, name := range []string{"role", "password", "disabled"} {
			r.begin(t, name+"1")
			r.begin(t, name+"2")
			_, err := r.Session(ctx, name+"1")
			require.NoError(t, err)
			require.NoError(t, changes[name]())
			for _, hash := range []string{name + "1", name + "2"} {
				_, err = r.Session(ctx, hash)
				require.ErrorIs(t, err, ErrNotFound, name)
			}
		}
		require.ErrorIs(t, r.BeginSession(ctx, ann, Entry{User: "bea", PasswordHash: "h1", Hash: "late"}), ErrNotFound, "she is disabled")
		require.NoError(t, r.SetDisabled(ctx, ann, "bea", false))
		require.ErrorIs(t, r.BeginSession(ctx, ann, Entry{User: "bea", PasswordHash: "h0", Hash: "late"}), ErrNotFound, "that was her password")
		require.ErrorIs(t, r.BeginSession(ctx, ann, Entry{User: "nobody", PasswordHash: "h1", Hash: "late"}), ErrNotFound)
		kept, err := r.Session(ctx, "another's")
		require.NoError(t, err)
		require.Equal(t, Session{Hash: "another's", Stamp: "s", BeganAt: start, SeenAt: start}, kept)
	})
}

func TestASessionIsSeenAndEnds(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		require.NoError(t, r.CreateUser(ctx, ann, "bea", access.Viewer, "h1"))
		r.begin(t, "one")
		require.NoError(t, r.BeginSession(ctx, ann, Entry{User: "bea", PasswordHash: "h1", NewHash: "h9", Hash: "two"}))
		user, err := r.User(ctx, "bea")
		require.NoError(t, err)
		require.Equal(t, "h9", user.PasswordHash)
		require.Equal(t, start, user.PasswordAt, "it is the same password")
		seen := r.set(time.Minute)
		require.NoError(t, r.SeeSession(ctx, "one"))
		session, err := r.Session(ctx, "one")
		require.NoError(t, err)
		require.Equal(t, Session{Hash: "one", User: "bea", Role: access.Viewer, BeganAt: start, SeenAt: seen}, session)

		n, err := r.PruneSessions(ctx, seen, start.Add(-time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, 1, n, "two was not seen")
		require.NoError(t, r.EndSession(ctx, ann, "one"))
		require.NoError(t, r.EndSession(ctx, ann, "one"), "it has ended already")
		_, err = r.Session(ctx, "one")
		require.ErrorIs(t, err, ErrNotFound)
		require.Len(t, r.audited(t), 4, "added, begun twice and ended once")
	})
}

// TestNoSessionOutlivesAChange begins sessions while the user is disabled: whichever comes first, none is left.
func TestNoSessionOutlivesAChange(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		require.NoError(t, r.CreateUser(ctx, ann, "bea", access.Viewer, "h1"))
		var group errgroup.Group
		for i := range 20 {
			group.Go(func() error {
				err := r.BeginSession(ctx, ann, Entry{User: "bea", PasswordHash: "h1", Hash: fmt.Sprint(i)})
				if errors.Is(err, ErrNotFound) {
					return nil
				}
				return err
			})
		}
		group.Go(func() error { return r.SetDisabled(ctx, ann, "bea", true) })
		require.NoError(t, group.Wait())
		require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM sessions"))
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		scopes := []access.Permission{access.CustomersRead, access.MapsRead}
		require.NoError(t, r.CreateToken(ctx, ann, "crm", "h1", scopes))
		require.ErrorIs(t, r.CreateToken(ctx, ann, "crm", "h2", nil), ErrTaken)
		used := r.set(time.Minute)
		require.NoError(t, r.UseToken(ctx, "h1"))
		token, err := r.Token(ctx, "h1")
		require.NoError(t, err)
		require.Equal(t, Token{Name: "crm", Hash: "h1", Scopes: scopes, CreatedAt: start, UsedAt: used}, token)
		require.NoError(t, r.RevokeToken(ctx, ann, "crm"))
		require.ErrorIs(t, r.RevokeToken(ctx, ann, "crm"), ErrNotFound)
		_, err = r.Token(ctx, "h1")
		require.ErrorIs(t, err, ErrNotFound)
		tokens, err := r.Tokens(ctx)
		require.NoError(t, err)
		token.RevokedAt = used
		require.Equal(t, []Token{token}, tokens)
		require.Equal(t, []string{
			`user ann 192.0.2.1 token.create crm:  -> {"scopes":["customers:read","maps:read"]}`,
			`user ann 192.0.2.1 token.revoke crm: {"revoked":false} -> {"revoked":true}`,
		}, r.audited(t))
	})
}

func TestTheAuditLogIsPagedAndFiltered(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		ctx := t.Context()
		for i := range 5 {
			r.set(time.Duration(i) * time.Hour)
			require.NoError(t, r.CreateWriteKey(ctx, access.Actor{Kind: access.CommandLine, Name: fmt.Sprint("ann", i%2)}, fmt.Sprint("key", i), fmt.Sprint(i), start))
		}
		require.NoError(t, r.RevokeWriteKey(ctx, ann, "key0", start))
		require.NoError(t, r.RevokeWriteKey(ctx, ann, "key0", start), "which changes nothing")
		list := func(f AuditFilter) (targets []string) {
			f.Limit = max(f.Limit, 3)
			changes, err := r.Audit(ctx, f)
			require.NoError(t, err)
			for _, c := range changes {
				targets = append(targets, c.Target)
				f.Before = c.Seq
			}
			return targets
		}
		require.Equal(t, []string{"key0", "key4", "key3"}, list(AuditFilter{}))
		newest, err := r.Audit(ctx, AuditFilter{Limit: 3})
		require.NoError(t, err)
		require.Equal(t, []string{"key2", "key1", "key0"}, list(AuditFilter{Before: newest[2].Seq}))
		require.Equal(t, []string{"key0"}, list(AuditFilter{Action: "key.revoke"}))
		require.Equal(t, []string{"key3", "key1"}, list(AuditFilter{Name: "ann1"}))
		require.Equal(t, []string{"key0", "key4"}, list(AuditFilter{Since: start.Add(4 * time.Hour)}))
	})
}

// TestAChangeAndItsNoteAreOne cannot write the note, so it makes no change either.
func TestAChangeAndItsNoteAreOne(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		execute(t, r, "ALTER TABLE audit RENAME TO audit_away")
		changes := map[string]func(context.Context) error{
			"user":  func(ctx context.Context) error { return r.CreateUser(ctx, ann, "bea", access.Viewer, "h") },
			"token": func(ctx context.Context) error { return r.CreateToken(ctx, ann, "crm", "h", nil) },
			"key":   func(ctx context.Context) error { return r.CreateWriteKey(ctx, ann, "shop", "h", start) },
			"map": func(ctx context.Context) error {
				_, _, err := r.Publish(ctx, Publication{Source: []byte("x"), Hash: "h", Origin: OriginPublish, After: AnyLive, By: ann})
				return err
			},
		}
		for name, change := range changes {
			require.ErrorContains(t, change(t.Context()), "audit", name)
		}
		for _, table := range []string{"users", "api_tokens", "write_keys", "maps"} {
			require.Zero(t, scalar[int64](t, r, "SELECT COUNT(*) FROM "+table), table)
		}
	})
}

func TestAPublicationIsAudited(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		for _, p := range []Publication{{Hash: "h1", Origin: OriginStart}, {Hash: "h2", Origin: OriginPublish, By: ann}, {Hash: "h2", Origin: OriginPublish, By: ann}, {Hash: "h1", Origin: OriginRollback, By: ann}} {
			p.Source, p.After = []byte(p.Hash), AnyLive
			_, _, err := r.Publish(t.Context(), p)
			require.NoError(t, err)
		}
		require.Equal(t, []string{
			`process   map.start version 1:  -> {"hash":"h1","version":1}`,
			`user ann 192.0.2.1 map.publish version 2: {"hash":"h1","version":1} -> {"hash":"h2","version":2}`,
			`user ann 192.0.2.1 map.rollback version 3: {"hash":"h2","version":2} -> {"hash":"h1","version":3}`,
		}, r.audited(t))
	})
}
