package cli

import (
	"io"
	"strings"
	"unicode"
)

// plainWriter writes text to a terminal that may hold what strangers chose: control characters but for line ends and tabs,
// with which a text could move the cursor, hide what stands there or answer in the operator's place, become question marks.
type plainWriter struct {
	w io.Writer
	// lead is true when the last byte begins a character that may be a control character of two bytes.
	lead bool
}

// Write implements io.Writer.
func (p *plainWriter) Write(text []byte) (int, error) {
	const leadByte, firstC1, lastC1, del = 0xc2, 0x80, 0x9f, 0x7f
	out := make([]byte, len(text))
	for i, b := range text {
		if b < ' ' && b != '\n' && b != '\t' || b == del || p.lead && b >= firstC1 && b <= lastC1 {
			b = '?'
		}
		out[i] = b
		p.lead = text[i] == leadByte
	}
	return p.w.Write(out)
}

// field makes a value fit for a line or column of its own, whatever it holds: one line, and nothing that changes how the rest of
// the line is shown.
func field(value string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || unicode.Is(unicode.Bidi_Control, c) {
			return '?'
		}
		return c
	}, value)
}
