// Package limits bounds how often something may happen, for all processes together, through Redis.
//
// A limit is a convenience and never a guard of correctness: when Redis is away everything is allowed. The package must
// not know what it limits.
package limits
