package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"time"
)

// Address is a mail address with the name shown for it, which may be empty.
type Address struct {
	Name    string
	Address string
}

// Message is one mail to one group of recipients, as it was handed over.
type Message struct {
	// ID names the mail in the inbox; it begins with the X-Message-Id of the hand-over.
	ID string
	// From is the sender.
	From Address
	// ReplyTo, To, Cc and Bcc are the other addresses. To is never empty.
	ReplyTo, To, Cc, Bcc []Address
	// Subject, HTML and Text are the content; one part may be empty.
	Subject, HTML, Text string
	// Headers are the extra headers.
	Headers map[string]string
	// Categories are for the provider's statistics.
	Categories []string
	// Args are the custom arguments, given back in every report.
	Args map[string]string
	// Created is when the mail was taken.
	Created time.Time
	// Reports are what happened to it, in order.
	Reports []Report
}

// Report is one thing that happened to a mail for one recipient.
type Report struct {
	// ID is unique; a report that is posted again keeps it.
	ID string
	// Event is what happened.
	Event Event
	// Email is the recipient.
	Email string
	// At is when.
	At time.Time
	// Posted is true once the receiver of the webhook took it.
	Posted bool
}

// recipients returns the addresses of everybody who gets the mail.
func (m *Message) recipients() []string {
	var emails []string
	for _, address := range slices.Concat(m.To, m.Cc, m.Bcc) {
		emails = append(emails, address.Address)
	}
	return emails
}

// size is roughly what the mail takes.
func (m *Message) size() int { return len(m.Subject) + len(m.HTML) + len(m.Text) }

// newID returns an unguessable id of 22 characters that may stand in a path.
func newID() string {
	raw := make([]byte, 16)
	rand.Read(raw) //nolint:errcheck // It never fails; the process ends if the system has no randomness.
	return base64.RawURLEncoding.EncodeToString(raw)
}
