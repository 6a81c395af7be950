// Package worker joins the workflows and activities to a Temporal client: what is registered under which name, on which
// task queue, and how a customer's workflow is woken.
//
// It must not know what a decision or a mail is.
package worker
