package journey

import "fmt"

// stepID names a step of a map.
type stepID struct {
	touchpoint, step string
}

// keepPlaces notes where the steps stand, for what is found out about them later.
func (p *parser) keepPlaces(m *Map) {
	m.compiled.places = map[stepID]place{}
	for i := range m.Touchpoints {
		t := &m.Touchpoints[i]
		eachStep(t.Steps, fmt.Sprintf("touchpoints[%d].do", i), func(s *Step, path string) {
			m.compiled.places[stepID{t.ID, s.ID}] = p.find(path + "." + string(s.Kind))
		})
	}
}

// Place returns the file and line in which a step of a touchpoint stands. They are "" and 0 when there is no such step.
func (m *Map) Place(touchpoint, step string) (file string, line int) {
	at := m.compiled.places[stepID{touchpoint, step}]
	return at.file, at.line
}
