package api

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads the string that starts here.
func (p *parser) str() (string, error) {
	p.pos++
	start := p.pos
	for ; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '"':
			raw := p.text[start:p.pos]
			p.pos++
			return p.checked(raw), nil
		case c == '\\':
			return p.escaped(start)
		case c < ' ':
			return "", p.unexpected("an escaped control character")
		}
	}
	return "", p.unexpected("a closing quote")
}

// escaped reads on, from the first backslash, in the string whose text starts at start.
func (p *parser) escaped(start int) (string, error) {
	out := append(make([]byte, 0, 2*(p.pos-start)+16), p.text[start:p.pos]...)
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			return p.checked(out), nil
		case c < ' ':
			return "", p.unexpected("an escaped control character")
		case c != '\\':
			out = append(out, c)
			p.pos++
		default:
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return "", p.unexpected("a closing quote")
}

// escape reads one escape sequence. Half a surrogate pair becomes U+FFFD, as in encoding/json: JavaScript clients send
// it where they cut a text in the middle of an emoji.
func (p *parser) escape() (rune, error) {
	p.pos++
	c := p.peek()
	if c == 'u' {
		r, ok := p.hex(p.pos + 1)
		if !ok {
			return 0, p.unexpected("\\u and four hexadecimal digits")
		}
		p.pos += 5
		if !utf16.IsSurrogate(r) {
			return r, nil
		}
		if p.peek() == '\\' && p.pos+1 < len(p.text) && p.text[p.pos+1] == 'u' {
			if low, ok := p.hex(p.pos + 2); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					p.pos += 6
					return pair, nil
				}
			}
		}
		return utf8.RuneError, nil
	}
	r, ok := escapes[c]
	if !ok {
		return 0, p.unexpected("an escape sequence")
	}
	p.pos++
	return r, nil
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hex returns the rune that four digits at a position stand for.
func (p *parser) hex(at int) (rune, bool) {
	if at+4 > len(p.text) {
		return 0, false
	}
	var r rune
	for _, c := range p.text[at : at+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// checked turns the bytes of a string into one, and reports what no record can hold.
func (p *parser) checked(raw []byte) string {
	if !utf8.Valid(raw) {
		p.report(codeInvalidUTF8, "text that is not valid UTF-8")
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		p.report(codeNUL, "text with the NUL character (U+0000), which cannot be stored")
	}
	return string(raw)
}

// number reads the number that starts here.
func (p *parser) number() (float64, error) {
	start := p.pos
	if p.peek() == '-' {
		p.pos++
	}
	if p.peek() == '0' {
		p.pos++
	} else if !p.digits() {
		return 0, p.unexpected("a digit")
	}
	if p.peek() == '.' {
		p.pos++
		if !p.digits() {
			return 0, p.unexpected("a digit")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.pos++
		if c := p.peek(); c == '+' || c == '-' {
			p.pos++
		}
		if !p.digits() {
			return 0, p.unexpected("a digit")
		}
	}
	f, err := strconv.ParseFloat(string(p.text[start:p.pos]), 64)
	if err != nil {
		p.report(codeNumberRange, "a number too large for a 64-bit floating-point number")
		return 0, nil
	}
	return f, nil
}

// digits passes over digits and says whether there was one.
func (p *parser) digits() bool {
	start := p.pos
	for '0' <= p.peek() && p.peek() <= '9' {
		p.pos++
	}
	return p.pos > start
}
