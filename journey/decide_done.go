package journey

import (
	"maps"
	"slices"
)

// did tells whether a run did already what a step does. Under one map that cannot be; but a newer map may have moved a step
// behind where the run stands. A step that its author named did it when it acted under that name, or a former one, whatever
// it does now. Any other did it when the run acted so as often as it can on a way through the steps that leads past this one.
func (d *deciding) did(f *flow, r *Run, n *node) bool {
	deeds := d.state.Facts.Done[r.ID]
	if len(deeds) == 0 {
		return false
	}
	what, times := n.step.does(), 0
	for _, deed := range deeds {
		if deed.Step != "" && n.step.Named && deed.alike(what) && f.stepNamed(n.step, deed.Step) {
			return true
		}
		if deed.What == what.What {
			times++
		}
	}
	if times == 0 {
		return false
	}
	most, _ := onOneWay(f.touchpoint.Steps, n.step, what.What)
	return times >= most
}

// onOneWay returns how often something can be done on one way through the steps: of arms only one is taken. When a certain
// step is among them, the way leads past it, and passes is true.
func onOneWay(steps []Step, past *Step, what string) (times int, passes bool) {
	for i := range steps {
		s := &steps[i]
		if s.does().What == what {
			times++
		}
		arms := [][]Step{s.Do, s.Else}
		for j := range s.Arms {
			arms = append(arms, s.Arms[j].Do)
		}
		most, within := 0, false
		for _, arm := range arms {
			n, has := onOneWay(arm, past, what)
			switch {
			case has:
				most, within = n, true
			case !within:
				most = max(most, n)
			}
		}
		times += most
		passes = passes || within || s == past
	}
	return times, passes
}

// noteDone remembers that a run did what a step does.
func (d *deciding) noteDone(r *Run, s *Step) {
	d.setDone(r.ID, append(slices.Clone(d.state.Facts.Done[r.ID]), s.does()))
}

// forgetDone forgets the newest message of a run, which was not sent.
func (d *deciding) forgetDone(r *Run) {
	if done := d.state.Facts.Done[r.ID]; len(done) > 0 {
		d.setDone(r.ID, slices.Clone(done[:len(done)-1]))
	}
}

// setDone replaces what a run did; nothing takes no room.
func (d *deciding) setDone(runID string, deeds []Deed) {
	facts := &d.state.Facts
	if len(deeds) == 0 && len(facts.Done[runID]) == 0 {
		return
	}
	facts.Done = maps.Clone(facts.Done)
	if facts.Done == nil {
		facts.Done = map[string][]Deed{}
	}
	facts.Done[runID] = deeds
	if len(deeds) == 0 {
		delete(facts.Done, runID)
	}
	if len(facts.Done) == 0 {
		facts.Done = nil
	}
}
