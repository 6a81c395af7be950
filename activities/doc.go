// Package activities holds what the workflow has done outside itself: deciding and sending.
//
// It joins the pure core of package journey to a record and a mailer, both given as interfaces, and turns their errors
// into what Temporal should do about them. It must not know SQL, HTTP, or the workflow that calls it.
package activities
