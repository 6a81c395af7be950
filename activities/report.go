package activities

import (
	"time"

	"klantreis/journey"
)

// ReportKind is what a mail provider reports of a message.
type ReportKind string

// The kinds of report. Their texts are part of the record and never change.
const (
	// ReportProcessed: the provider took it.
	ReportProcessed ReportKind = "processed"
	// ReportDeferred: the receiving server does not take it now; the provider tries again.
	ReportDeferred ReportKind = "deferred"
	// ReportDelivered: the receiving server took it.
	ReportDelivered ReportKind = "delivered"
	// ReportDropped: the provider does not pass it on.
	ReportDropped ReportKind = "dropped"
	// ReportBlocked: the receiving server refused this message, which says nothing against the address.
	ReportBlocked ReportKind = "blocked"
	// ReportBounced: the receiving server refused it, because nothing can arrive at the address.
	ReportBounced ReportKind = "bounced"
	// ReportOpened: somebody opened it.
	ReportOpened ReportKind = "opened"
	// ReportMachineOpened: a machine opened it, and perhaps no person.
	ReportMachineOpened ReportKind = "machine-opened"
	// ReportClicked: somebody followed a link in it.
	ReportClicked ReportKind = "clicked"
	// ReportComplained: its reader reported it as spam.
	ReportComplained ReportKind = "complained"
	// ReportUnsubscribed: its reader unsubscribed with the provider.
	ReportUnsubscribed ReportKind = "unsubscribed"
	// ReportResubscribed: its reader subscribed again with the provider.
	ReportResubscribed ReportKind = "resubscribed"
)

// Report is one thing that a mail provider reports of one message.
type Report struct {
	// ID is the provider's own id of the report, by which repeated ones are known.
	ID string
	// MessageID is the message's id in the record.
	MessageID string
	// SendKey, CustomerID and Touchpoint are what the mail was handed over with, beside the message's id. They tell of a
	// message that the record does not know any more. Empty when the provider does not say.
	SendKey, CustomerID, Touchpoint string
	// Kind is what happened.
	Kind ReportKind
	// At is when it happened, in real time. Zero when the provider does not say.
	At time.Time
	// Detail is what the provider says about it.
	Detail string
	// URL is the link that was followed, without query and fragment. Empty for other kinds.
	URL string
	// Address is the mail address that the report is about. Empty when the provider does not say.
	Address string
	// Suppress is why that address must not be mailed any more. Empty when it may be.
	Suppress journey.SuppressionReason
}
