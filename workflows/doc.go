// Package workflows holds the durable loop of one customer: decide, have the effects done, sleep until the next due
// instant or a wake-up, and again.
//
// A workflow carries ids, a step number and instants. What is known of the customer is in the record, and what should
// happen is decided by package journey inside an activity. The package must not know either, nor any mail or SQL.
package workflows
