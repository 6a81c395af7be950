package access_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/access"
)

func TestEachRoleIncludesThoseBefore(t *testing.T) {
	t.Parallel()
	want := map[access.Permission]string{
		access.CustomersRead: "viewer service marketer admin", access.MapsRead: "viewer service marketer admin",
		access.MetricsRead: "viewer service marketer admin", access.CustomersWrite: "service marketer admin",
		access.CustomersExport: "service marketer admin", access.CustomersErase: "admin",
		access.EventsRead: "service marketer admin", access.EventsWrite: "admin",
		access.SuppressionsRead: "service marketer admin", access.SuppressionsWrite: "service marketer admin", access.MapsPublish: "marketer admin",
		access.ConnectionsRead: "service marketer admin", access.KeysRead: "admin", access.KeysWrite: "admin", access.AuditRead: "admin",
	}
	require.Len(t, access.Rules(), len(want))
	for _, rule := range access.Rules() {
		have := ""
		for _, role := range access.Roles() {
			if role.May(rule.Permission) {
				have += " " + string(role)
			}
		}
		require.Equal(t, " "+want[rule.Permission], have, rule.Permission)
		require.True(t, rule.Permission.Known())
	}
}

func TestWhoMayNothing(t *testing.T) {
	t.Parallel()
	for name, who := range map[string]access.Identity{
		"nobody":                     {},
		"a user without a role":      {Kind: access.User, Name: "ann"},
		"a user with scopes":         {Kind: access.User, Name: "ann", Scopes: []access.Permission{access.CustomersRead}},
		"an unknown role":            {Kind: access.User, Name: "ann", Role: "root"},
		"a token without scopes":     {Kind: access.Token, Name: "crm"},
		"a token with another scope": {Kind: access.Token, Name: "crm", Scopes: []access.Permission{access.MapsRead}},
	} {
		require.False(t, who.May(access.CustomersRead), name)
		require.False(t, who.May(access.SignedIn), name)
	}
	require.False(t, access.Admin.May("made:up"))
	require.False(t, access.Permission("made:up").Known())
	require.False(t, access.SignedIn.Known(), "no token can have it")
}

func TestATokenMayWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	who := access.Identity{Kind: access.Token, Name: "crm", Scopes: []access.Permission{access.CustomersRead, access.CustomersWrite}}
	require.True(t, who.May(access.CustomersRead))
	require.True(t, who.May(access.CustomersWrite))
	require.False(t, who.May(access.MapsPublish))
	require.Equal(t, access.Actor{Kind: access.Token, Name: "crm", From: "192.0.2.1"}, who.Actor("192.0.2.1"))
}

// TestTheManualShowsTheTable keeps docs/security.md the same as the code.
func TestTheManualShowsTheTable(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../docs/security.md")
	require.NoError(t, err)
	for _, rule := range access.Rules() {
		require.Contains(t, string(manual), fmt.Sprintf("| `%s` | %s | %s |\n", rule.Permission, rule.Least, rule.Words))
	}
}
