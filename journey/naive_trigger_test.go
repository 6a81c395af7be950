package journey

import (
	"cmp"
	"slices"
	"time"
)

// trigger starts a run, or says that it starts none.
func (n *naive) trigger(t *Touchpoint, e Event) {
	key := ""
	if t.Key != "" {
		key = n.keyOf(n.m, t.Key, e)
	}
	if reason := n.refusal(t, key, e); reason != "" {
		n.act(n.now, "%s noStart %s", t.ID, reason)
		return
	}
	r := &naiveRun{
		touchpoint: t.ID, keyed: t.Key, m: n.m, begun: n.m, t: t, key: key, nth: 1, trigger: e, started: n.now, todo: t.Steps,
	}
	for _, other := range n.runs {
		if !n.same(other, t) {
			continue
		}
		if other.key == key || n.former(other, t, key, e) {
			r.nth = max(r.nth, other.nth+1)
		}
		if !other.ended && n.former(other, t, key, e) {
			n.end(other, ReasonRestarted)
		}
	}
	n.act(n.now, "%s start", r)
	n.runs = append(n.runs, r)
	n.proceed(r)
}

// same tells whether a run is one of the touchpoint.
func (n *naive) same(r *naiveRun, t *Touchpoint) bool {
	return first(r.touchpoint) == first(t.ID)
}

// refusal says why a trigger starts nothing.
func (n *naive) refusal(t *Touchpoint, key string, e Event) Reason {
	age := e.Age
	if e.Dormant {
		age = max(age, n.real.Sub(e.ReceivedAt))
	}
	switch {
	case e.Imported || age > cmp.Or(t.Fresh, n.m.Fresh):
		return ReasonStaleEvent
	case t.Paused || n.m.Paused:
		return ReasonPaused
	}
	if ok, err := n.m.holds(t.If, n.vars(n.m, e.Properties)); err != nil {
		return ReasonConditionErr
	} else if !ok {
		return ReasonConditionNo
	}
	switch {
	case t.Key != "" && key == "":
		return ReasonNoKey
	case t.CancelIf != "" && n.holds(n.m, t.CancelIf, e.Properties):
		return ReasonCancelIf
	}
	for _, early := range n.events {
		if early.Seq == e.Seq || !slices.Contains(t.Cancel, early.Name) {
			continue
		}
		if key != "" && n.keyOf(n.m, t.Key, early) == key || key == "" && !early.Timestamp.Before(n.now) {
			return ReasonCancelled
		}
	}
	soon := &naiveRun{touchpoint: t.ID, key: key, keyed: t.Key, begun: n.m, nth: -1}
	for _, early := range n.events {
		now := &vars{event: early.Properties, customer: n.m.customer(&n.state, early.Timestamp, Rhythm{}), now: early.Timestamp}
		if early.Seq == e.Seq || early.Timestamp.Before(n.now) || !slices.Contains(t.Goal.On, early.Name) || !n.about(soon, n.m, t.Goal.By, early, now) {
			continue
		}
		if ok, err := n.m.holds(t.Goal.If, now); err == nil && ok {
			return ReasonGoalReached
		}
	}
	return n.exists(t, key, e)
}

// former tells whether a run of a touchpoint is about the same as an event: by its own key, when the touchpoint had another
// then.
func (n *naive) former(r *naiveRun, t *Touchpoint, key string, e Event) bool {
	if r.keyed == t.Key {
		return r.key == key
	}
	if r.keyed == "" { // what its trigger was about, as long as it is known
		return !r.ended && key != "" && n.keyOf(n.m, t.Key, r.trigger) == key
	}
	return n.keyOf(r.begun, r.keyed, e) == r.key
}

// exists says why a trigger starts nothing beside the runs that there are and were.
func (n *naive) exists(t *Touchpoint, key string, e Event) Reason {
	newest := time.Time{}
	for _, r := range n.runs {
		if !n.same(r, t) {
			continue
		}
		newest = later(newest, r.started)
		restarts := t.Again == AgainRestart && !n.now.Before(r.started)
		if n.former(r, t, key, e) && (t.Again == AgainNever || !r.ended && !restarts) {
			return ReasonRunExists
		}
	}
	if t.Cooldown > 0 && !newest.IsZero() && n.now.Before(newest.Add(t.Cooldown)) {
		return ReasonCooldown
	}
	return ""
}
