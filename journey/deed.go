package journey

import (
	"slices"
	"strings"
)

// Deed is something that a run did and must not do again: a message, a task, a call. In JSON it is a text, of a message from
// a step without a name its template.
type Deed struct {
	// What is the template of a message, with the survey of an ask; or "task" and the title; or "webhook", address and type.
	What string
	// Step is the id of the step, when its author named it. Otherwise empty: such ids belong to places, not to steps.
	Step string
}

const (
	taskDeed    = "task "
	webhookDeed = "webhook "
	deedStep    = " @"
)

// does returns what a step does that must not be repeated. What is empty when it may.
func (s *Step) does() Deed {
	var d Deed
	switch s.Kind {
	case StepSend, StepAsk:
		if d.What = s.Template; s.Ask.Survey != "" {
			d.What += " " + s.Ask.Survey
		}
	case StepTask:
		d.What = taskDeed + s.Task.Title
	case StepWebhook:
		d.What = webhookDeed + s.Webhook.URL + " " + s.Webhook.Type
	default:
		return d
	}
	if s.Named {
		d.Step = s.ID
	}
	return d
}

// alike tells whether two deeds are both messages, both tasks or both calls.
func (d Deed) alike(other Deed) bool {
	for _, kind := range []string{taskDeed, webhookDeed} {
		if strings.HasPrefix(d.What, kind) != strings.HasPrefix(other.What, kind) {
			return false
		}
	}
	return true
}

// stepNamed tells whether a step has or had an id.
func (f *flow) stepNamed(s *Step, id string) bool {
	return s.ID == id || slices.Contains(s.Was, id) || slices.Contains(f.descent.Steps[s.ID].Was, id)
}

// MarshalText implements encoding.TextMarshaler.
func (d Deed) MarshalText() ([]byte, error) {
	if d.Step == "" && !strings.Contains(d.What, deedStep) {
		return []byte(d.What), nil
	}
	return []byte(d.What + deedStep + d.Step), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Deed) UnmarshalText(text []byte) error {
	*d = Deed{What: string(text)}
	if i := strings.LastIndex(d.What, deedStep); i >= 0 {
		d.What, d.Step = d.What[:i], d.What[i+len(deedStep):]
	}
	return nil
}
