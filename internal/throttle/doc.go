// Package throttle keeps a mail provider from being asked more often than it may be, and from being asked at all while it is
// ill.
//
// It holds nobody up: who may not go now is told how long to stay away. It must not know which provider it protects, and
// decides nothing about a mail: a mail that it does not let through was not taken.
package throttle
