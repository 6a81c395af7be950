package journey

import (
	"errors"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

var localePattern = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// choice reads one of a few words.
func (f fields) choice(key string, allowed []string) string {
	text := f.text(key)
	if text == "" || slices.Contains(allowed, text) {
		return text
	}
	f.parser.fail(f.byKey[key], "must be "+oneOf(allowed), otherChoice(key, text, allowed))
	return ""
}

func (f fields) duration(key string) time.Duration {
	if !f.has(key) {
		return 0
	}
	v := f.byKey[key]
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() == "!!null" {
		f.parser.fail(v, "must be a duration, but is "+kindOf(v.node), "such as 7d, 36h or 1d12h")
		return 0
	}
	d, err := ParseDuration(v.node.Value)
	if bad, ok := errors.AsType[*durationError](err); ok {
		f.parser.fail(v, bad.message, bad.hint)
	}
	return d
}

func (f fields) locale(key string) string {
	text := f.text(key)
	if text == "" || localePattern.MatchString(text) {
		return text
	}
	f.parser.fail(f.byKey[key], "must be a language tag", "such as nl, en or nl-BE")
	return ""
}

func (f fields) timezone(key string) string {
	text := f.text(key)
	if text == "" {
		return ""
	}
	if _, err := time.LoadLocation(text); err != nil || text == "Local" {
		f.parser.fail(f.byKey[key], "is not a known time zone", zoneHint(text))
		return ""
	}
	return text
}

func (f fields) email(key string) string {
	text := f.text(key)
	if text == "" {
		return ""
	}
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
		f.parser.fail(f.byKey[key], "is not a mail address", "such as service@example.com")
		return ""
	}
	return text
}

func (f fields) url(key string) string {
	text := f.text(key)
	if text == "" {
		return ""
	}
	if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		f.parser.fail(f.byKey[key], "is not a web address", "such as https://www.example.com")
		return ""
	}
	return text
}
