// Package replay runs the orders of a real shop through a running engine, a day a second, and compares every mail that
// arrived with the mails that should have.
//
// The orders are turned into events: what the shop's books say happened, and cancellations, returns and reviews drawn
// from a seed. The list of expected mails is made from these events by plain rules (see Expect). So the package must know
// the engine only from outside, by its command line and its HTTP API, and must not import any other package of this
// module: a fault in the core would then hide itself.
package replay
