package journey

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

var currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)

const (
	maxProse   = 2000
	daysOfWeek = 7
)

// flag reads true or false.
func (f fields) flag(key string) bool {
	v, ok := f.byKey[key]
	if !ok {
		return false
	}
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() != "!!bool" {
		f.parser.fail(v, "must be true or false, but is "+kindOf(v.node), "")
		return false
	}
	return strings.EqualFold(v.node.Value, "true")
}

// number reads a whole number.
func (f fields) number(key string, least, most int) int {
	v, ok := f.byKey[key]
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(v.node.Value)
	if v.node.Kind != yaml.ScalarNode || err != nil || n < least || n > most {
		f.parser.fail(v, "must be a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most), "")
		return 0
	}
	return n
}

// amount reads a number that is not negative.
func (f fields) amount(key string) float64 {
	v, ok := f.byKey[key]
	if !ok {
		return 0
	}
	n, err := strconv.ParseFloat(v.node.Value, 64)
	if v.node.Kind != yaml.ScalarNode || err != nil || !(n >= 0 && n <= 1e9) {
		f.parser.fail(v, "must be a number that is not negative", "such as 0.02")
		return 0
	}
	return n
}

// numeric reads a CEL text that may be a plain number.
func (f fields) numeric(key string) string {
	if n := f.byKey[key].node; n != nil && n.Kind == yaml.ScalarNode && (n.ShortTag() == "!!int" || n.ShortTag() == "!!float") {
		return n.Value
	}
	return f.expression(key)
}

// prose reads a text that may have several lines.
func (f fields) prose(key string) string {
	if !f.has(key) {
		return ""
	}
	text, _ := f.parser.scalarText(f.byKey[key], maxProse)
	return text
}

// texts reads a text, or a list of them.
func (f fields) texts(key string) []string {
	v, ok := f.byKey[key]
	if !ok {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		return slices.DeleteFunc([]string{f.prose(key)}, func(text string) bool { return text == "" })
	}
	var texts []string
	for _, item := range f.parser.items(v, maxNames) {
		if text, ok := f.parser.scalarText(item, maxProse); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// ids reads an id, or a list of them.
func (f fields) ids(key string) []string {
	v, ok := f.byKey[key]
	if !ok {
		return nil
	}
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items = f.parser.items(v, maxNames)
	}
	var ids []string
	for _, item := range items {
		if id := f.parser.id(item); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

func (f fields) currency(key string) string {
	text := f.text(key)
	if text == "" || currencyPattern.MatchString(text) {
		return text
	}
	f.parser.fail(f.byKey[key], "must be a currency code of three capital letters", "such as EUR")
	return ""
}

// startOfDay reads a time of day at which something can begin: any but 24:00.
func (f fields) startOfDay(key string) TimeOfDay {
	at := f.timeOfDay(key)
	if at == endOfDay {
		f.parser.fail(f.byKey[key], "24:00 is only an end", "write 00:00")
		return 0
	}
	return at
}

func (f fields) timeOfDay(key string) TimeOfDay {
	v, ok := f.byKey[key]
	if !ok {
		return 0
	}
	at, err := ParseTimeOfDay(v.node.Value)
	if v.node.Kind != yaml.ScalarNode || err != nil {
		f.parser.failDuration(v, err)
	}
	return at
}

func (f fields) delay(key string) Delay {
	v, ok := f.byKey[key]
	if !ok {
		return Delay{}
	}
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() == "!!null" {
		f.parser.fail(v, "must be a duration, but is "+kindOf(v.node), "such as 7d, 36h or 1d12h")
		return Delay{}
	}
	d, err := ParseDelay(v.node.Value)
	if err != nil {
		f.parser.failDuration(v, err)
	}
	return d
}

// failDuration reports why a text is no duration or time.
func (p *parser) failDuration(v value, err error) {
	if bad, ok := errors.AsType[*durationError](err); ok {
		p.fail(v, bad.message, bad.hint)
		return
	}
	p.fail(v, "must be a time of day", "such as 09:00, in quotes")
}

// readDays reads the names of days of the week.
func (p *parser) readDays(v value) Weekdays {
	var days Weekdays
	for _, item := range p.items(v, daysOfWeek) {
		name := p.text(item)
		if name == "" {
			continue
		}
		day, err := ParseWeekday(name)
		if err != nil {
			p.fail(item, "must be a day of the week", suggestWeekday(name))
			continue
		}
		days = days.With(day)
	}
	return days
}

// short tells whether a text is at most so many characters long.
func short(text string, most int) bool { return utf8.RuneCountInString(text) <= most }
