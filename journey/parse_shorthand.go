package journey

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// shorthands are the forms of what people write as a single text, by key. %s is that text.
var shorthands = map[string]string{
	"goal": "{on: %s, within: 14d}", "date": "{trait: %s}", "enter": "[{on: %s}]", "absence": "{after: 30d, without: %s}",
	"waitFor": "{on: %s, for: 7d}", "shop": "{name: %s, email: shop@example.com}",
}

// twoTimes are hours as people write them in a single text.
var twoTimes = regexp.MustCompile(`^(\d{1,2}:\d{2})\s*(?:-|–|to|tot)\s*(\d{1,2}:\d{2})$`)

// writtenOut says how to write out what is a single text.
func writtenOut(v value) string {
	text := strings.TrimSpace(v.node.Value)
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() != "!!str" || text == "" {
		return ""
	}
	key := v.path[strings.LastIndex(v.path, ".")+1:]
	if times := twoTimes.FindStringSubmatch(text); times != nil && key == "quietHours" {
		return fmt.Sprintf("write %s: {from: %q, to: %q}", key, times[1], times[2])
	}
	if form, known := shorthands[key]; known {
		return "write " + key + ": " + fmt.Sprintf(form, shorten(text))
	}
	return ""
}

// otherChoices are what people write for a choice that is called otherwise, by key.
var otherChoices = map[string]map[string]string{
	"again": {"once": "never", "no": "never", "always": "afterExit", "yes": "afterExit", "every time": "afterExit"},
}

// otherChoice says which of the allowed words was meant.
func otherChoice(key, text string, allowed []string) string {
	if meant := otherChoices[key][strings.ToLower(text)]; meant != "" {
		return "write " + meant
	}
	return suggest(text, allowed)
}

// zoneHint finds the zone of a place that is named without its continent.
func zoneHint(text string) string {
	place := strings.ReplaceAll(text, " ", "_")
	for _, continent := range []string{"Europe", "America", "Asia", "Africa", "Australia", "Atlantic", "Pacific", "Indian"} {
		if name := continent + "/" + place; place != "" && propertyName.MatchString(place) {
			if _, err := time.LoadLocation(name); err == nil {
				return "write " + name
			}
		}
	}
	return "such as Europe/Amsterdam"
}
