package journey

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Join returns what is known of one person who was two customers: f, who stays, and other. It leaves both as they were.
//
// It is made of what is known of each, not of all their events, so that it takes no longer for those who have many. For
// nearly everything that gives the same. It does not for traits (of a name that both have, that of the customer seen last
// counts), for gaps between orders long ago, and for an order that both have but that is among the recent ones of one only.
func (f Facts) Join(other Facts) Facts {
	last, first := f, other
	if other.LastSeen.After(f.LastSeen) {
		last, first = other, f
	}
	joined := f
	joined.FirstSeen, joined.LastSeen = earliest(f.FirstSeen, other.FirstSeen), last.LastSeen
	joined.joinTraits(last, first)
	joined.joinOrders(other)
	joined.joinCampaigns(other)
	for _, survey := range slices.Sorted(maps.Keys(other.ScoredAt)) {
		joined.scored(survey, other.Scores[survey], other.ScoredAt[survey])
	}
	for _, class := range slices.Sorted(maps.Keys(other.Consents)) {
		joined.consents(class, other.Consents[class])
	}
	for _, topic := range slices.Sorted(maps.Keys(other.Topics)) {
		joined.topic(topic, other.Topics[topic])
	}
	joined.Preferences.join(other.Preferences)
	for _, id := range other.DoneTaskIDs {
		joined.closeTask(id)
	}
	for _, id := range other.OpenTaskIDs {
		joined.openTask(id)
	}
	joined.joinDeeds(f, other)
	return joined
}

// earliest returns the earlier of two instants of which either may be unknown.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// joinTraits takes what the customer seen last says before what the other one does.
func (f *Facts) joinTraits(last, first Facts) {
	missing := maps.Clone(first.Traits)
	maps.DeleteFunc(missing, func(name string, _ any) bool {
		_, known := last.Traits[name]
		return known
	})
	f.Traits = merge(last.Traits, missing)
	f.Locale = cmp.Or(last.Locale, first.Locale)
	f.Timezone = cmp.Or(last.Timezone, first.Timezone)
	f.Country = cmp.Or(last.Country, first.Country)
	f.Locale, f.Timezone, f.Country = locale(*f, Event{}), timezone(*f, Event{}), country(*f, Event{})
}

// joinCampaigns keeps the first and the last of all.
func (f *Facts) joinCampaigns(other Facts) {
	if c := other.FirstCampaign; c != nil && (f.FirstCampaign == nil || c.At.Before(f.FirstCampaign.At)) {
		f.FirstCampaign = c
	}
	if c := other.LastCampaign; c != nil && (f.LastCampaign == nil || c.At.After(f.LastCampaign.At)) {
		f.LastCampaign = c
	}
}

// joinDeeds joins what decisions did: what was rung for or sent to either of them was rung for or sent to the person.
func (f *Facts) joinDeeds(one, other Facts) {
	f.Last = joinLast(one, other)
	f.Fired = joinInstants(one.Fired, other.Fired, maxRules)
	f.LastSent = joinInstants(one.LastSent, other.LastSent, maxRules)
	f.Slots = slices.Clone(one.Slots)
	for _, slot := range other.Slots {
		if !slices.ContainsFunc(f.Slots, func(s Slot) bool { return s.MessageID == slot.MessageID }) {
			f.Slots = append(f.Slots, slot)
		}
	}
	slices.SortStableFunc(f.Slots, func(a, b Slot) int { return a.At.Compare(b.At) })
	if f.Done = maps.Clone(one.Done); f.Done == nil {
		f.Done = maps.Clone(other.Done)
	}
	maps.Copy(f.Done, other.Done) // runs keep their ids
}

// joinLast keeps the names that are known of both. One that is known of one only is looked up again when it is needed,
// because of the other nobody knows yet; unless the other is new, so that there is nothing to look up.
func joinLast(one, other Facts) map[string]time.Time {
	joined := joinInstants(one.Last, other.Last, maxNotedNames)
	maps.DeleteFunc(joined, func(name string, _ time.Time) bool {
		_, ofOne := one.Last[name]
		_, ofOther := other.Last[name]
		return !ofOne && !one.FirstSeen.IsZero() || !ofOther && !other.FirstSeen.IsZero()
	})
	return joined
}

// joinInstants returns the later instant of each name, at most limit of them. Nil when there are none.
func joinInstants[K ~string](a, b map[K]time.Time, limit int) map[K]time.Time {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	joined := make(map[K]time.Time, len(a)+len(b))
	maps.Copy(joined, a)
	for name, at := range b {
		joined[name] = later(joined[name], at)
	}
	forget(joined, limit, itself)
	return joined
}
