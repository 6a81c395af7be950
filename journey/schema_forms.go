package journey

import (
	"maps"
	"slices"
)

// The forms that values have. A pattern here is never stricter than the parser.

const (
	durationForm  = `^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$`
	timeOfDayForm = `^([01][0-9]|2[0-4]):[0-5][0-9]$`
	percentForm   = `^[0-9]{1,3}(\.[0-9]{1,6})?%$`
)

// definitions are the schemas that others name.
func definitions() properties {
	return properties{
		{key: "id", value: &schema{
			Description: "Small letters, digits and hyphens, beginning with a letter or digit.", Type: "string", Pattern: idPattern.String(),
		}},
		{key: "text", value: &schema{Description: "A text on one line.", Type: "string", MinLength: 1}},
		{key: "prose", value: &schema{Description: "A text that may have several lines.", Type: "string", MinLength: 1}},
		{key: "duration", value: &schema{
			Description: "Whole numbers with w, d, h, m or s, the largest first.", Type: "string", Pattern: durationForm, MinLength: 2,
			Examples: []any{"7d", "36h", "1d12h"},
		}},
		{key: "delay", value: &schema{
			Description: "A duration, or a point on the customer's calendar and clock.", Type: "string", MinLength: 2,
			Examples: []any{"7d", "2 months", "3 working days 10:00", "next tuesday 10:00", "10:00", "last day of month 09:00"},
		}},
		{key: "timeOfDay", value: &schema{
			Description: "Hours and minutes on the customer's clock, in quotes.", Type: "string", Pattern: timeOfDayForm,
			Examples: []any{"09:00", "21:30"},
		}},
		{key: "share", value: &schema{
			Description: "A part of a whole.", Examples: []any{"10%", 0.1},
			AnyOf: []*schema{{Type: "string", Pattern: percentForm}, fraction()},
		}},
		{key: "condition", value: &schema{
			Description: "A question in CEL about event, customer and now that has the answer yes or no.",
			AnyOf:       []*schema{{Type: "string", MinLength: 1, MaxLength: maxExpression}, {Type: "boolean"}},
			Examples:    []any{"event.total >= 10.0", `customer.phase == "care"`},
		}},
		{key: "expression", value: &schema{
			Description: "A value in CEL, computed from event, customer and now.", Type: "string", MinLength: 1, MaxLength: maxExpression,
			Examples: []any{"event.order_id"},
		}},
		{key: "event", value: &schema{
			Description: "The name of an event, exactly as the shop sends it.",
			AnyOf:       []*schema{among(knownEvents), {Type: "string", MinLength: 1}},
		}},
		{key: "events", value: oneOrMore(refer("event"), maxNames)},
		{key: "ids", value: oneOrMore(refer("id"), maxNames)},
		{key: "texts", value: oneOrMore(refer("prose"), maxNames)},
		{key: "classes", value: listOf(among(boundedClasses), maxNames)},
		{key: "days", value: listOf(dayNames(), daysOfWeek)},
		{key: "rule", value: ruleSchema()},
		{key: "steps", value: &schema{Type: "array", Items: refer("step"), MinItems: 1}},
		{key: "step", value: stepSchema()},
	}
}

func fraction() *schema {
	none, all := 0.0, 1.0
	return &schema{Type: "number", Minimum: &none, Maximum: &all}
}

// dayNames are the days of the week, which may be written in any case.
func dayNames() *schema {
	return &schema{AnyOf: []*schema{among(weekdayNames), {Type: "string", Pattern: `^[A-Za-z]{6,9}$`}}}
}

func scaleNames() []string { return slices.Sorted(maps.Keys(scales)) }
