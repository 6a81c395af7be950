package template

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/osteele/liquid/parser"

	"klantreis/journey"
)

// Advertising returns the places in a template, in all its locales and variants, that seem to advertise: to ask for a
// review, to promise a discount or to sell more. The law allows none of it in a mail that goes out without consent. It
// knows Dutch and English phrases; what an event or customer fills in it cannot see.
func (s *Set) Advertising(name string) journey.Problems {
	var found journey.Problems
	for _, m := range s.mails[name] {
		language := languageOf(m.html.source.file)
		for _, p := range []*part{m.subject, m.preheader, m.reason, m.html, m.text} {
			found = append(found, p.source.advertising(language)...)
		}
	}
	return sorted(found)
}

// LayoutAdvertising is Advertising for the layouts, which every mail is put into.
func (s *Set) LayoutAdvertising() journey.Problems {
	var found journey.Problems
	for _, p := range []*part{s.htmlLayout, s.textLayout} {
		if p != nil {
			found = append(found, p.source.advertising("")...)
		}
	}
	return sorted(found)
}

// languageOf reads the language out of NAME.LOCALE.html.
func languageOf(file string) string {
	_, rest, _ := strings.Cut(file, ".")
	locale, _, _ := strings.Cut(rest, ".")
	return base(strings.ToLower(locale))
}

// advertising looks for phrases in what a reader sees of the source. The hidden parts become spaces, so that places stay.
func (s source) advertising(language string) journey.Problems {
	var found journey.Problems
	text := s.visible()
	for i := range adverts {
		for _, at := range adverts[i].find(text, language) {
			if adverts[i].tells && tellsOfOrder.MatchString(lineAt(s.text, at[0])) {
				continue
			}
			found = append(found, journey.Problem{
				File: s.file, Line: s.line + strings.Count(text[:at[0]], "\n"), Warning: true,
				Message: fmt.Sprintf("%q %s", strings.Join(strings.Fields(text[at[0]:at[1]]), " "), adverts[i].what),
				Hint:    "a transactional mail must not advertise; send it in a mail of another class",
			})
		}
	}
	return found
}

// find returns the places of the phrases; of several that overlap the first.
func (a *advert) find(text, language string) [][]int {
	var places [][]int
	for _, pattern := range a.any {
		places = append(places, pattern.FindAllStringIndex(text, -1)...)
	}
	if language == "nl" && a.dutch != nil {
		places = append(places, a.dutch.FindAllStringIndex(text, -1)...)
	}
	slices.SortStableFunc(places, func(x, y []int) int { return x[0] - y[0] })
	end := 0
	return slices.DeleteFunc(places, func(at []int) bool {
		if at[0] < end {
			return true
		}
		end = at[1]
		return false
	})
}

var (
	hidden = []*regexp.Regexp{
		regexp.MustCompile(`(?is)<style\b.*?</style\s*>`), regexp.MustCompile(`(?is)<script\b.*?</script\s*>`),
		regexp.MustCompile(`(?s)<!--.*?-->`), regexp.MustCompile(`<[^<>]*>`), regexp.MustCompile(`&nbsp;|&#160;`),
	}
	notNewline = regexp.MustCompile(`[^\n]`)
)

// visible returns the text without values, tags, comments and markup, each of which becomes as many spaces.
func (s source) visible() string {
	var b strings.Builder
	comment := false
	for _, token := range parser.Scan(s.text, parser.SourceLoc{Pathname: s.file, LineNo: s.line}, nil) {
		switch {
		case token.Type == parser.TagTokenType && strings.HasSuffix(token.Name, "comment"):
			comment = token.Name == "comment"
			b.WriteString(blank(token.Source))
		case token.Type == parser.TextTokenType && !comment:
			b.WriteString(token.Source)
		default:
			b.WriteString(blank(token.Source))
		}
	}
	text := b.String()
	if s.html {
		for _, pattern := range hidden {
			text = pattern.ReplaceAllStringFunc(text, blank)
		}
	}
	return text
}

// blank returns as many bytes of space, with the newlines where they were.
func blank(text string) string {
	return notNewline.ReplaceAllStringFunc(text, func(r string) string { return strings.Repeat(" ", len(r)) })
}

// lineAt returns the line around a place.
func lineAt(text string, at int) string {
	at = min(at, len(text))
	begin := strings.LastIndexByte(text[:at], '\n') + 1
	if end := strings.IndexByte(text[at:], '\n'); end >= 0 {
		return text[begin : at+end]
	}
	return text[begin:]
}
