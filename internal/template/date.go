package template

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/osteele/liquid/values"
)

// dateFormat is how a date is written when the template does not say: 2 januari 2026.
const dateFormat = "%-d %B %Y"

// calendar names the months and days of a language, in the order of package time.
type calendar struct {
	months, shortMonths [12]string
	days, shortDays     [7]string
}

// calendars holds the languages other than English, which the library knows.
var calendars = map[string]calendar{
	"nl": {
		months: [12]string{
			"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
			"oktober", "november", "december",
		},
		shortMonths: [12]string{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"},
		days:        [7]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
		shortDays:   [7]string{"zo", "ma", "di", "wo", "do", "vr", "za"},
	},
}

// wide finds a padding to 100 characters or more.
var wide = regexp.MustCompile(`%[^a-zA-Z%]*\d{3}`)

// date returns the filter {{ event.date | date: "%A %-d %B" }}: the library's strftime with the names of the locale. The
// instant is shown in the zone that it is written in. What is not a date stays as it is.
func (p *pass) date(strftime any) func(v any, format string) (any, error) {
	return func(v any, format string) (any, error) {
		at, ok, err := instant(v)
		if err != nil || !ok {
			return v, err
		}
		if format == "" {
			format = dateFormat
		}
		if wide.MatchString(format) {
			return nil, errors.New("a part of a date cannot be that wide")
		}
		if c, ok := calendars[base(p.locale)]; ok {
			format = c.fill(format, at)
		}
		return values.Call(reflect.ValueOf(strftime), []any{at, format})
	}
}

// fill replaces the names in a format.
func (c calendar) fill(format string, at time.Time) string {
	month, day := at.Month()-1, at.Weekday()
	return strings.NewReplacer("%%", "%%",
		"%B", c.months[month], "%b", c.shortMonths[month], "%h", c.shortMonths[month],
		"%A", c.days[day], "%a", c.shortDays[day],
	).Replace(format)
}

func instant(v any) (time.Time, bool, error) {
	switch v := v.(type) {
	case time.Time:
		return v, true, nil
	case int:
		return time.Unix(int64(v), 0).UTC(), true, nil
	case string:
		if v == "now" || v == "today" {
			return time.Time{}, false, fmt.Errorf("%q is not available, because the same mail must always come out the same", v)
		}
		at, err := values.ParseDate(v)
		return at, err == nil, nil
	default:
		return time.Time{}, false, nil
	}
}
