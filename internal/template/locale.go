package template

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// checkLocale says what is wrong with the locale in a file name.
func checkLocale(locale string) error {
	tag, err := language.Parse(locale)
	if err != nil {
		return fmt.Errorf("%q is not a language tag such as nl or nl-BE", locale)
	}
	if tag.String() != locale {
		return fmt.Errorf("write the locale %q as %q", locale, tag)
	}
	return nil
}

// nearest picks one of the sorted locales: for each wanted one in turn the same, then a more general one, then any of the
// same language. When none of the wanted ones fits it is the first.
func nearest(locales []string, wanted ...string) string {
	for _, want := range wanted {
		want = strings.ReplaceAll(strings.ToLower(want), "_", "-")
		for tag := want; tag != ""; tag = parent(tag) {
			for _, locale := range locales {
				if strings.ToLower(locale) == tag {
					return locale
				}
			}
		}
		for _, locale := range locales {
			if want != "" && base(strings.ToLower(locale)) == base(want) {
				return locale
			}
		}
	}
	return locales[0]
}

func parent(tag string) string {
	return tag[:max(strings.LastIndexByte(tag, '-'), 0)]
}

func base(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return language
}
