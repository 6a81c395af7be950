package journey

import (
	"slices"
	"time"
)

// agreed says why a customer must not get messages of a class about a topic (which may be empty), "" when they may: they
// consented to the class or to the topic, or they are a customer under soft opt-in and did not object; they can do with the
// topic; and they did not ask for a pause.
func (m *Map) agreed(f Facts, class Class, topic string, at time.Time) (Reason, map[string]any) {
	if class == Transactional {
		return "", nil
	}
	about, spoken := f.Topics[topic]
	if spoken && !about.Given {
		return ReasonNoConsent, map[string]any{"class": string(class), "topic": topic, "objected": true}
	}
	said, known := f.Consents[class]
	if known && !said.Given {
		return ReasonNoConsent, map[string]any{"class": string(class), "objected": true}
	}
	if !m.valid(said) && !m.valid(about) && !m.softly(f, class, at) {
		detail := map[string]any{"class": string(class), "objected": false}
		if said.Given || about.Given {
			detail["confirmed"] = false
		}
		return ReasonNoConsent, detail
	}
	if until := f.Preferences.NotBefore; at.Before(until) {
		return ReasonNotNow, map[string]any{"until": until.Format(time.RFC3339)}
	}
	return "", nil
}

// valid tells whether a consent counts.
func (m *Map) valid(c Consent) bool { return c.Given && (c.Confirmed || !m.Policy.DoubleOptIn) }

// softly tells whether a customer who said nothing may get messages of a class, because they ordered.
func (m *Map) softly(f Facts, class Class, at time.Time) bool {
	soft := m.Policy.SoftOptIn
	return slices.Contains(soft.Classes, class) && f.Orders > 0 && at.Before(f.LastOrderAt.Add(soft.For))
}

// topicOf returns what the messages of a run are about: as the newest map says, or, when it has no such touchpoint any
// more, as the one does that the run follows.
func (m *Map) topicOf(r *Run, f *flow) string {
	if live := m.compiled.touchpoints[r.Touchpoint]; live != nil {
		return live.touchpoint.Topic
	}
	return f.touchpoint.Topic
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
