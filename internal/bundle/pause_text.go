package bundle

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

const pausedKey = "paused"

// switchText is the text of a map file with the group in which "paused" stands or is to stand.
type switchText struct {
	lines  []string
	group  *yaml.Node
	anchor string // the key behind which it is put
}

func newSwitchText(text string, group *yaml.Node, anchor string) *switchText {
	return &switchText{lines: strings.Split(text, "\n"), group: group, anchor: anchor}
}

// set writes the switch down, and answers false when it does not know how. A switch that stands there already is changed;
// what pause added is taken away by resume.
func (s *switchText) set(paused bool) (string, bool) {
	key, value := member(s.group, pausedKey)
	switch {
	case key != nil && !paused && s.remove(key, value):
	case key != nil:
		if !s.replace(value, paused) {
			return "", false
		}
	case !paused || !s.insert():
		return "", false
	}
	return strings.Join(s.lines, "\n"), true
}

// place returns the index of a node's line, and of its first byte there. The parser counts characters.
func (s *switchText) place(n *yaml.Node) (line, column int, ok bool) {
	line = n.Line - 1
	if line < 0 || line >= len(s.lines) {
		return 0, 0, false
	}
	runes := []rune(s.lines[line])
	if n.Column < 1 || n.Column-1 > len(runes) {
		return 0, 0, false
	}
	return line, len(string(runes[:n.Column-1])), true
}

// after returns the place behind a scalar that is written as it is, with or without quotes.
func (s *switchText) after(n *yaml.Node) (line, end int, ok bool) {
	line, start, ok := s.place(n)
	if !ok || n.Kind != yaml.ScalarNode {
		return 0, 0, false
	}
	written := n.Value
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.DoubleQuotedStyle:
		written = `"` + written + `"`
	case yaml.SingleQuotedStyle:
		written = "'" + written + "'"
	}
	return line, start + len(written), strings.HasPrefix(s.lines[line][start:], written)
}

func (s *switchText) flow() bool { return s.group.Style&yaml.FlowStyle != 0 }

// insert puts the switch behind the anchor: on a line of its own, or between commas.
func (s *switchText) insert() bool {
	key, value := member(s.group, s.anchor)
	if key == nil {
		return false
	}
	line, end, ok := s.after(value)
	if !ok {
		return false
	}
	if s.flow() {
		word := pausedKey
		if key.Style&yaml.DoubleQuotedStyle != 0 {
			word = `"` + word + `"`
		}
		s.lines[line] = s.lines[line][:end] + ", " + word + ": true" + s.lines[line][end:]
		return true
	}
	text := s.lines[line]
	ending := ""
	if strings.HasSuffix(text, "\r") {
		ending = "\r"
	}
	s.lines[line] = text + "\n" + strings.Repeat(" ", key.Column-1) + pausedKey + ": true" + ending
	return true
}

// replace changes the value.
func (s *switchText) replace(value *yaml.Node, paused bool) bool {
	line, end, ok := s.after(value)
	if !ok {
		return false
	}
	word := "false"
	if paused {
		word = "true"
	}
	text := s.lines[line]
	s.lines[line] = text[:end-len(value.Value)] + word + text[end:]
	return true
}

// remove takes the switch away, if it stands on a line of its own or behind a comma.
func (s *switchText) remove(key, value *yaml.Node) bool {
	line, start, ok := s.place(key)
	if !ok {
		return false
	}
	last, end, ok := s.after(value)
	if !ok || last != line {
		return false
	}
	text := s.lines[line]
	if !s.flow() {
		if strings.TrimSpace(text) != strings.TrimSpace(text[start:end]) || len(s.group.Content) == 2 {
			return false
		}
		s.lines = append(s.lines[:line], s.lines[line+1:]...)
		return true
	}
	before := strings.TrimRight(text[:start], " ")
	if !strings.HasSuffix(before, ",") {
		return false
	}
	s.lines[line] = strings.TrimSuffix(before, ",") + text[end:]
	return true
}
