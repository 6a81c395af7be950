package journey

import (
	"fmt"
	"slices"
	"time"
)

// reviewTouchpoint reports a touchpoint that nobody goes through, and steps that nobody comes to.
func (p *parser) reviewTouchpoint(m *Map, i int, reached map[string]bool) {
	t, path := &m.Touchpoints[i], fmt.Sprintf("touchpoints[%d]", i)
	if m.never(t.If) {
		p.warnAt(path+".if", "never holds, so nothing ever comes of it", "")
	}
	if t.CancelIf != "" && m.always(t.CancelIf) {
		p.warnAt(path+".cancelIf", "always holds, so the touchpoint never starts", "")
	}
	if t.Holdout == 1 {
		p.warnAt(path+".holdout", "keeps everybody from getting a mail", "")
	}
	p.reviewMoves(m, t, path, reached)
	p.reviewEnds(t.Steps, path+".do")
	eachStep(t.Steps, path+".do", func(s *Step, at string) { p.reviewStep(m, t, s, at) })
	p.reviewTimes(m, t, path)
}

// reviewStep reports what a step says in vain.
func (p *parser) reviewStep(m *Map, t *Touchpoint, s *Step, path string) {
	switch s.Kind {
	case StepWaitFor:
		cancelled := !slices.ContainsFunc(s.For.On, func(name string) bool { return !slices.Contains(t.Cancel, name) })
		switch {
		case m.never(s.For.If):
			p.warnAt(path+".waitFor.if", "never holds, so the time always runs out", "")
		case cancelled && len(s.Do) > 0 && (s.For.By == "" || s.For.By == t.Key):
			p.warnAt(path+".do", "is never reached, because the event cancels the run", "take it out of cancel")
		}
	case StepBranch:
		p.reviewArms(m, s, path)
	case StepAsk:
		p.reviewQuestion(m, s.Ask, path)
		if t.Class == Transactional {
			p.warnAt(path+".ask", "asks for an opinion, which is advertising in law", "a transactional touchpoint must not advertise; make it service")
		}
	default:
	}
}

func (p *parser) reviewArms(m *Map, s *Step, path string) {
	for i := range s.Arms {
		at := fmt.Sprintf("%s.branch[%d].if", path, i)
		if m.never(s.Arms[i].If) {
			p.warnAt(at, "never holds, so nobody takes this arm", "")
		}
		if m.always(s.Arms[i].If) && (i+1 < len(s.Arms) || len(s.Else) > 0) {
			p.warnAt(at, "always holds, so nobody takes what comes after this arm", "")
			return
		}
	}
}

// reviewEnds reports steps after one at which every run ends, and tells whether the list is such itself.
func (p *parser) reviewEnds(steps []Step, path string) bool {
	for i := range steps {
		s, at := &steps[i], fmt.Sprintf("%s[%d]", path, i)
		if !p.reviewEnd(s, at) {
			continue
		}
		if i+1 < len(steps) {
			p.warnAt(fmt.Sprintf("%s[%d]", path, i+1), "is never reached, because every run ends before it", "")
		}
		return true
	}
	return false
}

// reviewEnd tells whether every run ends at a step. It looks at all lists of steps in it, to report what is wrong there.
func (p *parser) reviewEnd(s *Step, path string) bool {
	switch s.Kind {
	case StepExit:
		return true
	case StepBranch, StepSplit:
		all := s.Kind == StepSplit || p.reviewEnds(s.Else, path+".else")
		for i := range s.Arms {
			ends := p.reviewEnds(s.Arms[i].Do, fmt.Sprintf("%s.%s[%d].do", path, s.Kind, i))
			all = all && ends
		}
		return all
	case StepWaitFor:
		came := p.reviewEnds(s.Do, path+".do")
		late := p.reviewEnds(s.Else, path+".else")
		return came && late
	default:
		return false
	}
}

// reviewTimes reports messages that the clock always holds back: those that follow a wait to a time of day, or a date, at
// which policy never lets their class go.
func (p *parser) reviewTimes(m *Map, t *Touchpoint, path string) {
	if t.Class == Transactional || !everAllowed(m.compiled.closed, m.compiled.open[t.Class]) {
		return // the latter is reported once, for the policy
	}
	if t.Date.Trait != "" && len(t.Steps) > 0 && t.Steps[0].mails() {
		p.reviewTime(m, t.Class, t.Date.At, 0, path+".date")
	}
	p.reviewWaits(m, t.Class, t.Steps, path+".do")
}

func (p *parser) reviewWaits(m *Map, class Class, steps []Step, path string) {
	for i := range steps {
		s, at := &steps[i], fmt.Sprintf("%s[%d]", path, i)
		if s.Kind == StepWait && s.Wait.timed && i+1 < len(steps) && steps[i+1].mails() {
			p.reviewTime(m, class, s.Wait.at, s.Wait.endsOn(), at+".wait")
		}
		for j := range s.Arms {
			p.reviewWaits(m, class, s.Arms[j].Do, fmt.Sprintf("%s.%s[%d].do", at, s.Kind, j))
		}
		p.reviewWaits(m, class, s.Do, at+".do")
		p.reviewWaits(m, class, s.Else, at+".else")
	}
}

// reviewTime reports a time of day at which no message of a class may go on any of the days.
func (p *parser) reviewTime(m *Map, class Class, at TimeOfDay, days Weekdays, path string) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if days.Has(day) && hoursAllow(hand{day, 60 * int64(at)}, m.compiled.closed, m.compiled.open[class]) {
			return
		}
	}
	p.warnAt(path, fmt.Sprintf("the message after it is always held back, because %s may not be sent then", class), "see policy")
}

// endsOn are the days of the week on which the delay may end.
func (d Delay) endsOn() Weekdays {
	var days Weekdays
	switch d.form {
	case onWeekday:
		return days.With(d.weekday)
	case inWorkingDays:
		for day := time.Monday; day <= time.Friday; day++ {
			days = days.With(day)
		}
	default:
	}
	return days
}

// mails tells whether a step sends a message.
func (s *Step) mails() bool { return s.Kind == StepSend || s.Kind == StepAsk }
