package bundle

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v4"

	"klantreis/journey"
)

// Switch returns the bundle with a touchpoint paused or resumed, or the whole map when the touchpoint is "", and false when
// nothing had to be changed. It answers *NoTouchpointError when there is no such touchpoint. Only the word itself is changed in the text, so that comments and layout stay as they are.
func (b Bundle) Switch(touchpoint string, paused bool) (Bundle, bool, error) {
	m, err := b.parse()
	if err != nil {
		return b, false, err
	}
	is, known := pausedNow(m, touchpoint)
	switch {
	case !known:
		return b, false, &NoTouchpointError{Touchpoint: touchpoint, There: ids(m)}
	case is == paused:
		return b, false, nil
	}
	changed, err := b.edit(touchpoint, paused)
	if err != nil {
		return b, false, err
	}
	// The text may be written in a way that was not foreseen. The parser has the last word.
	if m, err = changed.parse(); err != nil {
		return b, false, errByHand
	}
	if is, known = pausedNow(m, touchpoint); !known || is != paused {
		return b, false, errByHand
	}
	return changed, true, nil
}

// NoTouchpointError says that the map has no such touchpoint.
type NoTouchpointError struct {
	// Touchpoint is the id that was asked for, and There are those that the map has.
	Touchpoint string
	There      []string
}

// Error implements error.
func (e *NoTouchpointError) Error() string {
	return fmt.Sprintf("the map has no touchpoint %q (there are: %s)", e.Touchpoint, strings.Join(e.There, ", "))
}

var errByHand = errors.New("the place in the map where this stands was not found; edit the map by hand and publish it")

func (b Bundle) parse() (*journey.Map, error) {
	m, problems := journey.Parse(b.sources())
	if errs := problems.Errors(); len(errs) > 0 || m == nil {
		return nil, fmt.Errorf("the map has errors: %w", errs)
	}
	return m, nil
}

func (b Bundle) sources() []journey.Source {
	var sources []journey.Source
	for _, name := range b.names() {
		if !strings.HasPrefix(name, templatesDir+"/") {
			sources = append(sources, journey.Source{Name: name, Data: []byte(b.Files[name])})
		}
	}
	return sources
}

func pausedNow(m *journey.Map, touchpoint string) (paused, known bool) {
	if touchpoint == "" {
		return m.Paused, true
	}
	for i := range m.Touchpoints {
		if m.Touchpoints[i].ID == touchpoint {
			return m.Touchpoints[i].Paused, true
		}
	}
	return false, false
}

func ids(m *journey.Map) []string {
	list := make([]string, len(m.Touchpoints))
	for i := range m.Touchpoints {
		list[i] = m.Touchpoints[i].ID
	}
	return list
}

// edit turns the switch in the file where it stands.
func (b Bundle) edit(touchpoint string, paused bool) (Bundle, error) {
	for _, source := range b.sources() {
		var document yaml.Node
		if err := yaml.Unmarshal(source.Data, &document); err != nil || len(document.Content) == 0 {
			continue
		}
		group, anchor := document.Content[0], "journey"
		if touchpoint != "" {
			group, anchor = touchpointNode(group, touchpoint), "id"
		}
		if group == nil || group.Kind != yaml.MappingNode {
			continue
		}
		text, ok := newSwitchText(string(source.Data), group, anchor).set(paused)
		if !ok {
			continue
		}
		changed := Bundle{Files: maps.Clone(b.Files)}
		changed.Files[source.Name] = text
		return changed, nil
	}
	return b, errByHand
}

// touchpointNode finds a touchpoint in a document; nil when it is not there.
func touchpointNode(top *yaml.Node, id string) *yaml.Node {
	_, list := member(top, "touchpoints")
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	for _, n := range list.Content {
		if _, value := member(n, "id"); value != nil && value.Value == id {
			return n
		}
	}
	return nil
}

// member returns a key of a group and its value; nil when there is none.
func member(group *yaml.Node, name string) (key, value *yaml.Node) {
	if group.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(group.Content); i += 2 {
		if group.Content[i].Value == name {
			return group.Content[i], group.Content[i+1]
		}
	}
	return nil, nil
}
