package api

import (
	"context"
	"time"
)

// Preferences are what readers of our mails want. A token is the secret part of a link in a mail: whoever holds it may say
// what its reader wants. It must be safe for concurrent use.
type Preferences interface {
	// Reader returns what the reader wants now; found is false when the token was not made by us. Of a reader whom the record
	// does not know any more only Shop, Locale and Unsubscribed are set, and Known is false. It changes nothing.
	Reader(ctx context.Context, token string) (r Reader, found bool, err error)
	// Unsubscribe keeps all mail from the reader that they can do without, in force when it returns: nothing is handed over
	// to a mail provider after that. Doing so again changes nothing. Source says by which way they asked for it.
	Unsubscribe(ctx context.Context, token, source string) (found bool, err error)
	// Subscribe takes back what Unsubscribe did.
	Subscribe(ctx context.Context, token string) (found bool, err error)
	// Choose stores what the reader wants. It does nothing for a reader whom the record does not know.
	Choose(ctx context.Context, token string, c ReaderChoice) (found bool, err error)
	// Confirmation returns the consent that a token of another kind lets a customer confirm; found is false when the token is
	// forged or too old. It changes nothing.
	Confirmation(ctx context.Context, token string) (c Confirmation, found bool, err error)
	// Confirm stores that the customer confirmed it. Doing so again changes nothing.
	Confirm(ctx context.Context, token string) (found bool, err error)
}

// Reader is what the preference page shows.
type Reader struct {
	// Shop is the name of who sends the mails.
	Shop string
	// Locale is the reader's language tag.
	Locale string
	// Known is false when the record does not know the reader any more.
	Known bool
	// Unsubscribed is true when they get nothing that they can do without.
	Unsubscribed bool
	// Topics are what they can choose among.
	Topics []ReaderTopic
	// Weekly is true when they want one mail a week at most.
	Weekly bool
	// NotBefore is until when they want no mail, in their time zone. Zero when they want it now.
	NotBefore time.Time
}

// ReaderTopic is one topic on the preference page.
type ReaderTopic struct {
	// ID names it.
	ID string
	// Titles are what readers see, by language: nl and en.
	Titles map[string]string
	// Wanted is false when the reader can do without.
	Wanted bool
}

// ReaderChoice is what a reader wants from now on.
type ReaderChoice struct {
	// Topics says of each topic that was shown whether it is wanted.
	Topics map[string]bool
	// Weekly is true when they want one mail a week at most.
	Weekly bool
	// NotNow is true when they want no mail for 30 days, and Now when they want it again. Neither leaves it as it is.
	NotNow, Now bool
	// Language is nl or en. Empty leaves it as it is.
	Language string
}

// Confirmation is what the page shows on which a consent is confirmed.
type Confirmation struct {
	// Shop is the name of who asks.
	Shop string
	// Locale is the customer's language tag.
	Locale string
	// Topics are the titles of the topics that it is about, by language. Empty when it is about all mail.
	Topics []map[string]string
	// Done is true when it was confirmed before.
	Done bool
}
