package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWriteKeys(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		keys, err := r.WriteKeys(t.Context())
		require.NoError(t, err)
		require.Empty(t, keys)

		require.NoError(t, r.CreateWriteKey(t.Context(), ann, "shop", "h1", start))
		require.NoError(t, r.CreateWriteKey(t.Context(), ann, "app", "h2", start.Add(time.Second)))
		require.ErrorIs(t, r.CreateWriteKey(t.Context(), ann, "shop", "h3", start), ErrTaken)
		require.ErrorIs(t, r.RevokeWriteKey(t.Context(), ann, "nobody", start), ErrNotFound)

		revoked := start.Add(time.Minute)
		require.NoError(t, r.RevokeWriteKey(t.Context(), ann, "shop", revoked))
		require.NoError(t, r.RevokeWriteKey(t.Context(), ann, "shop", revoked.Add(time.Hour)), "it is revoked already")
		require.ErrorIs(t, r.CreateWriteKey(t.Context(), ann, "shop", "h4", start), ErrTaken, "a revoked name stays taken")

		keys, err = r.WriteKeys(t.Context())
		require.NoError(t, err)
		require.Equal(t, []WriteKey{
			{Name: "shop", Hash: "h1", CreatedAt: start, RevokedAt: revoked},
			{Name: "app", Hash: "h2", CreatedAt: start.Add(time.Second)},
		}, keys)
	})
}
