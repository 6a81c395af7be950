package journey

import (
	"cmp"
	"slices"
	"time"
)

// unwanted says why the customer does not want a message of a class now.
func (n *naive) unwanted(class Class) Reason {
	switch _, notBefore := n.preferences(); {
	case class == Transactional:
		return ""
	case !n.agreed(class):
		return ReasonNoConsent
	case n.now.Before(notBefore):
		return ReasonNotNow
	}
	return ""
}

// preferences are whether the customer wants one mail a week, and from when on any: what they said last; of two statements of one
// instant the one that allows less.
func (n *naive) preferences() (weekly bool, notBefore time.Time) {
	var weeklyAt, notBeforeAt time.Time
	for _, e := range n.events {
		if e.Name != PreferencesChanged {
			continue
		}
		if says := e.Properties["frequency"]; says != nil && (e.Timestamp.After(weeklyAt) || e.Timestamp.Equal(weeklyAt) && says == "weekly") {
			weekly, weeklyAt = says == "weekly", e.Timestamp
		}
		if text, says := e.Properties["not_before"].(string); says {
			until, _ := time.Parse(time.RFC3339, text)
			if e.Timestamp.After(notBeforeAt) || e.Timestamp.Equal(notBeforeAt) && until.After(notBefore) {
				notBefore, notBeforeAt = until, e.Timestamp
			}
		}
	}
	return weekly, notBefore
}

// agreed tells whether the customer may be sent messages of a class: what they said last counts; of two statements of one
// instant the objection does.
func (n *naive) agreed(class Class) bool {
	given, said := n.start.Consents[class].Given, n.start.Consents[class].At
	say := func(yes bool, at time.Time) {
		switch {
		case at.After(said):
			given, said = yes, at
		case at.Equal(said):
			given = given && yes
		}
	}
	traits := map[string]any{}
	for _, e := range n.events {
		if about := e.Properties["class"]; about == nil || about == "all" || about == string(class) {
			switch e.Name {
			case ConsentGiven:
				say(true, e.Timestamp)
			case ConsentWithdrawn:
				say(false, e.Timestamp)
			}
		}
		name := string(class) + "_consent"
		if yes, ok := e.Traits[name].(bool); ok && (!yes || traits[name] != true) {
			say(yes, e.Timestamp)
		}
		traits = merge(traits, e.Traits)
	}
	return given || said.IsZero() && n.bought(class)
}

// bought tells whether an order that stands lets the customer be mailed who said nothing.
func (n *naive) bought(class Class) bool {
	soft := n.m.Policy.SoftOptIn
	for _, o := range n.state.Facts.RecentOrders {
		stands := o.Status != statusRefunded && o.Status != statusCancelled
		if stands && slices.Contains(soft.Classes, class) && n.now.Before(o.At.Add(soft.For)) {
			return true
		}
	}
	return false
}

// forbids says why policy lets no message of a class go now.
func (n *naive) forbids(class Class) Reason {
	if class == Transactional {
		return ""
	}
	for _, pause := range n.m.Policy.Pauses {
		if slices.Contains(pause.Classes, class) && n.holds(n.m, pause.If, nil) {
			return ReasonClassPaused
		}
	}
	if why := n.hoursForbid(class, n.now); why != "" {
		return why
	}
	for _, c := range n.m.Policy.Caps {
		if slices.Contains(c.Classes, class) && n.used(c) >= c.Max {
			return ReasonCapped
		}
	}
	if weekly, _ := n.preferences(); weekly && slices.ContainsFunc(n.mails, n.ofThisWeek) {
		return ReasonCapped
	}
	return ""
}

// ofThisWeek tells whether a mail is one of those of which some customers want one a week, and went out within the last, or
// is on its way.
func (n *naive) ofThisWeek(mail *naiveMail) bool {
	return !mail.gone && mail.class != Transactional && (mail.handed.IsZero() || mail.handed.After(n.now.Add(-7*day)))
}

