package template

import (
	"cmp"
	"regexp"
	"slices"

	"klantreis/journey"
)

var leadsOut = regexp.MustCompile(`\{[{%][^}]*\bunsubscribe_url\b`)

// WithoutUnsubscribe returns the layouts that have no place for the link with which a customer unsubscribes.
func (s *Set) WithoutUnsubscribe() []string {
	var files []string
	for _, p := range []*part{s.htmlLayout, s.textLayout} {
		if p != nil && !leadsOut.MatchString(p.source.text) {
			files = append(files, p.source.file)
		}
	}
	return files
}

// sorted sorts problems by file and line, and takes out those that are there twice.
func sorted(problems journey.Problems) journey.Problems {
	slices.SortStableFunc(problems, func(a, b journey.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(problems)
}
