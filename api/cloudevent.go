package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"strings"

	"klantreis/journey"
)

// cloudVersion is the version of CloudEvents that is understood.
const cloudVersion = "1.0"

// cloudEvent turns a CloudEvent, given as its attributes with "data" among them, into an event.
func (s *Server) cloudEvent(r *receipt, it item) (journey.Event, *Problem) {
	values, ok := it.value.(map[string]any)
	switch {
	case len(it.text) > maxEventBytes:
		return journey.Event{}, &Problem{Code: codeTooLarge, Message: fmt.Sprintf("an event must have at most %d bytes", maxEventBytes)}
	case it.fault != nil:
		return journey.Event{}, it.fault
	case !ok:
		return journey.Event{}, &Problem{Code: codeWrongType, Message: "a CloudEvent must be an object"}
	}
	f := &fields{values: values}
	if version := f.text("specversion"); version != cloudVersion {
		f.refuse(codeSpecVersion, "specversion", `must be "`+cloudVersion+`"`)
	}
	id, source, typ := f.name("id"), f.name("source"), f.name("type")
	e := journey.Event{
		Type: journey.TypeTrack, Name: strings.TrimPrefix(typ, s.cePrefix), MessageID: cloudMessageID(source, id),
		ReceivedAt: r.journey,
		Context:    map[string]any{"cloudEvent": map[string]any{"id": id, "source": source, "type": typ}},
	}
	e.UserID, e.AnonymousID = f.identity("subject", "anonymousid")
	if strings.TrimSpace(e.Name) == "" {
		f.refuse(codeMissing, "type", "is required, and more of it than its prefix")
	}
	if e.UserID == "" && e.AnonymousID == "" {
		f.refuse(codeMissing, "subject", "an event needs a subject, the id of the customer, or the extension anonymousid")
	}
	data := cloudData(f)
	if e.Name == journey.TypeIdentify {
		e.Type, e.Traits = journey.TypeIdentify, data
	} else {
		e.Properties = data
	}
	e.Timestamp, e.Age = r.stamp(stamps{timestamp: f.instant("time")})
	return e, f.problem
}

// cloudMessageID returns the messageId of a CloudEvent, which source and id tell from all others.
func cloudMessageID(source, id string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s%s", len(source), source, id))
	return "ce-" + hex.EncodeToString(sum[:20])
}

// cloudData returns the data of a CloudEvent: a JSON object, or nil when there is none.
func cloudData(f *fields) map[string]any {
	if media := f.text("datacontenttype"); media != "" && !isJSON(media) {
		f.refuse(codeMediaType, "datacontenttype", "the data must be JSON")
	}
	encoded := f.text("data_base64")
	if encoded == "" {
		return f.object("data")
	}
	if f.values["data"] != nil {
		f.refuse(codeWrongType, "data_base64", "an event has data or data_base64, not both")
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		f.refuse(codeWrongType, "data_base64", "must be base64")
		return nil
	}
	b, problem := parseEvent(text)
	if problem == nil {
		problem = b.items[0].fault
	}
	if problem != nil {
		problem.within("data_base64")
		f.refuse(problem.Code, problem.Field, problem.Message)
	}
	return b.fields
}

// isJSON tells whether a media type is JSON.
func isJSON(header string) bool {
	media, _, err := mime.ParseMediaType(header)
	return err == nil && (media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json"))
}
