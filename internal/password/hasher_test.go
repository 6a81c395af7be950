package password

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// cheap is what the tests can afford.
var cheap = Params{Passes: 1, MemoryKiB: 64, Lanes: 1}

func TestAHashIsItsPasswordsAlone(t *testing.T) {
	t.Parallel()
	h := NewHasher(Recommended())
	hash, err := h.Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	for typed, want := range map[string]bool{"correct horse battery": true, "correct horse battery ": false, "Correct horse battery": false, "": false} {
		ok, outdated, err := h.Check(t.Context(), hash, typed)
		require.NoError(t, err)
		require.Equal(t, want, ok, typed)
		require.False(t, outdated)
	}
	again, err := h.Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "each has a salt of its own")
}

// TestAKnownHash has the hash that the reference implementation made: the interoperable form is the promise.
func TestAKnownHash(t *testing.T) {
	t.Parallel()
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, outdated, err := NewHasher(cheap).Check(t.Context(), reference, "password")
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, outdated)
}

func TestOtherParametersAreOutdated(t *testing.T) {
	t.Parallel()
	hash, err := NewHasher(cheap).Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	ok, outdated, err := NewHasher(Params{Passes: 2, MemoryKiB: 64, Lanes: 1}).Check(t.Context(), hash, "correct horse battery")
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, outdated)
}

func TestNobodysHash(t *testing.T) {
	t.Parallel()
	h := NewHasher(cheap)
	for _, typed := range []string{"", "anything at all", strings.Repeat("x", 10_000)} {
		ok, _, err := h.Check(t.Context(), "", typed)
		require.NoError(t, err)
		require.False(t, ok)
	}
}

func TestALongPasswordIsNobodys(t *testing.T) {
	t.Parallel()
	h := NewHasher(cheap)
	_, err := h.Hash(t.Context(), strings.Repeat("é", Longest+1))
	require.ErrorIs(t, err, ErrLength)
	_, err = h.Hash(t.Context(), "elevenchars")
	require.ErrorIs(t, err, ErrLength)
	hash, err := h.Hash(t.Context(), strings.Repeat("é", Longest))
	require.NoError(t, err)
	ok, _, err := h.Check(t.Context(), hash, strings.Repeat("é", Longest))
	require.NoError(t, err)
	require.True(t, ok)
	ok, _, err = h.Check(t.Context(), hash, strings.Repeat("é", Longest+1))
	require.NoError(t, err)
	require.False(t, ok)
}

func TestWhatLooksTheSameIsTheSame(t *testing.T) {
	t.Parallel()
	h := NewHasher(cheap)
	hash, err := h.Hash(t.Context(), "caf\u00e9 aan de haven")
	require.NoError(t, err)
	ok, _, err := h.Check(t.Context(), hash, "cafe\u0301 aan de haven")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestADamagedHash(t *testing.T) {
	t.Parallel()
	for name, hash := range map[string]string{
		"plain": "correct horse battery", "another kind": "$2a$10$abcdefghijklmnopqrstuv", "another variant": "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"cut off": "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "too much memory": "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"no memory": "$argon2id$v=19$m=0,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "no lanes": "$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"an empty hash": "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
	} {
		ok, _, err := NewHasher(cheap).Check(t.Context(), hash, "correct horse battery")
		require.ErrorIs(t, err, errNotOurs, name)
		require.False(t, ok, name)
		require.NotContains(t, err.Error(), hash, name)
	}
}

func TestWaitingForATurnEnds(t *testing.T) {
	t.Parallel()
	h := NewHasher(cheap)
	for range atOnce {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := h.Check(ctx, "", "x")
	require.ErrorIs(t, err, context.Canceled)
	_, err = h.Hash(ctx, "correct horse battery")
	require.ErrorIs(t, err, context.Canceled)
}
