package journey

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// mapDraw draws maps that use every word of the language, as text.
type mapDraw struct {
	t     *rapid.T
	b     strings.Builder
	named bool // steps have ids
	n     int  // steps so far in the touchpoint
}

func (d *mapDraw) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(d.t, label)
}

func (d *mapDraw) chance(label string, percent int) bool {
	return rapid.IntRange(1, 100).Draw(d.t, label) > 100-percent
}

func (d *mapDraw) write(format string, words ...any) { fmt.Fprintf(&d.b, format, words...) }

// maybe writes a line in some of the maps.
func (d *mapDraw) maybe(percent int, format string, of ...string) {
	if d.chance(format, percent) {
		d.write(format, d.pick(format, of...))
	}
}

var (
	drawnEvents     = []string{"Product Viewed", "Product Added", OrderCompleted, OrderDelivered, OrderReturned, "Product Reviewed"}
	drawnConditions = []string{
		"customer.orders > 1", "customer.orders < 3", `customer.phase == "b"`, "event.total > 40", "customer.traits.tier == 2",
		"customer.open_tasks == 0", `has(customer.last_sent.marketing)`, "size(customer.scores) == 0", `customer.persona == "big"`,
		"customer.total_spent < 150.0", "customer.consent.marketing", "customer.days_since_order > 0.06",
	}
	drawnWaits = []string{"1h", "26h", "3d", "7d", "2 months", "2 working days 10:00", "next tuesday 14:00", "10:00", "22:30", "last day of month 09:00"}
)

// drawMap draws a map. Of steps that reach out it has many, so that policy has work. One that will be edited has ids on its
// steps: how steps without are matched is for another test.
func drawMap(t *rapid.T, edited bool) string {
	d := &mapDraw{t: t, named: edited}
	d.write("timezone: Europe/Amsterdam\n")
	d.write("personas: [{id: big, name: Big, match: customer.total_spent > 60.0}]\n")
	d.phases()
	d.policy()
	d.write("touchpoints:\n")
	for i := range rapid.IntRange(1, 4).Draw(t, "touchpoints") {
		d.touchpoint(i)
	}
	return d.b.String()
}

func (d *mapDraw) phases() {
	d.write("phases:\n")
	for i, id := range []string{"a", "b", "c"} {
		d.write("  - id: %s\n    enter:\n", id)
		for range rapid.IntRange(1, 2).Draw(d.t, "rules") {
			if d.chance("absence", 25) {
				d.write("      - after: %s\n        without: %s\n", d.pick("after", "5d", "20d", "37d"), d.pick("without", drawnEvents...))
				d.maybe(50, "        orNever: %s\n", "true")
			} else {
				d.write("      - on: %s\n", d.pick("on", drawnEvents...))
			}
			d.maybe(30, "        if: '%s'\n", drawnConditions...)
			if i < 2 {
				d.maybe(50, "        from: %s\n", "any", "[c]")
			}
		}
	}
}

func (d *mapDraw) policy() {
	if d.chance("no policy", 25) {
		return
	}
	d.write("policy:\n")
	d.maybe(40, "  spread: %s\n", "45m", "90m")
	d.write("  held: {for: %s, then: %s}\n", d.pick("held", "5h7m", "1d7m", "3d7m"), d.pick("then", "drop", "exit"))
	d.maybe(60, "  quietHours: %s\n", `{from: "21:00", to: "09:00"}`, `{from: "12:00", to: "15:30"}`, `{from: "00:00", to: "08:45", days: [saturday, sunday]}`)
	if d.chance("window", 30) {
		d.write("  windows: [{classes: [%s], from: \"10:00\", to: \"18:00\"%s}]\n",
			d.pick("window class", "marketing", "marketing, service"), d.pick("window days", "", ", days: [monday, tuesday, wednesday, thursday, friday]"))
	}
	if d.chance("caps", 60) {
		d.write("  caps:\n    - {classes: [marketing], max: %s, per: %s}\n", d.pick("max", "1", "2"), d.pick("per", "20h", "3d", "7d"))
		d.maybe(50, "    - {classes: [marketing, service], max: %s, per: 24h}\n", "1", "2")
	}
	if d.chance("pause", 40) {
		d.maybe(100, "  pause: [{classes: [marketing, service], if: '%s'}]\n", "customer.open_tasks > 0", "customer.traits.tier == 1", `customer.phase == "a"`, "customer.open_tasks == 0", "!has(customer.last_sent.service)")
	} else { // a pause is looked at every hour, and would show the end of the soft opt-in that exactly
		d.maybe(60, "  softOptIn: {classes: [%s], for: 9d7m}\n", "service", "marketing, service")
	}
}

// by lets some events count for a run with a key that are about something else.
func (d *mapDraw) by(keyed bool) string {
	if keyed && d.chance("by", 30) {
		return ", by: any"
	}
	return ""
}

