package sandbox

import (
	"net/textproto"
	"strings"
	"time"
)

// wireID is the mail's Message-ID without the brackets.
func (m *Message) wireID() string { return m.ID + "@sandbox" }

// headers are the headers that the mail would arrive with. Bcc is not among them.
func (m *Message) headers() map[string][]string {
	out := map[string][]string{
		"Date":         {m.Created.Format(time.RFC1123Z)},
		"From":         {m.From.String()},
		"Message-Id":   {"<" + m.wireID() + ">"},
		"Mime-Version": {"1.0"},
		"Subject":      {m.Subject},
		"To":           {joined(m.To)},
	}
	if len(m.Cc) > 0 {
		out["Cc"] = []string{joined(m.Cc)}
	}
	if len(m.ReplyTo) > 0 {
		out["Reply-To"] = []string{joined(m.ReplyTo)}
	}
	for name, value := range m.Headers {
		out[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
	}
	return out
}

// String shows an address for people: the name, where there is one, and the address in angle brackets.
func (a Address) String() string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

// Label is the name, or the address where there is none.
func (a Address) Label() string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name
}

func joined(list []Address) string {
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = a.String()
	}
	return strings.Join(parts, ", ")
}
