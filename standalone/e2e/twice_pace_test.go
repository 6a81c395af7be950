package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

// longest is how long a story may take in real time.
const longest = time.Minute

// speeds are those that are tried, fastest first. None is above a day a second.
var speeds = []float64{86400, 43200, 21600, 14400, 7200, 3600, 1800}

// pace returns the highest speed at which it does not matter that a real engine is a little late. When there is none it says
// why.
func (s *story) pace() (speed float64, obstacle string) {
	for _, speed := range speeds {
		took := time.Duration(float64(s.end()) / speed)
		if took > longest {
			if obstacle == "" {
				obstacle = "nothing"
			}
			return 0, fmt.Sprintf("would take %s at a speed of %g, and may not be faster because of: %s", took.Round(time.Second), speed, obstacle)
		}
		if obstacle = s.obstacle(speed); obstacle == "" {
			return speed, ""
		}
	}
	return 0, obstacle
}

// end is the last instant at which anything happens.
func (s *story) end() time.Duration {
	end := s.Script[len(s.Script)-1].at
	for _, l := range s.golden {
		if !l.isStanding() && !l.isExposure() {
			end = max(end, l.at)
		}
	}
	return end
}

// obstacle says why a real engine may tell the story otherwise at a speed; "" when it may not.
func (s *story) obstacle(speed float64) string {
	late := journeyTime(latest, speed)
	after, err := span(s.Handover.After)
	if err != nil {
		return err.Error()
	}
	if after >= time.Minute && s.takesBack() && journeyTime(time.Second, speed) > after {
		return fmt.Sprintf("a provider can only ask for whole seconds, and a second is longer than %s", after)
	}
	if why := cmp.Or(s.overtaken(late), s.slotTooNear(late)); why != "" {
		return why
	}
	if !s.simulates() {
		return s.timerTooNear(late)
	}
	return s.changesWhenLate(late)
}

// overtaken finds an event that comes while the engine may still be at what fell due before it.
func (s *story) overtaken(late time.Duration) string {
	for _, act := range s.Script {
		for _, l := range s.golden {
			gap := act.at - l.at
			need := late * time.Duration(1+handovers(s.golden, l.at)+s.publications(l.at))
			if !l.isStanding() && !l.isExposure() && gap > 0 && gap < need && s.timed(l) {
				return fmt.Sprintf("%s comes %s after %q", act.what(), gap, l)
			}
		}
	}
	return ""
}

// publications counts the newer maps that are published by an instant. Each may take as long to reach a customer as two
// hand-overs: a worker has to notice it.
func (s *story) publications(by time.Duration) int {
	n := 0
	for _, act := range s.Script {
		if !act.Publish.IsZero() && act.at <= by {
			n += 2
		}
	}
	return n
}

// timed tells whether a line is about something that takes the engine a while: a hand-over, or a timer.
func (s *story) timed(l line) bool {
	stamped := slices.ContainsFunc(s.Script, func(a scripted) bool { return a.at-a.late == l.at || a.at == l.at })
	return l.isHandover() || !stamped
}

// timerTooNear finds something that falls due while an event from just before it may not have arrived.
func (s *story) timerTooNear(late time.Duration) string {
	for _, act := range s.Script {
		for _, l := range s.golden {
			gap := l.at - act.at
			if !l.isStanding() && !l.isExposure() && !l.isNews() && gap >= 0 && gap < late && s.began(l.who) < act.at && (gap > 0 || l.isHandover()) {
				return fmt.Sprintf("%s comes %s before %q", act.what(), gap, l)
			}
		}
	}
	return ""
}

// began is when the run of that name began.
func (s *story) began(who string) time.Duration {
	i := slices.IndexFunc(s.golden, func(l line) bool { return l.who == who })
	return s.golden[i].at
}

// slotTooNear finds an event that comes while a slot of a cap may not be free yet, because the mail in it was handed over late.
func (s *story) slotTooNear(late time.Duration) string {
	for _, per := range s.spans("per") {
		for _, l := range s.golden {
			for _, act := range s.Script {
				gap := act.at - l.at - per
				if l.isHandover() && gap >= 0 && gap < late*time.Duration(1+handovers(s.golden, l.at)) {
					return fmt.Sprintf("%s comes %s after the slot of %q is free", act.what(), gap, l)
				}
			}
		}
	}
	return ""
}

func onTime(int) time.Duration { return 0 }

// changesWhenLate plays the story in virtual time, with its events coming late too, and says what becomes different.
func (s *story) changesWhenLate(late time.Duration) string {
	n, closed := time.Duration(0), ""
	got, err := s.simulate(s.Customer, onTime, func(m *journey.Map, d simulate.Delivery) {
		n++
		look := journey.LastLook{State: d.State, Run: d.Run, Class: d.Message.Class, Now: d.At.Add(n * late)}
		if reason, err := m.Unwanted(look); err != nil || reason != "" {
			closed = fmt.Sprintf("%s later the mail of %s is unwanted: %s", n*late, d.At.Format(time.RFC3339), reason)
		}
	})
	if err != nil || closed != "" {
		return cmp.Or(closed, fmt.Sprint(err))
	}
	exact := &allowance{late: 10 * time.Second, early: 10 * time.Second, publications: s.publications}
	if c := compare(unexposed(s.golden), got, exact); len(c.found) > 0 {
		return "a simulation, for which events without consequence wait for the next decision, says: " + c.found[0]
	}
	for how, by := range map[string]func(int) time.Duration{
		"with every event late":  func(int) time.Duration { return late },
		"with every second late": func(i int) time.Duration { return late * time.Duration(i%2) },
		"with the others late":   func(i int) time.Duration { return late * time.Duration((i+1)%2) },
	} {
		got, err := s.simulate(s.Customer, by, nil)
		if err != nil {
			return err.Error()
		}
		if c := compare(unexposed(s.golden), got, nil); len(c.found) > 0 {
			return fmt.Sprintf("%s (%s): %s", how, late, c.found[0])
		}
	}
	return ""
}

// takesBack tells whether a message is planned that is never handed over, although the provider would take it.
func (s *story) takesBack() bool {
	planned := 0
	for _, l := range s.golden {
		if l.isHandover() {
			planned--
		} else if l.isSend() {
			planned++
		}
	}
	return planned > 0 && s.Handover.Refuse == ""
}

func journeyTime(real time.Duration, speed float64) time.Duration {
	return time.Duration(float64(real) * speed)
}

// what names the act for people.
func (a scripted) what() string {
	if a.Name == "" {
		return "a publication"
	}
	return a.Name
}

// unexposed leaves out the exposures, of which a simulation does not tell.
func unexposed(lines []line) []line {
	return slices.DeleteFunc(slices.Clone(lines), line.isExposure)
}
