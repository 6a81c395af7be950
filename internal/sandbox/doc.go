// Package sandbox stands in for SendGrid: it takes mails by the same API, keeps them in an inbox instead of sending them,
// reports about them through the same signed webhook, and fails on request in the ways the real one does.
//
// It is the mail provider of the all-in-one binary and of the tests, so what it shows on the wire must stay true to the
// original. It must not know the engine: no journey, no customer, nothing that a provider would not be told. Who may see
// the inbox is decided by whoever mounts it.
package sandbox
