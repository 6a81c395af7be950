package access

import "slices"

// Kind is what somebody is who changes something.
type Kind string

// The kinds.
const (
	// User is a person who signed in, and Token a program with an API token.
	User  Kind = "user"
	Token Kind = "token"
	// CommandLine is whoever runs a command with the record.
	CommandLine Kind = "cli"
	// Process is the program itself.
	Process Kind = "process"
)

// BuiltIn is the name of who has the admin token of the configuration, by a link or as Bearer token.
const BuiltIn = "built-in admin"

// Identity is who asks. The zero Identity is nobody.
type Identity struct {
	// Kind is User or Token.
	Kind Kind
	// Name is how the user or the token is known.
	Name string
	// Role is the role of a user. Empty when scopes say what a token may do.
	Role Role
	// Scopes are what a token may do.
	Scopes []Permission
}

// May tells whether somebody has a permission.
func (i Identity) May(p Permission) bool {
	if i.Role != "" {
		return i.Role.May(p)
	}
	return i.Kind == Token && p != SignedIn && slices.Contains(i.Scopes, p)
}

// Actor returns who changes something from an address.
func (i Identity) Actor(from string) Actor { return Actor{Kind: i.Kind, Name: i.Name, From: from} }

// Actor is who changes something, as the audit log keeps it. The zero Actor is the program itself.
type Actor struct {
	// Kind says what they are, and Name who.
	Kind Kind
	Name string
	// From is the address of a request, or the host of a command.
	From string
}
