package journey

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// syntaxMessage says what the YAML reader stumbled over.
func syntaxMessage(e *yaml.LoadError) string {
	message := strings.TrimPrefix(e.Message, "yaml: ")
	if strings.Contains(message, tooDeepMessage) {
		return tooDeepMessage
	}
	if e.ContextMsg != "" && e.ContextMark.Line > 0 && e.ContextMark.Line != e.Mark.Line {
		message += fmt.Sprintf(" %s that starts in line %d", e.ContextMsg, e.ContextMark.Line)
	}
	if e.Stage == "" {
		return message
	}
	return "is not valid YAML: " + message
}

// syntaxHint knows the slips that people make most.
func syntaxHint(e *yaml.LoadError) string {
	switch {
	case strings.Contains(e.Message, "mapping values are not allowed"):
		return "put a text that holds a colon in quotes, and check the indentation"
	case strings.Contains(e.Message, "cannot start any token"):
		return "indent with spaces, not tabs, and put a text that starts with @, ` or % in quotes"
	case strings.Contains(e.Message, "did not find expected"), strings.Contains(e.Message, "end of stream"):
		return "check the indentation, the brackets and the quotes"
	case strings.Contains(e.Message, "second document"):
		return "remove the --- or make it a file of its own"
	}
	return ""
}

// joinSurrogates replaces the two escapes with which JSON writes a character outside the basic plane (an emoji) by the
// character itself, since YAML does not know them. The data must be valid JSON.
func joinSurrogates(data []byte) []byte {
	var out []byte
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			out = append(out, data[i])
			continue
		}
		high, isEscape := escaped(data[i:])
		if !isEscape || !utf16.IsSurrogate(high) {
			out = append(out, data[i], data[i+1])
			i++
			continue
		}
		i += 5
		low, _ := escaped(data[i+1:])
		joined := utf16.DecodeRune(high, low)
		if joined != utf8.RuneError {
			i += 6
		}
		out = utf8.AppendRune(out, joined)
	}
	return out
}

// escaped reads a \uXXXX at the start of data.
func escaped(data []byte) (rune, bool) {
	var r rune
	if len(data) < 6 {
		return 0, false
	}
	if _, err := fmt.Sscanf(string(data[:6]), `\u%04x`, &r); err != nil {
		return 0, false
	}
	return r, true
}
