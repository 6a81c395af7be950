package activities

import "klantreis/journey"

// Links makes the links of mails. What this process cannot link to is nil: messages that need it then wait.
type Links struct {
	// Answer returns where the question of a message is answered.
	Answer func(messageID string) string
	// Preferences returns where the reader of a mail says what they want, and unsubscribes.
	Preferences func(h Handover) string
	// Confirm returns where the consent is confirmed that a message asks to confirm.
	Confirm func(messageID string) string
	// Mailto is an address that takes requests to unsubscribe by mail. May be empty.
	Mailto string
}

// optional tells whether the reader of a message may refuse such messages.
func optional(class journey.Class) bool { return class != journey.Transactional }

// unsubscribeURL returns where the reader of a mail unsubscribes. Empty when they cannot refuse it.
func (l Links) unsubscribeURL(h Handover) string {
	if !optional(h.Message.Class) || l.Preferences == nil {
		return ""
	}
	return l.Preferences(h)
}

// confirmURL returns where a consent is confirmed. Empty when the run is not about one.
func (l Links) confirmURL(h Handover) string {
	if h.Run.Trigger.Name != journey.ConsentRequested || l.Confirm == nil {
		return ""
	}
	return l.Confirm(h.Message.ID)
}

// unsubscribeHeaders are the headers with which mail programs unsubscribe at one click (RFC 2369, RFC 8058). A signature of
// the domain must cover both.
func (l Links) unsubscribeHeaders(url string) map[string]string {
	if url == "" {
		return nil
	}
	ways := "<" + url + ">"
	if l.Mailto != "" {
		ways += ", <mailto:" + l.Mailto + "?subject=unsubscribe>"
	}
	return map[string]string{"List-Unsubscribe": ways, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
}
