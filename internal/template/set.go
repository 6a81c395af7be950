package template

import (
	"maps"
	"slices"

	"klantreis/journey"
)

// Set is a folder of mail templates, checked and compiled. Load makes one. A Set is immutable and safe for concurrent
// use, and it implements the Renderer of package activities.
type Set struct {
	mails      map[string]map[string]mail // by name and locale
	htmlLayout *part
	textLayout *part
	warnings   journey.Problems
}

// mail is one template in one locale.
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

// Locales returns the locales in which a template is written, sorted. It is empty for an unknown name.
func (s *Set) Locales(name string) []string {
	return slices.Sorted(maps.Keys(s.mails[name]))
}

// Warnings returns what the author should look at, but what does no harm: a template that lacks a locale which others
// have, or one that cannot be rendered for an event without properties.
func (s *Set) Warnings() journey.Problems {
	return slices.Clone(s.warnings)
}
