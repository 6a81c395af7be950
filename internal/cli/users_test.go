package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func migratedRecord(t *testing.T) string {
	t.Helper()
	flag := "--database=sqlite:" + filepath.Join(t.TempDir(), "record.db")
	require.Zero(t, run(t, "migrate", flag).code)
	return flag
}

func TestUsers(t *testing.T) {
	t.Parallel()
	flag := migratedRecord(t)
	users := func(args ...string) answer { return run(t, append(append([]string{"users"}, args...), flag)...) }
	added := users("add", "bea@example.com", "--role=marketer")
	require.Zero(t, added.code, added.err)
	require.Regexp(t, `^[A-Z2-7]{26}\n$`, added.out)
	require.Contains(t, added.err, "shown once")
	require.Contains(t, users("add", "bea@example.com", "--role=admin").err, `there is or was a user "bea@example.com"`)
	require.Contains(t, users("add", "Bea", "--role=admin").err, "small letters")
	require.Contains(t, users("add", "cas", "--role=root").err, "must be one of")
	require.Contains(t, users("add", "cas").err, "--role")
	require.Equal(t, "bea@example.com is viewer\n", users("role", "bea@example.com", "viewer").out)
	require.Regexp(t, `^[A-Z2-7]{26}\n$`, users("password", "bea@example.com").out)
	require.Equal(t, "bea@example.com is disabled\n", users("disable", "bea@example.com").out)
	require.Contains(t, users("disable", "nobody").err, `there is no user "nobody"`)
	require.Regexp(t, `(?m)^bea@example.com +viewer +\S+Z +\S+Z +\S+Z$`, users("list").out)
	require.Equal(t, "bea@example.com may sign in\n", users("enable", "bea@example.com").out)
	listed := users("list", "--json")
	require.Contains(t, listed.out, `"role": "viewer"`)
	require.NotContains(t, listed.out, "argon2")

	log := run(t, "audit", flag)
	require.Zero(t, log.code, log.err)
	lines := strings.Split(strings.TrimSpace(log.out), "\n")
	require.Len(t, lines, 5)
	require.Regexp(t, `^\S+Z  cli .*\(.+\)  user.enable bea@example.com  \{"disabled":true\} -> \{"disabled":false\}$`, lines[0])
	require.Regexp(t, `  user.add bea@example.com  - -> \{"role":"marketer"\}$`, lines[4])
	require.NotContains(t, log.out, strings.TrimSpace(added.out))
	require.Contains(t, run(t, "audit", "--json", "--action=user.role", flag).out, `"before":{"role":"marketer"},"after":{"role":"viewer"}`)
}

func TestAPasswordFromTheStandardInput(t *testing.T) {
	t.Parallel()
	flag := migratedRecord(t)
	added := runWith(t, strings.NewReader("correct horse battery\r\n"), "users", "add", "bea", "--role=viewer", "--stdin", flag)
	require.Zero(t, added.code, added.err)
	require.Empty(t, added.out)
	short := runWith(t, strings.NewReader("short\n"), "users", "password", "bea", "--stdin", flag)
	require.Contains(t, short.err, "12 to 256 characters")
	require.Contains(t, run(t, "users", "password", "bea", "--stdin", flag).err, "there is no standard input")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	flag := migratedRecord(t)
	tokens := func(args ...string) answer { return run(t, append(append([]string{"tokens"}, args...), flag)...) }
	made := tokens("create", "crm", "--scope=customers:read,customers:write", "--scope=maps:read")
	require.Zero(t, made.code, made.err)
	require.Regexp(t, `^kt_[a-z2-7]{52}\n$`, made.out)
	require.Contains(t, made.err, "shown once")
	unknown := tokens("create", "other", "--scope=everything")
	require.Contains(t, unknown.err, `there is no scope "everything"; there are:`)
	require.Contains(t, unknown.err, "maps:publish")
	require.Contains(t, tokens("create", "other").err, "--scope")
	require.Contains(t, tokens("create", "crm", "--scope=maps:read").err, `there is or was a token "crm"`)
	listed := tokens("list")
	require.Regexp(t, `(?m)^crm +\S+Z +- +- +customers:read customers:write maps:read$`, listed.out)
	require.Equal(t, "crm is revoked\n", tokens("revoke", "crm").out)
	require.Contains(t, tokens("revoke", "crm").err, `there is no valid token "crm"`)
	require.Contains(t, tokens("list", "--json").out, `"revokedAt"`)
}
