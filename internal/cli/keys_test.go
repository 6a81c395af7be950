package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	flags := []string{"--database=sqlite:" + filepath.Join(t.TempDir(), "record.db"), "--redis-url=redis://" + miniredis.RunT(t).Addr()}
	keys := func(args ...string) answer { return run(t, append(append([]string{"keys"}, args...), flags...)...) }
	require.Contains(t, keys("list").err, "migrate")
	require.Zero(t, run(t, "migrate", flags[0]).code)

	made := keys("create", "shop")
	require.Zero(t, made.code, made.err)
	require.Regexp(t, `^wk_[a-z2-7]{52}\n$`, made.out)
	require.Contains(t, made.err, "shown once")
	require.Contains(t, keys("create", "shop").err, "the name is taken")
	require.Contains(t, keys("create", "Shop").err, "small letters")

	listed := keys("list")
	require.Regexp(t, `(?m)^shop +\S+Z +-$`, listed.out)
	require.NotContains(t, listed.out, strings.TrimSpace(made.out))
	require.Equal(t, "shop is revoked\n", keys("revoke", "shop").out)
	require.Contains(t, keys("revoke", "app").err, `there is no key "app" in the record`)
	require.Contains(t, keys("list", "--json").out, `"revokedAt"`)
}
