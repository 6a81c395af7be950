package journey

import "slices"

// mostStood is how many places a run remembers where it stood under older versions.
const mostStood = 20

// way is how a run comes from the flow that it followed to another one.
type way struct {
	from  *flow // nil when it is not known any more
	stood []Place
	find  func(step string) (id string, same bool)
}

// wayTo looks for the way of a run to a flow, in this order: where the steps are those of a version under which the run stood
// since it entered its step, it stands there again. When it returns to an older version, the way is the one by which others come
// from there. Otherwise the steps are matched, also by way of the versions between, which the run did not follow.
func (d *deciding) wayTo(r *Run, f *flow) (way, error) {
	back := f.m != d.m
	from, to := r.MapVersion, d.in.MapVersion
	if back {
		from, to = r.BegunVersion, r.MapVersion
	}
	olds, err := flowsSince(d.in.Versions, from, to, r.Touchpoint)
	if err != nil {
		return way{}, err
	}
	w := way{stood: r.Stood, find: func(step string) (string, bool) { return f.find(olds, step) }}
	if len(olds) == 0 {
		return w, nil
	}
	w.from = olds[0]
	if back {
		if w.from, err = flowAt(d.in.Versions, r.MapVersion, r.Touchpoint); err != nil || w.from == nil {
			return w, err
		}
		w.find = func(step string) (string, bool) { return w.from.findBack(olds, step) }
	}
	if w.from.alike(f) {
		if w.from.nodes[r.Step] != nil {
			w.find = func(step string) (string, bool) { return step, true }
		}
		return w, nil
	}
	stood, err := d.stoodAt(r, f)
	if stood != "" {
		w.find = func(string) (string, bool) { return stood, true }
	}
	if now := (Place{r.MapVersion, r.Step}); !slices.Contains(r.Stood, now) {
		w.stood = append(slices.Clone(r.Stood[max(0, len(r.Stood)-mostStood+1):]), now)
	}
	return w, err
}

// stoodAt returns the step of a flow at which the run stood under a version with the same steps. Empty when there is none.
func (d *deciding) stoodAt(r *Run, f *flow) (string, error) {
	for _, at := range slices.Backward(r.Stood) {
		g, err := flowAt(d.in.Versions, at.MapVersion, r.Touchpoint)
		if err != nil {
			return "", err
		}
		if g != nil && g.nodes[at.Step] != nil && g.alike(f) {
			return at.Step, nil
		}
	}
	return "", nil
}

// alike tells whether two flows have the same steps with the same ids.
func (f *flow) alike(other *flow) bool {
	return f == other || slices.EqualFunc(f.order, other.order, func(a, b *node) bool {
		return a.step.ID == b.step.ID && a.step.Named == b.step.Named
	}) && sameSteps(f.touchpoint.Steps, other.touchpoint.Steps)
}
