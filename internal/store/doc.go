// Package store is the record: customers and their state, events, wake rows, map versions, decisions, messages and what
// the provider reports of them, in SQLite or PostgreSQL.
//
// Everything that must not be lost is here, and every exported method that writes is one transaction: a process may be
// killed at any line, and what was answered is kept while what was not answered may be asked again. Instants are BIGINT
// microseconds UTC; where none is known the column holds 0 or NULL.
//
// The package must not know the rules of a journey, Temporal, HTTP or a mail provider's client: it keeps what the core
// decided and never decides itself.
package store
