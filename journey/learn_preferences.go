package journey

import (
	"cmp"
	"time"
)

// Preferences are how often a customer wants mail that is not about an order, and from when on.
type Preferences struct {
	// Weekly is true when they want one such mail a week at most.
	Weekly bool `json:"weekly,omitempty"`
	// WeeklyAt is when they said so, or the opposite.
	WeeklyAt time.Time `json:"weeklyAt,omitzero"`
	// NotBefore is until when they want none. Zero when they may get some now.
	NotBefore time.Time `json:"notBefore,omitzero"`
	// NotBeforeAt is when they said that.
	NotBeforeAt time.Time `json:"notBeforeAt,omitzero"`
}

// The values of the property frequency.
const (
	FrequencyWeekly = "weekly"
	FrequencyNormal = "normal"
)

// longestPause bounds how far ahead a customer's pause may reach: whoever wants none for longer objects.
const longestPause = 366 * day

// preferences notes what a Preferences Changed tells: frequency, and not_before, an instant, or "" for none. Of each the
// newest statement counts; of two at one instant that which allows less.
func (f *Facts) preferences(e Event) {
	p := &f.Preferences
	if frequency := propertyText(e, "frequency"); frequency == FrequencyWeekly || frequency == FrequencyNormal {
		p.said(frequency == FrequencyWeekly, e.Timestamp)
	}
	text, told := e.Properties["not_before"].(string)
	if !told {
		return
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil && text != "" {
		return
	}
	if latest := e.Timestamp.Add(longestPause); until.After(latest) {
		until = latest
	}
	p.paused(until.UTC(), e.Timestamp)
}

func (p *Preferences) said(weekly bool, at time.Time) {
	if at.After(p.WeeklyAt) || at.Equal(p.WeeklyAt) && weekly {
		p.Weekly, p.WeeklyAt = weekly, at
	}
}

func (p *Preferences) paused(until, at time.Time) {
	if at.After(p.NotBeforeAt) || at.Equal(p.NotBeforeAt) && until.After(p.NotBefore) {
		p.NotBefore, p.NotBeforeAt = until, at
	}
}

// join takes over what another customer, who is the same person, said later.
func (p *Preferences) join(other Preferences) {
	if !other.WeeklyAt.IsZero() {
		p.said(other.Weekly, other.WeeklyAt)
	}
	if !other.NotBeforeAt.IsZero() {
		p.paused(other.NotBefore, other.NotBeforeAt)
	}
}

// week is the stretch of time in which a customer who wants mail weekly gets one.
const week = 7 * day

// weeklyFrom returns the first instant from one on at which a customer who wants one mail a week may get another; the
// instant itself when they do not want that. A message that is planned counts as if it went now.
func (f *Facts) weeklyFrom(from, now time.Time) time.Time {
	if !f.Preferences.Weekly {
		return from
	}
	from = f.weekAfterSent(from)
	for _, slot := range f.Slots {
		at := slot.At
		if slot.Pending {
			at = later(at, now)
		}
		from = later(from, at.Add(week))
	}
	return from
}

// weekTaken tells whether a customer who wants one mail a week must not get this one now, in the moment of its handover.
// Of several that are planned the first has the week.
func (f *Facts) weekTaken(messageID string, now time.Time) bool {
	if !f.Preferences.Weekly {
		return false
	}
	from := f.weekAfterSent(now)
	own := Slot{MessageID: messageID}
	for _, slot := range f.Slots {
		if slot.MessageID == messageID {
			own = slot
		}
	}
	for _, slot := range f.Slots {
		switch {
		case slot.MessageID == messageID:
		case !slot.Pending:
			from = later(from, slot.At.Add(week))
		case slot.before(own):
			return true
		}
	}
	return from.After(now)
}

// before orders the slots of planned messages.
func (s Slot) before(other Slot) bool {
	return cmp.Or(s.At.Compare(other.At), cmp.Compare(s.MessageID, other.MessageID)) < 0
}

// weekAfterSent returns the first instant from one on that lies a week after every mail that went out.
func (f *Facts) weekAfterSent(from time.Time) time.Time {
	for _, class := range askedClasses {
		if last, ok := f.LastSent[class]; ok {
			from = later(from, last.Add(week))
		}
	}
	return from
}
