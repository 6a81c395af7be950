package journey

import "strings"

// SuppressionReason says why an address must not be mailed. Empty means that it may be.
type SuppressionReason string

// The reasons to suppress an address. Their texts are part of the record and never change.
const (
	// AddressBounced: the receiving server said that there is no such mailbox.
	AddressBounced SuppressionReason = "bounced"
	// AddressInvalid: it cannot be an address.
	AddressInvalid SuppressionReason = "invalid"
	// AddressComplained: its reader reported a mail as spam.
	AddressComplained SuppressionReason = "complained"
	// AddressUnsubscribed: its reader unsubscribed, with us or with the provider.
	AddressUnsubscribed SuppressionReason = "unsubscribed"
	// PersonObjected: the person wants nothing of us but what belongs to an order, at whatever address.
	PersonObjected SuppressionReason = "objected"
)

// SuppressionReasons are all reasons, those that block most first.
var SuppressionReasons = []SuppressionReason{
	AddressBounced, AddressInvalid, AddressComplained, AddressUnsubscribed, PersonObjected,
}

// Blocks tells whether messages of a class must not go to the address. Where nothing can arrive nothing is sent. Who does
// not want our messages still gets what belongs to an order: its confirmation is owed to them.
func (r SuppressionReason) Blocks(class Class) bool {
	switch r {
	case "":
		return false
	case AddressComplained, AddressUnsubscribed, PersonObjected:
		return class != Transactional
	default:
		return true
	}
}

// NormalAddress returns the form of a mail address by which it is known: two spellings that reach one mailbox, as far as
// can be told from outside, have the same. Servers that tell capitals apart are too rare to mail somebody against their will.
func NormalAddress(address string) string {
	return strings.ToLower(strings.TrimSpace(address))
}

// suppressionWords say why an address is suppressed.
var suppressionWords = map[SuppressionReason]string{
	AddressBounced:      "a mail to it came back",
	AddressInvalid:      "it is not a mail address",
	AddressComplained:   "its reader reported a mail as spam",
	AddressUnsubscribed: "its reader unsubscribed",
	PersonObjected:      "its reader objected to everything",
}

// suppressed says why messages of a class must not go to the customer, or to their address; "" when they may.
func (d *deciding) suppressed(class Class) SuppressionReason {
	for _, reason := range []SuppressionReason{d.in.Suppressed[NormalAddress(d.state.Facts.Email())], d.in.Objected} {
		if reason.Blocks(class) {
			return reason
		}
	}
	return ""
}
