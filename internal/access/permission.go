package access

import "slices"

// Permission is something that one may do. It is also the scope of a token.
type Permission string

// The permissions. The table below says what each allows and who has it.
const (
	// SignedIn is had by everybody whom we know, and by no token alone.
	SignedIn Permission = ""

	CustomersRead   Permission = "customers:read"
	CustomersWrite  Permission = "customers:write"
	CustomersExport Permission = "customers:export"
	CustomersErase  Permission = "customers:erase"
	EventsRead      Permission = "events:read"
	EventsWrite     Permission = "events:write"

	SuppressionsRead  Permission = "suppressions:read"
	SuppressionsWrite Permission = "suppressions:write"

	MapsRead    Permission = "maps:read"
	MapsPublish Permission = "maps:publish"
	MetricsRead Permission = "metrics:read"
	KeysRead    Permission = "keys:read"
	KeysWrite   Permission = "keys:write"
	AuditRead   Permission = "audit:read"

	ConnectionsRead Permission = "connections:read"
)

// Role is what somebody is in the shop. Each includes those before it.
type Role string

// The roles, the least first.
const (
	Viewer   Role = "viewer"
	Service  Role = "service"
	Marketer Role = "marketer"
	Admin    Role = "admin"
)

// Roles are all roles, the least first.
func Roles() []Role { return []Role{Viewer, Service, Marketer, Admin} }

// Rule says of one permission who has it.
type Rule struct {
	// Permission is the permission.
	Permission Permission
	// Least is the least role that has it.
	Least Role
	// Words say what it allows.
	Words string
}

// rules is the table. docs/security.md shows it, and a test compares them.
var rules = []Rule{
	{CustomersRead, Viewer, "look up customers, what was decided about them and what they said about messages, and the mails in the inbox of the sandbox"},
	{MapsRead, Viewer, "look at the versions of the map, the reasons and the clock"},
	{MetricsRead, Viewer, "read `/metrics`"},
	{CustomersWrite, Service, "merge two customers, note that one objects to everything; delete mails in the inbox of the sandbox, and let things happen to them"},
	{CustomersExport, Service, "export everything that is known of a customer"},
	{CustomersErase, Admin, "erase a customer, and see how far erasures are; note that what a shop asked for in the name of a customer is done"},
	{EventsRead, Service, "look at events that were refused, with what they hold, and at parked ones"},
	{SuppressionsRead, Service, "list why addresses must not be mailed; they are shown as hashes"},
	{SuppressionsWrite, Service, "let an address be mailed again"},
	{EventsWrite, Admin, "have parked events handled again"},
	{MapsPublish, Marketer, "publish a map, return to an older one, pause and resume"},
	{KeysRead, Admin, "list the write keys, without the keys themselves"},
	{KeysWrite, Admin, "make and revoke write keys"},
	{ConnectionsRead, Service, "see how the connections to shops fare"},
	{AuditRead, Admin, "read who changed what"},
}

// Rules returns the whole table: every permission once.
func Rules() []Rule { return slices.Clone(rules) }

// Known tells whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Known tells whether there is such a permission that a token can have.
func (p Permission) Known() bool {
	return slices.ContainsFunc(rules, func(rule Rule) bool { return rule.Permission == p })
}

// May tells whether a role has a permission. An unknown role has none, and nobody has one that is not in the table.
func (r Role) May(p Permission) bool {
	if !r.Known() || p == SignedIn {
		return r.Known()
	}
	for _, rule := range rules {
		if rule.Permission == p {
			return slices.Index(Roles(), rule.Least) <= slices.Index(Roles(), r)
		}
	}
	return false
}
