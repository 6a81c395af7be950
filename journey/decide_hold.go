package journey

import (
	"slices"
	"time"
)

// paused tells whether the touchpoint of a run, or the map, is paused. It is the newest map that says so.
func (d *deciding) paused(r *Run) bool {
	live := d.m.compiled.touchpoints[r.Touchpoint]
	return d.m.Paused || live != nil && live.touchpoint.Paused
}

// pause holds a run at its step until a newer map resumes it. That time does not count towards Policy.Held.
func (d *deciding) pause(r *Run, at time.Time) {
	if r.Held != ReasonPaused {
		d.note(r, DecidedHeld, ReasonPaused, at, nil)
	}
	r.Held, r.HeldSince, r.Due = ReasonPaused, time.Time{}, time.Time{}
}

// hold holds a message back that policy does not allow now, until it may go or has been held for too long.
func (d *deciding) hold(r *Run, n *node, v verdict, at time.Time) (string, bool, error) {
	if r.HeldSince.IsZero() {
		r.HeldSince = at
	}
	limit := r.HeldSince.Add(d.m.Policy.Held.For)
	if !at.Before(limit) {
		detail := map[string]any{"held": string(v.reason), "since": r.HeldSince.Format(time.RFC3339)}
		if d.m.Policy.Held.Exit {
			d.end(r, ReasonHeldTooLong, at, 0, detail)
			return "", true, nil
		}
		return d.noSend(r, n, ReasonHeldTooLong, at, detail)
	}
	if r.Held != v.reason {
		d.note(r, DecidedHeld, v.reason, at, v.detail)
	}
	r.Held, r.Due = v.reason, limit
	if again := d.spread(v); !again.IsZero() && again.Before(limit) {
		r.Due = again
	}
	return "", true, nil
}

// spread returns when a held message tries again: the instant at which it may go, shifted by customer, so that what many
// customers wait for does not happen to all of them at once.
func (d *deciding) spread(v verdict) time.Time {
	if v.until.IsZero() || v.reason == ReasonClassPaused {
		return v.until
	}
	shifted := v.until.Add(spreadOffset(d.state.CustomerID, d.m.Policy.Spread))
	if open, ok := d.m.open(v.class, shifted, d.location()); ok && open.Equal(shifted) {
		return shifted
	}
	return v.until
}

// reconsider lets messages that policy holds back try again, because something changed: a slot, a consent, the customer's
// zone, what a condition sees. The policy of this map counts from its publication, also for what happened before and is only
// known now.
func (d *deciding) reconsider(at time.Time) {
	at = later(at, d.in.MapSince)
	for _, r := range d.runs {
		if again := later(at, r.HeldSince); r.Status == RunActive && !r.HeldSince.IsZero() && r.Due.After(again) {
			d.change(r).Due = again
		}
	}
}

// reconsiderPaused lets messages of paused classes try again, because the condition may see something else. Others know by
// themselves when they may go, and that instant is spread.
func (d *deciding) reconsiderPaused(at time.Time) {
	for _, r := range d.runs {
		if r.Status == RunActive && r.Held == ReasonClassPaused && r.Due.After(at) {
			d.change(r).Due = later(at, r.HeldSince)
		}
	}
}

// verdict is what policy says of a message at an instant.
type verdict struct {
	class  Class
	reason Reason    // empty when it may go
	until  time.Time // when it may go by what is known now; zero when that is not known
	detail map[string]any
}

// allows says whether policy lets a message of a class go, and otherwise when.
func (d *deciding) allows(class Class, at time.Time) verdict {
	if class == Transactional {
		return verdict{}
	}
	if condition := d.m.classPaused(class, d.vars(nil, at)); condition != "" {
		return verdict{class: class, reason: ReasonClassPaused, until: at.Add(pauseLook), detail: map[string]any{"if": condition}}
	}
	v := verdict{class: class}
	for until := at; ; {
		open, ok := d.m.open(class, until, d.location())
		if !ok {
			v.until = time.Time{}
			return v.because(d.m.closedReason(at, d.location()), nil)
		}
		if open.After(until) {
			v = v.because(d.m.closedReason(until, d.location()), map[string]any{"until": open.Format(time.RFC3339)})
		}
		free, detail := d.m.Policy.free(d.state.Facts.Slots, class, open, d.in.Now)
		if free.After(open) {
			v = v.because(ReasonCapped, detail)
		}
		if at := d.state.Facts.weeklyFrom(free, d.in.Now); at.After(free) {
			free, v = at, v.because(ReasonCapped, map[string]any{"max": 1, "per": FormatDuration(week), "asked": true})
		}
		if free.Equal(until) {
			v.until = free
			return v
		}
		until = free
	}
}

// because returns the verdict with a reason, unless it has one: the first obstacle is the one to name.
func (v verdict) because(reason Reason, detail map[string]any) verdict {
	if v.reason == "" {
		v.reason, v.detail = reason, detail
	}
	return v
}

// pauseLook is how often a message that a condition holds back is looked at when nothing happens.
const pauseLook = time.Hour

// free returns the first instant from one on at which all caps leave a slot for a message of the class.
func (p *Policy) free(slots []Slot, class Class, from, now time.Time) (time.Time, map[string]any) {
	var detail map[string]any
	for again := true; again; {
		again = false
		for i := range p.Caps {
			c := &p.Caps[i]
			if !slices.Contains(c.Classes, class) {
				continue
			}
			if at := c.free(slots, from, now); at.After(from) {
				from, again = at, true
				detail = map[string]any{"max": c.Max, "per": FormatDuration(c.Per)}
			}
		}
	}
	return from, detail
}

// free returns the first instant from one on at which the cap leaves a slot, if what is pending went now.
func (c *Cap) free(slots []Slot, from, now time.Time) time.Time {
	var taken []time.Time
	for _, slot := range slots {
		counts := slot.At
		if slot.Pending {
			counts = later(counts, now)
		}
		if slices.Contains(c.Classes, slot.Class) && counts.After(from.Add(-c.Per)) {
			taken = append(taken, counts)
		}
	}
	if len(taken) < c.Max {
		return from
	}
	slices.SortFunc(taken, time.Time.Compare)
	return taken[len(taken)-c.Max].Add(c.Per)
}
