package bundle

import (
	"fmt"
	"path"
	"slices"

	"klantreis/internal/template"
	"klantreis/journey"
)

// review warns of what the map and the templates together say in vain, and of what they must not say.
func (c *Checked) review(m *journey.Map, set *template.Set) {
	classes := map[string][]journey.Class{}
	for t, step := range m.Sends() {
		classes[step.Template] = append(classes[step.Template], t.Class)
	}
	c.unused(m, set, classes)
	c.untranslated(m, set, classes)
	c.questions(m, set)
	c.advertising(set, classes)
	c.confirming(m, set)
	if slices.ContainsFunc(m.Touchpoints, bounded) {
		for _, file := range set.WithoutUnsubscribe() {
			c.warn(file, "has no place to unsubscribe, which service and marketing mails need",
				"write {% if unsubscribe_url %}...{{ unsubscribe_url }}...{% endif %}")
		}
	}
}

// confirming warns of a consent that nobody can confirm.
func (c *Checked) confirming(m *journey.Map, set *template.Set) {
	asked := false
	for t, step := range m.Sends() {
		if !slices.Contains(t.On, journey.ConsentRequested) {
			continue
		}
		asked = true
		if set.Has(step.Template) && !set.Confirms(step.Template) {
			c.warn(step.Template, "is sent to have a consent confirmed, and in a part of it nothing leads there", "use confirm_url")
		}
	}
	if m.Policy.DoubleOptIn && !asked {
		c.Warnings = append(c.Warnings, "policy.doubleOptIn: nothing asks for the confirmation of a consent (add a touchpoint on: Consent Requested that sends a mail with confirm_url)")
	}
}

// bounded tells whether a touchpoint sends what a customer may refuse.
func bounded(t journey.Touchpoint) bool {
	return t.Class == journey.Service || t.Class == journey.Marketing
}

func (c *Checked) warn(file, message, hint string) {
	c.add(journey.Problems{{File: path.Join(templatesDir, file), Message: message, Hint: hint, Warning: true}})
}

// unused warns of templates that no step sends, and of variants for a persona that nobody is.
func (c *Checked) unused(m *journey.Map, set *template.Set, classes map[string][]journey.Class) {
	for _, name := range set.Names() {
		if classes[name] == nil {
			c.warn(name, "is sent by no step", "")
		}
	}
	for file, persona := range set.Personas() {
		nobodys := func(p journey.Persona) bool { return p.ID == persona && p.Match == "" }
		if slices.ContainsFunc(m.Personas, nobodys) {
			c.warn(file, "is never used, because no customer is like "+persona, "give the persona a match")
		}
	}
}

// untranslated warns of templates that are sent and are not written in the language of the map. When others are, the set
// has warned already.
func (c *Checked) untranslated(m *journey.Map, set *template.Set, classes map[string][]journey.Class) {
	for _, name := range set.Names() {
		if slices.Contains(set.Locales(name), m.Locale) {
			return
		}
	}
	for _, name := range set.Names() {
		locales := set.Locales(name)
		speaks := slices.ContainsFunc(locales, func(locale string) bool { return journey.SameLanguage(locale, m.Locale) })
		if classes[name] != nil && len(locales) > 0 && !speaks {
			c.warn(name, fmt.Sprintf("is not written in %q, the language of the map, so others get it in %q", m.Locale, locales[0]), "")
		}
	}
}

// questions warns of questions that are not written in a language of the mail that asks them.
func (c *Checked) questions(m *journey.Map, set *template.Set) {
	for t, step := range m.Sends() {
		if step.Kind != journey.StepAsk {
			continue
		}
		written, fix := step.Ask.Locales(), "write it in that language too"
		if len(written) == 0 {
			written, fix = []string{m.Locale}, fmt.Sprintf("write a text for each language: {%s: ..., ...}", m.Locale)
		}
		for _, locale := range set.Locales(step.Template) {
			if slices.ContainsFunc(written, func(w string) bool { return journey.SameLanguage(w, locale) }) {
				continue
			}
			p := journey.Problem{Path: "touchpoint " + t.ID + ", step " + step.ID, Hint: fix, Warning: true}
			p.File, p.Line = m.Place(t.ID, step.ID)
			p.Message = fmt.Sprintf("the question is not written in %q, as the template %q is", locale, step.Template)
			c.add(journey.Problems{p})
		}
	}
}

// advertising warns of what seems to advertise in mails that go out without consent.
func (c *Checked) advertising(set *template.Set, classes map[string][]journey.Class) {
	some := false
	for _, name := range set.Names() {
		if slices.Contains(classes[name], journey.Transactional) {
			some = true
			c.add(inTemplates(set.Advertising(name)))
		}
	}
	if some {
		c.add(inTemplates(set.LayoutAdvertising()))
	}
}
