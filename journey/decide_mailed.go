package journey

import (
	"maps"
	"slices"
)

// mailed tells whether a run sent a template as often as it stands in its steps. Under one map that cannot be before the
// last of them; but a newer map may have moved a send behind where the run stands.
func (d *deciding) mailed(f *flow, r *Run, template string) bool {
	left := 0
	for _, n := range f.order {
		if n.sends() && n.step.Template == template {
			left++
		}
	}
	for _, sent := range d.state.Facts.Mailed[r.ID] {
		if sent == template {
			left--
		}
	}
	return left <= 0
}

// noteMailed remembers that a run sends a template.
func (d *deciding) noteMailed(r *Run, template string) {
	d.setMailed(r.ID, append(slices.Clone(d.state.Facts.Mailed[r.ID]), template))
}

// forgetMailed forgets the newest message of a run, which was not sent.
func (d *deciding) forgetMailed(r *Run) {
	if sent := d.state.Facts.Mailed[r.ID]; len(sent) > 0 {
		d.setMailed(r.ID, slices.Clone(sent[:len(sent)-1]))
	}
}

// setMailed replaces what a run sent; nothing takes no room.
func (d *deciding) setMailed(runID string, templates []string) {
	facts := &d.state.Facts
	if len(templates) == 0 && len(facts.Mailed[runID]) == 0 {
		return
	}
	facts.Mailed = maps.Clone(facts.Mailed)
	if facts.Mailed == nil {
		facts.Mailed = map[string][]string{}
	}
	facts.Mailed[runID] = templates
	if len(templates) == 0 {
		delete(facts.Mailed, runID)
	}
	if len(facts.Mailed) == 0 {
		facts.Mailed = nil
	}
}
