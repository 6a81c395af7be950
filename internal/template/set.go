package template

import (
	"cmp"
	"iter"
	"maps"
	"regexp"
	"slices"

	"klantreis/journey"
)

// Set is a folder of mail templates, checked and compiled. Load makes one. A Set is immutable and safe for concurrent
// use, and it implements the Renderer of package activities.
type Set struct {
	mails      map[string]map[variant]mail // by name
	htmlLayout *part
	textLayout *part
	warnings   journey.Problems
}

// variant tells the files of one template apart.
type variant struct {
	// locale is the language tag.
	locale string
	// persona is for whom it is written. Empty for everybody.
	persona string
}

// mail is one template in one locale, for one persona or for everybody.
type mail struct {
	subject, preheader, reason *part
	html, text                 *part
}

// Names returns the names of all templates, sorted.
func (s *Set) Names() []string {
	return slices.Sorted(maps.Keys(s.mails))
}

// Has says whether there is a template of that name.
func (s *Set) Has(name string) bool {
	_, ok := s.mails[name]
	return ok
}

// Locales returns the locales in which a template is written for everybody, sorted. It is empty for an unknown name.
func (s *Set) Locales(name string) []string {
	return s.localesFor(name, "")
}

// localesFor returns the locales in which a template is written for everybody or for a persona, sorted.
func (s *Set) localesFor(name, persona string) []string {
	var locales []string
	for v := range s.mails[name] {
		if v.persona == "" || v.persona == persona {
			locales = append(locales, v.locale)
		}
	}
	slices.Sort(locales)
	return slices.Compact(locales)
}

// Asks tells whether a template shows, in both parts of every variant, where the question of an ask is answered.
func (s *Set) Asks(name string) bool {
	for _, m := range s.mails[name] {
		if !linksToAnswer.MatchString(m.html.source.text) || !linksToAnswer.MatchString(m.text.source.text) {
			return false
		}
	}
	return s.Has(name)
}

// Confirms tells whether every part of a template, in every language, leads to where a consent is confirmed.
func (s *Set) Confirms(name string) bool {
	for _, m := range s.mails[name] {
		if !linksToConfirmation.MatchString(m.html.source.text) || !linksToConfirmation.MatchString(m.text.source.text) {
			return false
		}
	}
	return s.Has(name)
}

var linksToConfirmation = regexp.MustCompile(`\bconfirm_url\b`)

var linksToAnswer = regexp.MustCompile(`\bask\.(scores|url)\b`)

// Personas returns the HTML files that are written for one persona, sorted, each with that persona.
func (s *Set) Personas() iter.Seq2[string, string] {
	return func(yield func(file, persona string) bool) {
		for _, name := range s.Names() {
			for _, v := range s.variants(name) {
				if v.persona != "" && !yield(v.stem(name)+".html", v.persona) {
					return
				}
			}
		}
	}
}

// variants returns the variants of a template, those for everybody first.
func (s *Set) variants(name string) []variant {
	return slices.SortedFunc(maps.Keys(s.mails[name]), func(a, b variant) int {
		return cmp.Or(cmp.Compare(a.persona, b.persona), cmp.Compare(a.locale, b.locale))
	})
}

// stem is what the names of the variant's files begin with.
func (v variant) stem(name string) string {
	if v.persona != "" {
		name += "@" + v.persona
	}
	return name + "." + v.locale
}

// Warnings returns what the author should look at, but what does no harm: a template that lacks a locale which others
// have, or one that cannot be rendered for an event without properties.
func (s *Set) Warnings() journey.Problems {
	return slices.Clone(s.warnings)
}
