package journey

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	triggerKeys   = []string{"on", "entered", "left", "date", "absence", "observe"}
	dateKeys      = []string{"trait", "offset", "at", "every"}
	absenceKeys   = []string{"after", "without", "orNever"}
	everies       = []string{"year", "once"}
	offsetPattern = regexp.MustCompile(`^([+-]?)([0-9]{1,4})(d|w)$`)
)

const defaultDateAt TimeOfDay = 9 * 60

// readTrigger reads the one key that says what starts a run.
func (p *parser) readTrigger(f fields) Trigger {
	var given []string
	for _, key := range triggerKeys {
		if f.has(key) {
			given = append(given, key)
		}
	}
	switch {
	case len(given) > 1:
		p.fail(f.at, "has more than one trigger: "+strings.Join(given, " and "), "make a touchpoint of each")
	case len(given) == 0 && !f.broken && !hasUnknownKeys(f):
		p.fail(f.at.at(join(f.at.path, "on"), f.at.node), "is required", "or another trigger: "+oneOf(triggerKeys[1:]))
	}
	t := Trigger{On: f.names("on"), Entered: f.ids("entered"), Left: f.ids("left"), Observe: f.names("observe")}
	if v, ok := f.byKey["date"]; ok {
		t.Date = p.readDate(v)
	}
	if v, ok := f.byKey["absence"]; ok {
		g := p.object(v, absenceKeys)
		g.require("after", "without")
		t.Absence = readAbsence(g)
	}
	return t
}

func (p *parser) readDate(v value) DateTrigger {
	f := p.object(v, dateKeys)
	f.require("trait")
	d := DateTrigger{Trait: f.text("trait"), At: defaultDateAt, Once: f.choice("every", everies) == "once"}
	if f.has("at") {
		d.At = f.startOfDay("at")
	}
	if f.has("offset") {
		d.OffsetDays = f.dayOffset("offset")
	}
	return d
}

// readAbsence reads after, without and orNever, wherever they stand.
func readAbsence(f fields) Absence {
	return Absence{After: f.duration("after"), Without: f.names("without"), OrNever: f.flag("orNever")}
}

// dayOffset reads whole days, before or after: "-7d", "3d", "-2w".
func (f fields) dayOffset(key string) int {
	v := f.byKey[key]
	groups := offsetPattern.FindStringSubmatch(v.node.Value)
	if groups == nil {
		f.parser.fail(v, "must be whole days", "such as -7d for a week before, or 3d for three days after")
		return 0
	}
	days, err := strconv.Atoi(groups[2])
	if err != nil {
		return 0 // four digits always are a number
	}
	if groups[3] == "w" {
		days *= 7
	}
	if days > 366 {
		f.parser.fail(v, "must be at most 366 days", "")
	}
	if groups[1] == "-" {
		return -days
	}
	return days
}
