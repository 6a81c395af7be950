package template

import (
	"slices"
	"strings"
	"unicode"
)

// linkSchemes are what a link in a mail may lead to.
var linkSchemes = []string{"http", "https", "mailto", "tel"}

var escapeURL = strings.NewReplacer(" ", "%20", `"`, "%22", "'", "%27", "<", "%3C", ">", "%3E", "`", "%60", `\`, "%5C")

// safeURL is the filter {{ product.url | url }}: a value that cannot break out of a link, nor be a program (javascript:).
// Values at the beginning of an href or src get it by themselves; what a value adds to a longer address (?id={{ x }})
// wants url_encode.
func safeURL(v any) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(plain(v)))
	if end := strings.IndexAny(text, ":/?#"); end >= 0 && text[end] == ':' {
		if !slices.Contains(linkSchemes, strings.ToLower(text[:end])) {
			return ""
		}
	}
	return escapeURL.Replace(text)
}
