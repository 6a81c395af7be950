package api

import (
	"crypto/rand"
	"fmt"
	"maps"

	"klantreis/journey"
)

// maxEventBytes is how large one event may be: 32 KB, as Segment has it.
const maxEventBytes = 32 << 10

// event turns an item into an event. The type is the item's own when typ is empty.
func (r *receipt) event(it item, typ string) (journey.Event, *Problem) {
	values, ok := it.value.(map[string]any)
	switch {
	case len(it.text)+r.contextBytes > maxEventBytes:
		return journey.Event{}, &Problem{Code: codeTooLarge, Message: fmt.Sprintf("an event must have at most %d bytes, with the context of its batch", maxEventBytes)}
	case it.fault != nil:
		return journey.Event{}, it.fault
	case !ok:
		return journey.Event{}, &Problem{Code: codeWrongType, Message: "an event must be an object"}
	}
	f := &fields{values: values}
	if typ == "" {
		typ = f.text("type")
	}
	e := journey.Event{
		Type:       typ,
		Name:       typ,
		MessageID:  f.id("messageId", maxMessageIDCharacters),
		ReceivedAt: r.journey,
		Imported:   r.imported,
		Context:    r.mergeContext(f.object("context")),
	}
	e.UserID, e.AnonymousID = f.identity("userId", "anonymousId")
	if e.MessageID == "" {
		e.MessageID = "api-" + rand.Text()
	}
	describe(&e, f)
	if e.UserID == "" && e.AnonymousID == "" {
		f.refuse(codeMissing, "userId", "an event needs a userId or an anonymousId")
	}
	e.Timestamp, e.Age = r.stamp(r.stamps(f))
	return e, f.problem
}

// describe fills in what only events of this type have.
func describe(e *journey.Event, f *fields) {
	switch e.Type {
	case journey.TypeIdentify:
		e.Traits = f.object("traits")
	case journey.TypeTrack:
		e.Name = f.name("event")
		e.Properties = f.object("properties")
	case journey.TypePage, journey.TypeScreen:
		e.Properties = namedProperties(f)
	case journey.TypeGroup:
		e.GroupID = f.required("groupId")
		e.Traits = f.object("traits")
	case journey.TypeAlias:
		f.required("previousId")
		e.PreviousID = f.owner("previousId")
		f.required("userId")
	case "":
		f.refuse(codeMissing, "type", "an event of a batch needs a type")
	default:
		f.refuse(codeUnknownType, "type", "must be identify, track, page, screen, group or alias")
	}
}

// namedProperties returns the properties of a page or screen, with its name and category among them.
func namedProperties(f *fields) map[string]any {
	properties := f.object("properties")
	for _, key := range []string{"name", "category"} {
		value := f.text(key)
		if _, taken := properties[key]; taken || value == "" {
			continue
		}
		if properties == nil {
			properties = map[string]any{}
		}
		properties[key] = value
	}
	return properties
}

// stamps reads the instants of an event. On a chosen clock sentAt means nothing.
func (r *receipt) stamps(f *fields) stamps {
	s := stamps{timestamp: f.instant("timestamp"), original: f.instant("originalTimestamp")}
	if !r.clock.Started {
		s.sentAt = f.instant("sentAt")
	}
	return s
}

// mergeContext puts the context of the batch under that of an event. What the event says about a subject ("campaign",
// "page", ...) replaces all that the batch says about it, so that no half campaigns arise.
func (r *receipt) mergeContext(own map[string]any) map[string]any {
	switch {
	case len(r.context) == 0:
		return own
	case len(own) == 0:
		return r.context
	}
	merged := maps.Clone(r.context)
	maps.Copy(merged, own)
	return merged
}
