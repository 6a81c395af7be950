package journey

import (
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"
)

// value is a value of a document, with its path in the map.
type value struct {
	node *yaml.Node
	file string
	path string
	more []value // the same list in further files
}

func (v value) at(path string, n *yaml.Node) value {
	return value{node: n, file: v.file, path: path}
}

// fields are the values of a group of keys. Reading an absent one gives the zero value.
type fields struct {
	parser *parser
	at     value
	byKey  map[string]value
	broken bool // it was no group of keys, so nothing can be said of what is missing
}

// object reads a group of keys of which only the known ones are allowed.
func (p *parser) object(v value, known []string) fields {
	p.places[v.path] = place{v.file, v.node.Line}
	f := fields{parser: p, at: v, byKey: map[string]value{}}
	if v.node.Kind != yaml.MappingNode {
		p.fail(v, "must be a group of keys, but is "+kindOf(v.node), writtenOut(v))
		f.broken = true
		return f
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, content := v.node.Content[i], v.node.Content[i+1]
		field := v.at(join(v.path, key.Value), content)
		atKey := v.at(field.path, key)
		line, twice := seen[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			p.fail(v.at(v.path, key), "has a key that is "+kindOf(key), "a key is a single word")
		case twice:
			p.fail(atKey, fmt.Sprintf("is given twice, first in line %d", line), "")
		case key.Value == "<<":
			p.fail(atKey, "merging with << is not supported", "write the keys out")
		case !slices.Contains(known, key.Value):
			p.fail(atKey, "unknown key", unknownKeyHint(key.Value, known))
		default:
			f.byKey[key.Value] = field
			p.places[field.path] = place{v.file, key.Line}
		}
		if key.Kind == yaml.ScalarNode && !twice {
			seen[key.Value] = key.Line
		}
	}
	return f
}

func unknownKeyHint(key string, known []string) string {
	if hint := suggest(key, known); hint != "" {
		return hint
	}
	return "known here: " + oneOf(known)
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// join makes the path of a key.
func join(path, key string) string {
	if !plainKey.MatchString(key) {
		return fmt.Sprintf("%s[%q]", path, shorten(key))
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// require reports the keys that are missing.
func (f fields) require(keys ...string) {
	for _, key := range keys {
		if _, ok := f.byKey[key]; !ok && !f.broken {
			f.parser.fail(f.at.at(join(f.at.path, key), f.at.node), "is required", "")
		}
	}
}

// has tells whether a key is given.
func (f fields) has(key string) bool {
	_, ok := f.byKey[key]
	return ok
}

// list returns the items of a list, which may be spread over several files.
func (f fields) list(key string, most int) []value {
	v, ok := f.byKey[key]
	if !ok {
		return nil
	}
	return f.parser.items(v, most)
}

// items returns the values of a list that must not be empty.
func (p *parser) items(v value, most int) []value {
	var items []value
	for _, part := range append([]value{v}, v.more...) {
		if part.node.Kind != yaml.SequenceNode {
			p.fail(part, "must be a list, but is "+kindOf(part.node), writtenOut(part))
			continue
		}
		if len(part.node.Content) == 0 {
			p.fail(part, "is an empty list", "")
		}
		for _, n := range part.node.Content {
			items = append(items, part.at(fmt.Sprintf("%s[%d]", v.path, len(items)), n))
		}
	}
	if len(items) > most {
		p.fail(v, fmt.Sprintf("has %d items, at most %d are allowed", len(items), most), "")
		return nil
	}
	for _, item := range items {
		p.places[item.path] = place{item.file, item.node.Line}
	}
	return items
}

// kindOf names what a value is, for messages.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	case "!!str":
		return "text"
	}
	return "tagged " + shorten(n.Tag)
}