// hoursForbid says why the customer's clock lets no message of a class go at an instant.
func (n *naive) hoursForbid(class Class, at time.Time) Reason {
	p, loc := n.m.Policy, n.m.location(n.state.Facts)
	if p.QuietHours != nil && p.QuietHours.Contains(at, loc) {
		return ReasonQuietHours
	}
	named, open := false, false
	for _, w := range p.Windows {
		if slices.Contains(w.Classes, class) {
			named, open = true, open || w.Hours.Contains(at, loc)
		}
	}
	if named && !open {
		return ReasonWindow
	}
	return ""
}

// used counts the slots of a cap: messages handed over in the stretch that ends now, and those on their way.
func (n *naive) used(c Cap) (used int) {
	for _, mail := range n.mails {
		if mail.gone || !slices.Contains(c.Classes, mail.class) {
			continue
		}
		if mail.handed.IsZero() || mail.handed.After(n.now.Add(-c.Per)) {
			used++
		}
	}
	return used
}

// settle hands the mails over whose time has come, or leaves them. All are looked at before any run goes on.
func (n *naive) settle() bool {
	var due []*naiveMail
	freed := false
	reasons := map[*naiveMail]Reason{}
	for _, mail := range n.mails {
		if !mail.gone && !mail.dropped.IsZero() && !mail.dropped.After(n.now) && mail.droppedIn != n.call {
			freed, mail.gone = true, true
		}
		if !mail.gone && mail.dropped.IsZero() && mail.handed.IsZero() && !mail.planned.Add(n.after).After(n.now) {
			due = append(due, mail)
			reasons[mail] = n.lastLook(mail)
		}
	}
	for _, mail := range due {
		r, reason := mail.run, reasons[mail]
		r.mail = nil
		if reason == "" {
			reason = n.refused(mail.template)
		}
		mail.gone = reason != ""
		freed = freed || mail.gone
		switch {
		case reason == ReasonDeferred && r.moved:
			n.act(n.now, "%s noSend %s", r, ReasonEdited)
			n.settled(r)
		case reason == ReasonDeferred:
			n.hold(r, reason)
			r.held, r.try = n.now, n.now
		case reason == ReasonCancelIf:
			n.act(n.now, "%s noSend %s", r, reason)
			n.end(r, reason)
		case reason != "":
			n.act(n.now, "%s noSend %s", r, reason)
			n.settled(r)
		default:
			mail.handed = n.now
			n.act(n.now, "%s handed over %s", r, mail.template)
			n.state.Facts.LastSent = with(n.state.Facts.LastSent, mail.class, n.now, 3, func(t time.Time) time.Time { return t })
			n.lookAgain(ReasonClassPaused)
			n.settled(r)
		}
	}
	if freed {
		n.lookAgain()
	}
	if len(due) > 0 {
		n.call++
	}
	return freed || len(due) > 0
}

// settled lets a run go on from its mail, to where an edit brought it, if one did.
func (n *naive) settled(r *naiveRun) {
	if !r.moved {
		n.skip(r, nil)
	}
	n.proceed(r)
}

// lastLook says what a look just before the handover finds; caps are not looked at, because the slot is taken.
func (n *naive) lastLook(mail *naiveMail) Reason {
	r, class := mail.run, mail.class
	if r.t.CancelIf != "" && n.holds(r.m, r.t.CancelIf, r.trigger.Properties) {
		return ReasonCancelIf
	}
	if n.paused(r) {
		return ReasonDeferred
	}
	if why := n.unwanted(class); why != "" {
		return why
	}
	if why := n.forbids(class); why != "" && why != ReasonCapped {
		return ReasonDeferred
	}
	weekly, _ := n.preferences()
	first := func(other *naiveMail) bool { // of several that are planned the first has the week
		earlier := cmp.Or(other.at.Compare(mail.at), cmp.Compare(other.id, mail.id)) < 0
		return other != mail && n.ofThisWeek(other) && (!other.handed.IsZero() || earlier)
	}
	if weekly && class != Transactional && slices.ContainsFunc(n.mails, first) {
		return ReasonDeferred
	}
	return ""
}
