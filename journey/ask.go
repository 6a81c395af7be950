package journey

import (
	"maps"
	"slices"
)

// Ask is a question that the customer answers with a score.
type Ask struct {
	// Survey names the question in the answers. Defaults to the touchpoint's id.
	Survey string
	// Question is what is asked, when it is asked in one language only.
	Question string
	// Questions are what is asked by locale. Nil when there is one language only.
	Questions map[string]string `json:",omitempty"`
	// From and To are the lowest and the highest score: 0 and 10, or 1 and 5.
	From, To int
}

// Text returns the question in the customer's locale or the nearest to it, otherwise in the fallback.
func (a Ask) Text(locale, fallback string) string {
	if len(a.Questions) == 0 {
		return a.Question
	}
	return a.Questions[NearestLocale(a.Locales(), locale, fallback)]
}

// Locales returns the locales in which the question is written, sorted. Nil when there is one language only.
func (a Ask) Locales() []string { return slices.Sorted(maps.Keys(a.Questions)) }
