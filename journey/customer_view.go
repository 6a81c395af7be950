package journey

import "time"

// customer returns what conditions see of a customer at an instant, their persona included.
func (m *Map) customer(s *State, now time.Time, r Rhythm) *Customer {
	c := m.view(s, now, r)
	c.Persona = m.persona(c, now)
	return c
}

// view returns what conditions see of a customer at an instant, but for their persona.
func (m *Map) view(s *State, now time.Time, r Rhythm) *Customer {
	if m.compiled.expects && len(m.Replenish) > 0 {
		r.Replenish = m.replenish
	}
	c := s.customerAt(now, r)
	if i := m.phaseIndex(c.Phase); i >= 0 {
		c.Phase = m.Phases[i].ID
	}
	return c
}

// persona returns the id of the first persona that a customer is like; "" for none.
func (m *Map) persona(c *Customer, now time.Time) string {
	for i := range m.Personas {
		p := &m.Personas[i]
		if p.Match == "" {
			continue
		}
		if ok, err := m.holds(p.Match, &vars{customer: c, now: now}); err == nil && ok {
			return p.ID
		}
	}
	return ""
}

// replenish returns after how long a product is usually bought again.
func (m *Map) replenish(line Line) (time.Duration, bool) {
	for i := range m.Replenish {
		program := m.compiled.products[m.Replenish[i].Match]
		if program == nil {
			continue
		}
		value, _, err := program.Eval(map[string]any{"product": &line})
		if yes, ok := value.Value().(bool); err == nil && ok && yes {
			return m.Replenish[i].Every, true
		}
	}
	return 0, false
}

// location returns a customer's time zone: their own, that of their country, or the map's.
func (m *Map) location(f Facts) *time.Location {
	return locate(f.Timezone, f.Country, m.compiled.zone)
}
