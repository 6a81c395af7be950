package sendgrid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Kinds of report. Others exist and are passed on as they come.
const (
	KindProcessed        = "processed"
	KindDelivered        = "delivered"
	KindDeferred         = "deferred"
	KindDropped          = "dropped"
	KindBounce           = "bounce"
	KindOpen             = "open"
	KindClick            = "click"
	KindSpamReport       = "spamreport"
	KindUnsubscribe      = "unsubscribe"
	KindGroupUnsubscribe = "group_unsubscribe"
	KindGroupResubscribe = "group_resubscribe"
)

// Event is one report about a mail. A field that SendGrid left out, or that has an unexpected form, is zero.
type Event struct {
	// ID is unique to the report; a report that is posted again has the same one.
	ID string
	// Kind is what happened, one of the Kind constants or something newer.
	Kind string
	// At is when it happened, to the second, in UTC.
	At time.Time
	// MessageID is the message id that was given at the hand-over. Empty for a mail that is not ours.
	MessageID string
	// SendKey and CustomerID were given at the hand-over too, and Category is the first of its categories.
	SendKey, CustomerID, Category string
	// ProviderID is SendGrid's id of the mail; it begins with the X-Message-Id of the hand-over.
	ProviderID string
	// Address is the mail address of the recipient.
	Address string
	// Reason explains a drop or a bounce.
	Reason string
	// Status is the enhanced status code of a bounce, such as 5.1.1.
	Status string
	// Type is "bounce" or "blocked" for a bounce.
	Type string
	// URL is the link of a click.
	URL string
	// MachineOpen is true when a machine, and perhaps no person, opened the mail.
	MachineOpen bool
}

// ParseEvents decodes the body of one webhook request. An empty list and unknown kinds are fine. It returns an error that
// names the position when the body is not a JSON list of objects.
func ParseEvents(body []byte) ([]Event, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(body, &items); err != nil {
		return nil, positioned(err)
	}
	if items == nil {
		return nil, errors.New("parse events: want a list at byte 1")
	}
	events := make([]Event, len(items))
	for i, item := range items {
		// The list was read as a whole, so an item can only fail by not being an object.
		if !bytes.HasPrefix(item, []byte("{")) {
			return nil, fmt.Errorf("parse events: events[%d]: want an object", i)
		}
		var wire wireEvent
		if err := json.Unmarshal(item, &wire); err != nil {
			return nil, fmt.Errorf("parse events: events[%d]: %w", i, err)
		}
		events[i] = wire.event()
	}
	return events, nil
}

func positioned(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("parse events: byte %d: %w", syntax.Offset, err)
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("parse events: byte %d: want a list, not %s", mismatch.Offset, mismatch.Value)
	}
	return fmt.Errorf("parse events: %w", err)
}

// wireEvent is a report as SendGrid writes it. Custom arguments lie beside the fields.
type wireEvent struct {
	ID          text  `json:"sg_event_id"`
	Kind        text  `json:"event"`
	Timestamp   text  `json:"timestamp"`
	MessageID   text  `json:"message_id"`
	SendKey     text  `json:"send_key"`
	CustomerID  text  `json:"customer_id"`
	Category    texts `json:"category"`
	ProviderID  text  `json:"sg_message_id"`
	Address     text  `json:"email"`
	Reason      text  `json:"reason"`
	Status      text  `json:"status"`
	Type        text  `json:"type"`
	URL         text  `json:"url"`
	MachineOpen text  `json:"sg_machine_open"`
}

func (w wireEvent) event() Event {
	return Event{
		ID:          string(w.ID),
		Kind:        string(w.Kind),
		At:          w.Timestamp.instant(),
		MessageID:   string(w.MessageID),
		SendKey:     string(w.SendKey),
		CustomerID:  string(w.CustomerID),
		Category:    string(w.Category),
		ProviderID:  string(w.ProviderID),
		Address:     string(w.Address),
		Reason:      string(w.Reason),
		Status:      string(w.Status),
		Type:        string(w.Type),
		URL:         string(w.URL),
		MachineOpen: w.MachineOpen == "true",
	}
}

// text takes any JSON scalar as text, and anything else as empty: one odd field must not cost the batch.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(t))
	case '{', '[', 'n':
		*t = ""
	default:
		*t = text(data)
	}
	return nil
}

// texts is the first of a list of texts, or the only one.
type texts string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(data []byte) error {
	var list []text
	if json.Unmarshal(data, &list) == nil && len(list) > 0 {
		*t = texts(list[0])
		return nil
	}
	return (*text)(t).UnmarshalJSON(data)
}

// lastSecond is the last one of the year 9999; beyond it an instant cannot be written as JSON.
const lastSecond = 253402300799

// instant reads Unix seconds. Zero for anything else.
func (t text) instant() time.Time {
	seconds, err := strconv.ParseFloat(string(t), 64)
	if err != nil || !(seconds > 0 && seconds <= lastSecond) {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
