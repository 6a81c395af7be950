package sandbox

import (
	"html"
	"maps"
	"regexp"
	"slices"
)

// Event is something that happens to a mail. The sandbox makes EventProcessed and EventDelivered by itself; the others
// come from Emit or from the inbox page.
type Event string

// The events. On the wire EventBlocked is a bounce of type "blocked", and EventMachineOpen an open by a machine.
const (
	EventProcessed   Event = "processed"
	EventDelivered   Event = "delivered"
	EventDeferred    Event = "deferred"
	EventDropped     Event = "dropped"
	EventBounce      Event = "bounce"
	EventBlocked     Event = "blocked"
	EventOpen        Event = "open"
	EventMachineOpen Event = "machine-open"
	EventClick       Event = "click"
	EventSpamReport  Event = "spamreport"
	EventUnsubscribe Event = "unsubscribe"

	EventGroupUnsubscribe Event = "group_unsubscribe"
	EventGroupResubscribe Event = "group_resubscribe"
)

// allEvents is in the order in which the inbox page offers them.
var allEvents = []Event{
	EventProcessed, EventDelivered, EventDeferred, EventDropped, EventBounce, EventBlocked,
	EventOpen, EventMachineOpen, EventClick, EventSpamReport, EventUnsubscribe,
	EventGroupUnsubscribe, EventGroupResubscribe,
}

func (e Event) known() bool { return slices.Contains(allEvents, e) }

// wireName is the event's name in a report.
func (e Event) wireName() string {
	switch e {
	case EventBlocked:
		return string(EventBounce)
	case EventMachineOpen:
		return string(EventOpen)
	default:
		return string(e)
	}
}

const (
	deviceIP  = "192.0.2.10"
	userAgent = "Mozilla/5.0 (sandbox)"
)

// details are the fields that only some kinds of report have.
func (e Event) details(message *Message) map[string]any {
	switch e {
	case EventDelivered:
		return map[string]any{"response": "250 OK", "tls": 1, "ip": deviceIP}
	case EventDeferred:
		return map[string]any{"response": "451 4.7.1 try again later", "attempt": "1"}
	case EventDropped:
		return map[string]any{"reason": "Bounced Address", "status": "5.0.0"}
	case EventBounce:
		return map[string]any{
			"type": "bounce", "reason": "550 5.1.1 no such mailbox", "status": "5.1.1",
			"bounce_classification": "Invalid Address", "tls": 1, "ip": deviceIP,
		}
	case EventBlocked:
		return map[string]any{
			"type": "blocked", "reason": "550 5.7.1 refused by policy", "status": "5.7.1",
			"bounce_classification": "Reputation", "tls": 1, "ip": deviceIP,
		}
	case EventOpen, EventMachineOpen:
		return map[string]any{
			"sg_machine_open": e == EventMachineOpen, "sg_content_type": "html", "useragent": userAgent, "ip": deviceIP,
		}
	case EventClick:
		return map[string]any{
			"url": firstLink(message.HTML), "url_offset": map[string]any{"index": 0, "type": "html"},
			"sg_content_type": "html", "useragent": userAgent, "ip": deviceIP,
		}
	case EventGroupUnsubscribe, EventGroupResubscribe:
		return map[string]any{"asm_group_id": 1, "useragent": userAgent, "ip": deviceIP}
	default:
		return nil
	}
}

// payload is a report in SendGrid's form, with the custom arguments beside its own fields.
func payload(message *Message, report Report) map[string]any {
	out := map[string]any{}
	for name, value := range message.Args {
		out[name] = value
	}
	maps.Copy(out, map[string]any{
		"event":         report.Event.wireName(),
		"email":         report.Email,
		"timestamp":     report.At.Unix(),
		"smtp-id":       "<" + message.ID + "@sandbox>",
		"sg_event_id":   report.ID,
		"sg_message_id": message.ID + ".recvd-sandbox-0",
	})
	if len(message.Categories) > 0 {
		out["category"] = message.Categories
	}
	maps.Copy(out, report.Event.details(message))
	return out
}

var link = regexp.MustCompile(`(?i)<a\s[^>]*?href\s*=\s*["'](https?://[^"']+)["']`)

// firstLink is the link that a click report names.
func firstLink(body string) string {
	if found := link.FindStringSubmatch(body); found != nil {
		return html.UnescapeString(found[1])
	}
	return "https://example.com/"
}