func (d *mapDraw) touchpoint(i int) {
	d.n = 0
	d.write("  - id: t%d\n    phase: a\n", i)
	trigger := d.pick("trigger", "on", "on", "on", "on", "entered", "left", "date", "absence", "observe")
	switch trigger {
	case "on":
		d.write("    on: [%s]\n", strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(drawnEvents), 1, 2, rapid.ID).Draw(d.t, "on"), ", "))
	case "entered", "left":
		d.write("    %s: %s\n", trigger, d.pick("phase", "a", "b", "[b, c]"))
	case "date":
		d.write("    date: {trait: birthday, offset: %s, at: \"%s\", every: %s}\n",
			d.pick("offset", "-2d", "0d", "1d"), d.pick("at", "08:07", "22:07"), d.pick("every", "year", "once"))
	case "absence":
		d.write("    absence: {after: %s, without: %s, orNever: %s}\n",
			d.pick("after", "4d", "9d", "30d"), d.pick("without", drawnEvents...), d.pick("orNever", "true", "false"))
	case "observe":
		d.write("    observe: %s\n", d.pick("observed", drawnEvents...))
		d.maybe(40, "    if: '%s'\n", drawnConditions...)
		return
	}
	class := d.pick("class", "transactional", "service", "service", "marketing", "marketing", "marketing")
	d.write("    class: %s\n", class)
	d.maybe(30, "    if: '%s'\n", drawnConditions...)
	keyed := trigger == "on" && d.chance("keyed", 40)
	if keyed {
		d.write("    key: event.order_id\n")
	}
	d.maybe(30, "    cancel: %s\n", drawnEvents...)
	d.maybe(15, "    cancelIf: '%s'\n", append(drawnConditions, "customer.days_since_order > 0.06")...)
	d.maybe(50, "    again: %s\n", "never", "afterExit", "restart")
	d.maybe(25, "    cooldown: %s\n", "2d", "9d")
	d.maybe(30, "    priority: %s\n", "-10", "10")
	if d.chance("goal", 50) {
		d.write("    goal: {on: [%s], within: 6d, value: event.total%s}\n", d.pick("aim", append(drawnEvents, SurveyAnswered)...), d.by(keyed))
	}
	if class != "transactional" {
		d.maybe(20, "    holdout: %s\n", "100%")
	}
	d.maybe(5, "    paused: %s\n", "true")
	d.write("    do:\n")
	d.steps("      ", 2, keyed)
}

func (d *mapDraw) steps(indent string, depth int, keyed bool) {
	for range rapid.IntRange(1, 4-1).Draw(d.t, "steps") {
		d.step(indent, depth, keyed)
	}
}

func (d *mapDraw) step(indent string, depth int, keyed bool) {
	d.n++
	kinds := []string{"send", "send", "send", "wait", "wait", "until", "set", "task", "webhook", "ask"}
	if depth > 0 {
		kinds = append(kinds, "waitFor", "waitFor", "branch", "split")
	}
	line := func(format string, words ...any) {
		if rest, begins := strings.CutPrefix(format, "- "); begins && d.named {
			format = fmt.Sprintf("- id: s%d\n%s  %s", d.n, indent, rest)
		}
		d.write(indent+format+"\n", words...)
	}
	switch kind := d.pick("step", kinds...); kind {
	case "send":
		line("- send: {template: %s}", d.pick("template", "mail", "mail", "mail", "refused"))
	case "wait":
		line("- wait: %s", d.pick("wait", drawnWaits...))
	case "until":
		line("- until: %s", d.pick("until", `customer.last_seen + duration("30h")`, `customer.phase_since + duration("50h")`, `now - duration("1h")`))
	case "set":
		line("- set: {%s}", d.pick("set", "tier: 1", "tier: 2", "tier: null", `tier: "= customer.orders + 0"`))
	case "task":
		line("- task: {title: Call, due: 1d}")
	case "webhook":
		line("- webhook: {url: 'https://example.com/hook'}")
	case "ask":
		line("- ask: {template: mail, question: How, scale: 0-10}")
	case "waitFor":
		line("- waitFor: {on: %s, for: %s%s}", d.pick("for", append(drawnEvents, SurveyAnswered)...), d.pick("time-out", "5h", "2d", "8d"), d.pick("filter", "", "", ", if: event.total > 40")+d.by(keyed))
		line("  do:")
		d.steps(indent+"    ", depth-1, keyed)
		if d.chance("else", 60) {
			line("  else:")
			d.steps(indent+"    ", depth-1, keyed)
		}
	case "branch":
		line("- branch:")
		line("    - if: '%s'", d.pick("arm", drawnConditions...))
		line("      do:")
		d.steps(indent+"        ", depth-1, keyed)
		if d.chance("else", 60) {
			line("  else:")
			d.steps(indent+"    ", depth-1, keyed)
		}
	case "split":
		line("- split:")
		for _, share := range []string{"30%", "70%"} {
			line("    - share: %s", share)
			line("      do:")
			d.steps(indent+"        ", depth-1, keyed)
		}
	}
}
