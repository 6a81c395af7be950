package api

import "fmt"

// maxDepth is how many objects and arrays an event may have inside each other, itself included.
const maxDepth = 32

// parser reads JSON text in one pass, into the types that encoding/json uses for an any.
//
// It exists because a batch is judged item by item. It tells well-formed text that cannot be used (a fault: a NUL
// character, invalid UTF-8, too deep) from text that is not JSON at all (an error), so that a fault costs only the item
// it stands in, and it knows how many bytes each item takes. It is also twice as fast as decoding each item by itself.
type parser struct {
	text []byte
	pos  int
	// fault is the first fault since it was last cleared. Its Field is completed on the way out of the value.
	fault *Problem
}

// value reads one value; depth is how many objects and arrays an object or array here would make.
func (p *parser) value(depth int) (any, error) {
	p.space()
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth > maxDepth {
			p.report(codeTooDeep, fmt.Sprintf("more than %d objects and arrays inside each other", maxDepth))
			return nil, p.skip()
		}
		if c == '{' {
			return p.object(depth)
		}
		return p.array(depth)
	case c == '"':
		return p.str()
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	case c == 't':
		return true, p.literal("true")
	case c == 'f':
		return false, p.literal("false")
	case c == 'n':
		return nil, p.literal("null")
	}
	return nil, p.unexpected("a value")
}

func (p *parser) object(depth int) (map[string]any, error) {
	m := map[string]any{}
	err := p.members(func(key string) error {
		v, err := p.member(key, depth)
		m[key] = v
		return err
	})
	return m, err
}

// member reads the value of a key and notes the key in a fault found there.
func (p *parser) member(key string, depth int) (any, error) {
	before := p.fault
	v, err := p.value(depth + 1)
	if p.fault != before {
		p.fault.within(key)
	}
	return v, err
}

func (p *parser) array(depth int) ([]any, error) {
	list := []any{}
	err := p.elements(func() error {
		before := p.fault
		v, err := p.value(depth + 1)
		if p.fault != before {
			p.fault.withinIndex(len(list))
		}
		list = append(list, v)
		return err
	})
	return list, err
}

// members calls each for every key of the object that starts here; each has to read the value.
func (p *parser) members(each func(key string) error) error {
	return p.list('}', func() error {
		if p.peek() != '"' {
			return p.unexpected("a key in quotes")
		}
		key, err := p.str()
		if err != nil {
			return err
		}
		p.space()
		if p.peek() != ':' {
			return p.unexpected("a colon")
		}
		p.pos++
		return each(key)
	})
}

// elements calls each for every element of the array that starts here; each has to read it.
func (p *parser) elements(each func() error) error {
	return p.list(']', each)
}

func (p *parser) list(end byte, each func() error) error {
	p.pos++
	if p.space(); p.peek() == end {
		p.pos++
		return nil
	}
	for {
		p.space()
		if err := each(); err != nil {
			return err
		}
		p.space()
		switch p.peek() {
		case ',':
			p.pos++
		case end:
			p.pos++
			return nil
		default:
			return p.unexpected(fmt.Sprintf("a comma or %q", end))
		}
	}
}

// skip passes over the object or array that starts here. It looks at brackets and strings only, because the event is
// refused whatever else is inside.
func (p *parser) skip() error {
	for depth := 0; p.pos < len(p.text); {
		switch p.text[p.pos] {
		case '"':
			if _, err := p.str(); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		p.pos++
		if depth == 0 {
			return nil
		}
	}
	return p.unexpected("a closing bracket")
}

func (p *parser) literal(word string) error {
	for i := range len(word) {
		if p.peek() != word[i] {
			return p.unexpected(word)
		}
		p.pos++
	}
	return nil
}

func (p *parser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or zero (which no valid text has outside strings) at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// report notes a fault, unless there is one already.
func (p *parser) report(code Code, message string) {
	if p.fault == nil {
		p.fault = &Problem{Code: code, Message: message}
	}
}

func (p *parser) unexpected(wanted string) error {
	if p.pos >= len(p.text) {
		return fmt.Errorf("the text ends at byte %d, where %s was expected", p.pos, wanted)
	}
	return fmt.Errorf("unexpected character at byte %d, where %s was expected", p.pos, wanted)
}
