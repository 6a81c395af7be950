package app

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/internal/access"
	"klantreis/internal/store"
)

// A changed password opens, the former one does not, and nobody stays signed in with it. The audit log says so, and no
// password.
func TestChangingOnesOwnPassword(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	const old, changed = "correct horse battery", "battery horse correct"
	by := access.Actor{Kind: access.User, Name: "bea", From: "192.0.2.1"}
	other, err := d.accounts.SignIn(t.Context(), "bea", old, "192.0.2.7")
	require.NoError(t, err)
	valid := func(session string) bool {
		_, ok, err := d.accounts.Session(t.Context(), session)
		require.NoError(t, err)
		return ok
	}
	for _, wrong := range []struct {
		old, changed string
		want         error
	}{{"wrong", changed, api.ErrSignIn}, {"", changed, api.ErrSignIn}, {old, "short", api.ErrPassword}, {old, "", api.ErrPassword}, {old, old, api.ErrSamePassword}} {
		_, err := d.accounts.ChangePassword(t.Context(), by, wrong.old, wrong.changed)
		require.ErrorIs(t, err, wrong.want)
	}
	require.True(t, valid(other))

	session, err := d.accounts.ChangePassword(t.Context(), by, old, changed)
	require.NoError(t, err)
	require.True(t, valid(session))
	require.False(t, valid(other), "everybody else is signed out")
	_, err = d.accounts.SignIn(t.Context(), "bea", old, "192.0.2.8")
	require.ErrorIs(t, err, api.ErrSignIn)
	_, err = d.accounts.SignIn(t.Context(), "bea", changed, "192.0.2.8")
	require.NoError(t, err)
	changes, err := d.record.Audit(t.Context(), store.AuditFilter{Action: "user.password", Limit: 10})
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Equal(t, by, changes[0].By)
	require.NotContains(t, string(changes[0].Was)+string(changes[0].Became)+d.log.String(), "horse")

	// Somebody who is disabled meanwhile changes nothing.
	require.NoError(t, d.record.SetDisabled(t.Context(), access.Actor{}, "bea", true))
	d.pass(time.Hour)
	_, err = d.accounts.ChangePassword(t.Context(), by, changed, old)
	require.ErrorIs(t, err, api.ErrSignIn)
}

// TestGuessingOnesOwnPasswordIsThrottled: who found a browser that is signed in has no more tries than anybody.
func TestGuessingOnesOwnPasswordIsThrottled(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	by := access.Actor{Kind: access.User, Name: "bea", From: "192.0.2.1"}
	for range nameBurst {
		_, err := d.accounts.ChangePassword(t.Context(), by, "wrong horse battery", "battery horse correct")
		require.ErrorIs(t, err, api.ErrSignIn)
	}
	_, err := d.accounts.ChangePassword(t.Context(), by, "correct horse battery", "battery horse correct")
	require.ErrorContains(t, err, "too many tries")
	_, err = d.accounts.SignIn(t.Context(), "bea", "correct horse battery", "198.51.100.1")
	require.ErrorContains(t, err, "too many tries", "the tries are the same ones")
}

// TestNoOtherSiteChangesAPassword, also not of a browser that is signed in.
func TestNoOtherSiteChangesAPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, pattern := range []string{"POST /password", "POST /api/v1/password"} {
		header := h.session(t, "viewer")
		header.Set("Origin", "https://evil.example")
		require.Equal(t, http.StatusForbidden, h.ask(t, http.MethodPost, pattern, "old=a&new=b&again=b", header))
	}
}
