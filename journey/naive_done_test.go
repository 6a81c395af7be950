package journey

// naiveDeed is something that a run did and must not do again.
type naiveDeed struct {
	step *Step
	mail *naiveMail // nil for a task or a webhook
}

// does says what a step does, so that another can do the same: which mail, which task, which call.
func does(s *Step) string {
	switch s.Kind {
	case StepSend, StepAsk:
		return "mail " + s.Template
	case StepTask:
		return "task " + s.Task.Title
	case StepWebhook:
		return "webhook " + s.Webhook.URL
	default:
		return ""
	}
}

// did tells whether a run did already what a step does: because the step itself did it, perhaps under a former id, or because
// the run did the same as often as it stands on one way through the steps that leads past this one.
func (n *naive) did(r *naiveRun, s *Step) bool {
	kind := func(s *Step) StepKind {
		if s.Kind == StepAsk {
			return StepSend
		}
		return s.Kind
	}
	same := 0
	for _, deed := range r.deeds {
		if deed.mail != nil && deed.mail.gone {
			continue
		}
		if s.Named && kind(deed.step) == kind(s) && first(deed.step.ID) == first(s.ID) {
			return true
		}
		if does(deed.step) == does(s) {
			same++
		}
	}
	most, _ := onAWay(r.t.Steps, s)
	return same > 0 && same >= most
}

// onAWay counts how often something can be done on a way through the steps; passes tells whether one leads past the step
// that does it, and then it is that one that counts.
func onAWay(steps []Step, past *Step) (most int, passes bool) {
	for i := range steps {
		s := &steps[i]
		if does(s) == does(past) {
			most++
		}
		best, passed := 0, false
		inner := [][]Step{s.Do, s.Else}
		for j := range s.Arms {
			inner = append(inner, s.Arms[j].Do)
		}
		for _, arm := range inner {
			count, past := onAWay(arm, past)
			if past || !passed && count > best {
				best, passed = count, past
			}
		}
		most, passes = most+best, passes || passed || s.ID == past.ID
	}
	return most, passes
}
