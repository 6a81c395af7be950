package api

import "fmt"

// MaxBatchEvents is how many events a batch may have: 2,500, as Segment has it.
const MaxBatchEvents = 2500

// body is the decoded body of an ingest request.
type body struct {
	// fields are the top-level fields. Those of a batch lack "batch" itself.
	fields map[string]any
	// items are the events: those of a batch, otherwise the body alone.
	items []item
	// batch is true when the body has a list of events, even of one.
	batch bool
	// contextBytes is how large the context is that goes into every event of a batch.
	contextBytes int
	// who sent it. The zero value until the write key is known.
	who authorized
}

// item is one event of a body, not looked into yet.
type item struct {
	// value is what it holds; an object, when the client did right.
	value any
	// text is how it stands in the body.
	text []byte
	// fault is why it cannot be used, whatever it holds. Nil when there is none.
	fault *Problem
}

// parseEvent decodes a body that is one event.
func parseEvent(text []byte) (body, *Problem) {
	p := parser{text: text}
	fields := map[string]any{}
	problem := p.document(func(key string) error {
		v, err := p.member(key, 1)
		fields[key] = v
		return err
	})
	return body{fields: fields, items: []item{{value: fields, text: text, fault: p.fault}}}, problem
}

// parseBatch decodes a body that has events in its field "batch". A fault inside one of them is noted there; one
// outside of them is a problem of the whole.
func parseBatch(text []byte) (body, *Problem) {
	p := parser{text: text}
	b := body{fields: map[string]any{}, batch: true}
	found := false
	problem := p.document(func(key string) error {
		p.space()
		if key == "batch" && p.peek() == '[' {
			found = true
			return p.items(&b)
		}
		start := p.pos
		v, err := p.member(key, 1)
		b.fields[key] = v
		if key == "context" {
			b.contextBytes = p.pos - start
		}
		return err
	})
	switch _, other := b.fields["batch"]; {
	case problem != nil:
		return b, problem
	case p.fault != nil:
		return b, p.fault
	case other:
		return b, &Problem{Code: codeWrongType, Field: "batch", Message: "must be an array of events"}
	case !found:
		return b, &Problem{Code: codeMissing, Field: "batch", Message: "a batch needs the array of its events"}
	case len(b.items) > MaxBatchEvents:
		return b, tooManyEvents("batch")
	case len(b.items)*b.contextBytes > maxContextBytes:
		return b, &Problem{Code: codeTooLarge, Field: "context", Message: fmt.Sprintf("in all events of the batch it would take more than %d bytes", maxContextBytes)}
	}
	return b, nil
}

// maxContextBytes is how much the context of a batch may take in all of its events together, 8 MB. It stands in the body once,
// so that a body of a few hundred bytes, compressed, could otherwise become gigabytes.
const maxContextBytes = 8 << 20

func tooManyEvents(field string) *Problem {
	return &Problem{Code: codeTooMany, Field: field, Message: fmt.Sprintf("a batch must have at most %d events", MaxBatchEvents)}
}

// document reads an object and nothing after it.
func (p *parser) document(each func(key string) error) *Problem {
	p.space()
	if c := p.peek(); c == '[' || c == '"' {
		return &Problem{Code: codeWrongType, Message: "the body must be a JSON object"}
	}
	err := p.unexpected("an object")
	if p.peek() == '{' {
		err = p.members(each)
	}
	if p.space(); err == nil && p.pos < len(p.text) {
		err = p.unexpected("the end")
	}
	if err != nil {
		return &Problem{Code: codeInvalidJSON, Message: err.Error()}
	}
	return nil
}

// items reads the events of a batch, each with its own fault.
func (p *parser) items(b *body) error {
	outside := p.fault
	b.items = nil
	err := p.elements(func() error {
		p.fault = nil
		start := p.pos
		v, err := p.value(1)
		if len(b.items) <= MaxBatchEvents {
			b.items = append(b.items, item{value: v, text: p.text[start:p.pos], fault: p.fault})
		}
		return err
	})
	p.fault = outside
	return err
}
