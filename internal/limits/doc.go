// Package limits bounds how often something may happen: for all processes together, through Redis, or in one process.
//
// A Limiter is a convenience and never a guard of correctness: when Redis is away everything is allowed. A Local needs
// nobody and always holds. The package must not know what it limits.
package limits
