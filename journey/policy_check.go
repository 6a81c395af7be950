package journey

import (
	"slices"
	"time"
)

// agreed says why a customer must not get messages of a class, "" when they may: they consented, or they are a customer
// under soft opt-in and did not object.
func (m *Map) agreed(f Facts, class Class, at time.Time) (Reason, map[string]any) {
	if class == Transactional {
		return "", nil
	}
	given, known := f.Consent(class)
	if given {
		return "", nil
	}
	if known {
		return ReasonNoConsent, map[string]any{"class": string(class), "objected": true}
	}
	soft := m.Policy.SoftOptIn
	if slices.Contains(soft.Classes, class) && f.Orders > 0 && at.Before(f.LastOrderAt.Add(soft.For)) {
		return "", nil
	}
	return ReasonNoConsent, map[string]any{"class": string(class), "objected": false}
}

// classPaused returns the condition of a pause that holds messages of the class; "" when none does.
func (m *Map) classPaused(class Class, v *vars) string {
	for i := range m.Policy.Pauses {
		p := &m.Policy.Pauses[i]
		if !slices.Contains(p.Classes, class) {
			continue
		}
		if ok, err := m.holds(p.If, v); err == nil && ok {
			return p.If
		}
	}
	return ""
}

// open returns the first instant from one on that lies outside quiet hours and, when there are windows for the class, in
// one of them; false when there is none.
func (m *Map) open(class Class, at time.Time, in *time.Location) (time.Time, bool) {
	if class == Transactional {
		return at, true
	}
	closed, open := m.compiled.closed, m.compiled.open[class]
	if len(closed) == 0 && len(open) == 0 {
		return at, true
	}
	return earliestAllowed(at, in, closed, open)
}

// closedReason says why an instant is not allowed by the clock.
func (m *Map) closedReason(at time.Time, in *time.Location) Reason {
	for _, hours := range m.compiled.closed {
		if hours.Contains(at, in) {
			return ReasonQuietHours
		}
	}
	return ReasonWindow
}

// compilePolicy gathers the hours by class.
func (m *Map) compilePolicy() {
	c := &m.compiled
	c.open = map[Class][]Hours{}
	c.hours = m.Policy.QuietHours != nil || len(m.Policy.Windows) > 0
	if quiet := m.Policy.QuietHours; quiet != nil {
		c.closed = []Hours{*quiet}
	}
	for _, window := range m.Policy.Windows {
		for _, class := range window.Classes {
			c.open[class] = append(c.open[class], window.Hours)
		}
	}
}
