// Package app puts the parts of a process together: record, Redis, Temporal, mail provider, API, dispatcher and workers.
// It is the only package that sees them all; what each needs of another is joined here and nowhere else.
package app
