// Package api is the HTTP side of Klantreis: it takes events in Segment's form, shows customers and their decisions to
// whoever may see them, tells whether the process is well, and guards the pages of others.
//
// A handler decodes, validates, calls one method of an interface declared here, and encodes the answer. The package must
// not know where events are kept, how journeys are carried out, or that Temporal and SQL exist.
package api
