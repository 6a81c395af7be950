// Package journey is the core of Klantreis: the journey map, its words and its rules.
//
// A Map says which phases a customer goes through and which touchpoints belong to them. Map.Decide takes what is known
// of one customer and what has happened since, and answers what the map wants done: the new state, the messages to send,
// the reasons, and the instant at which to look again. It is a pure function: no I/O, no clock, no randomness, so that
// production, simulation and tests run the very same code.
//
// The package must not know how events arrive, where state is kept, how mail is sent, or that Temporal exists.
package journey
