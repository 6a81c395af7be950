package api

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"klantreis/journey"
)

// The media types of CloudEvents.
const (
	cloudStructured = "application/cloudevents+json"
	cloudBatch      = "application/cloudevents-batch+json"
)

// ingestCloudEvents takes CloudEvents in the structured, the batched and the binary form of their HTTP binding.
func (s *Server) ingestCloudEvents(w http.ResponseWriter, r *http.Request) {
	parse, problem := cloudParser(r.Header)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	b, problem := s.readBody(w, r, form{payload: readText, parse: parse})
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	if s.limited(w, r, b) {
		return
	}
	at := newReceipt(s.clock, s.now())
	j := s.judge(b, func(it item) (journey.Event, *Problem) { return s.cloudEvent(&at, it) })
	if !b.batch && len(j.rejected) > 0 {
		s.note(r.Context(), j.refused)
		writeProblem(w, j.rejected[0].Problem)
		return
	}
	s.store(w, r, j.events, j.answer(), j.refused)
}

// cloudParser returns how to read the body, by the headers.
func cloudParser(h http.Header) (func([]byte) (body, *Problem), *Problem) {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	switch {
	case media == cloudStructured && err == nil:
		return parseEvent, nil
	case media == cloudBatch && err == nil:
		return parseCloudBatch, nil
	case h.Get("Ce-Specversion") != "" && !strings.HasPrefix(media, "application/cloudevents"):
		return func(text []byte) (body, *Problem) { return parseCloudBinary(h, text) }, nil
	}
	return nil, &Problem{
		Code: codeMediaType, Field: "Content-Type",
		Message: "send " + cloudStructured + ", " + cloudBatch + ", or the attributes as headers that begin with ce-",
	}
}

// parseCloudBatch decodes a body that is an array of CloudEvents.
func parseCloudBatch(text []byte) (body, *Problem) {
	p := parser{text: text}
	b := body{batch: true}
	p.space()
	if c := p.peek(); c == '{' || c == '"' {
		return b, &Problem{Code: codeWrongType, Message: "the body must be a JSON array of CloudEvents"}
	}
	err := p.unexpected("an array")
	if p.peek() == '[' {
		err = p.items(&b)
	}
	if p.space(); err == nil && p.pos < len(p.text) {
		err = p.unexpected("the end")
	}
	switch {
	case err != nil:
		return b, &Problem{Code: codeInvalidJSON, Message: err.Error()}
	case len(b.items) > MaxBatchEvents:
		return b, tooManyEvents("")
	}
	return b, nil
}

// parseCloudBinary reads the attributes from the headers and the data from the body.
func parseCloudBinary(h http.Header, text []byte) (body, *Problem) {
	values := map[string]any{}
	it := item{value: values, text: text}
	for name, list := range h {
		attribute, ok := strings.CutPrefix(strings.ToLower(name), "ce-")
		if !ok {
			continue
		}
		value, problem := cloudHeader(list)
		if problem != nil && it.fault == nil {
			problem.Field, it.fault = attribute, problem
		}
		values[attribute] = value
	}
	delete(values, "data")
	delete(values, "data_base64")
	if media := h.Get("Content-Type"); media != "" {
		values["datacontenttype"] = media
	}
	if len(strings.TrimSpace(string(text))) > 0 && it.fault == nil && isJSONOrNothing(h.Get("Content-Type")) {
		data, problem := parseEvent(text)
		if problem != nil {
			return body{}, problem
		}
		if it.fault = data.items[0].fault; it.fault != nil {
			it.fault.within("data")
		}
		values["data"] = data.fields
	}
	return body{items: []item{it}}, nil
}

func isJSONOrNothing(media string) bool { return media == "" || isJSON(media) }

// cloudHeader returns the value of an attribute, which headers carry with percent signs for all that is not plain ASCII.
func cloudHeader(list []string) (string, *Problem) {
	if len(list) > 1 {
		return "", &Problem{Code: codeWrongType, Message: "is given more than once"}
	}
	value, err := url.PathUnescape(list[0])
	switch {
	case err != nil:
		return "", &Problem{Code: codeWrongType, Message: "has a percent sign that begins no escape sequence"}
	case !utf8.ValidString(value):
		return "", &Problem{Code: codeInvalidUTF8, Message: "is not valid UTF-8"}
	case strings.ContainsRune(value, 0):
		return "", &Problem{Code: codeNUL, Message: "has the character U+0000"}
	}
	return value, nil
}
