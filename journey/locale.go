package journey

import "strings"

// NearestLocale picks one of the locales, which are sorted: for each wanted one in turn the same, then a more general one,
// then any of the same language. When none of the wanted ones fits it is the first. There must be at least one.
func NearestLocale(locales []string, wanted ...string) string {
	for _, want := range wanted {
		want = strings.ReplaceAll(strings.ToLower(want), "_", "-")
		for tag := want; tag != ""; tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)] {
			for _, locale := range locales {
				if strings.ToLower(locale) == tag {
					return locale
				}
			}
		}
		for _, locale := range locales {
			if want != "" && SameLanguage(locale, want) {
				return locale
			}
		}
	}
	return locales[0]
}

// SameLanguage tells whether two locales are of one language, wherever it is spoken.
func SameLanguage(a, b string) bool {
	return strings.EqualFold(languageOf(a), languageOf(b))
}

// languageOf returns the language of a locale.
func languageOf(locale string) string {
	language, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	return language
}
