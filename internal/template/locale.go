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

func base(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return language
}
