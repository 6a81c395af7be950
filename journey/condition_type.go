package journey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// typeWords says what kind of value a type of CEL is.
func typeWords(t string) string {
	switch {
	case t == "string":
		return "a text"
	case isNumber(t):
		return "a number"
	case t == "timestamp" || t == "google.protobuf.Timestamp":
		return "a moment"
	case t == "duration" || t == "google.protobuf.Duration":
		return "a length of time"
	case t == "bool":
		return "true or false"
	case t == "null" || t == "null_type":
		return "null"
	case strings.HasPrefix(t, "list"):
		return "a list"
	case strings.HasPrefix(t, "map"), strings.HasPrefix(t, "journey."):
		return "a group of values"
	}
	return "of type " + t
}

func isNumber(t string) bool { return t == "int" || t == "uint" || t == "double" }

// splitTypes cuts a list of types: "string, map(string, dyn)".
func splitTypes(text string) []string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "("), ")")
	var types []string
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			types = append(types, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(types, strings.TrimSpace(text[from:]))
}

// comparisons and computations are the functions that CEL has for signs.
var (
	comparisons  = map[string]string{"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
	computations = map[string]string{"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%"}
)

// mismatch explains values that do not go together.
func (x *explaining) mismatch(function string, types []string, place int) string {
	switch {
	case comparisons[function] != "" && len(types) == 2:
		return x.comparison(types[0], types[1], place)
	case computations[function] != "" && len(types) == 2:
		return x.computation(computations[function], types[0], types[1], place)
	case function == "!_" && isNumber(types[0]):
		return "! turns true and false around, and this is a number, so write == 0 behind it instead"
	case function == "!_":
		return fmt.Sprintf("! turns true and false around, and this is %s, so compare it with something", typeWords(types[0]))
	case function == "@in" && len(types) == 2 && types[1] == "string":
		return fmt.Sprintf(`in asks a list, so write in [%s], or .contains("...") for a part of a text`, itemsOf(x.piece(place+1)))
	case function == "@in" && len(types) == 2:
		return fmt.Sprintf("in asks whether a list has something, and cannot find %s in %s", typeWords(types[0]), typeWords(types[1]))
	case slices.Contains([]string{"contains", "startsWith", "endsWith", "matches", "lowerAscii", "upperAscii", "trim"}, function) && !x.piece(place-2).is("."):
		return fmt.Sprintf(`%s stands behind the text that it asks, so write %s`, function, x.behind(function, place))
	}
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = typeWords(t)
	}
	return fmt.Sprintf("%s cannot be used with %s", strings.Trim(function, "_@"), strings.Join(words, " and "))
}

// behind writes a function behind the text that stands first in its brackets.
func (x *explaining) behind(function string, open int) string {
	var of, rest strings.Builder
	into, depth := &of, 0
	for i := open + 1; i < len(x.pieces) && (depth > 0 || !x.piece(i).is(")")); i++ {
		t := x.piece(i)
		switch {
		case t.is("(", "["):
			depth++
		case t.is(")", "]"):
			depth--
		case t.is(",") && depth == 0 && into == &of:
			into = &rest
			continue
		}
		into.WriteString(t.written())
	}
	return fmt.Sprintf("%s.%s(%s)", of.String(), function, rest.String())
}

// itemsOf writes what stands in a text with commas as a list.
func itemsOf(t piece) string {
	if t.kind != pieceText {
		return `"A", "B"`
	}
	var items []string
	for item := range strings.SplitSeq(shorten(t.text), ",") {
		items = append(items, fmt.Sprintf("%q", strings.TrimSpace(item)))
	}
	return strings.Join(items, ", ")
}

// literal returns the one of the two values beside a sign that is written out as a text or number.
func (x *explaining) literal(place int) piece {
	for _, i := range []int{place + 1, place - 1} {
		if t := x.piece(i); t.kind == pieceText || t.kind == pieceNumber {
			return t
		}
	}
	return piece{kind: pieceNothing}
}

var writtenDate = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}\b`)

// comparison explains two values that cannot be compared. Place is that of the sign.
func (x *explaining) comparison(a, b string, place int) string {
	one, other := typeWords(a), typeWords(b)
	has := func(words string) bool { return one == words || other == words }
	literal := x.literal(place)
	what, instead := fmt.Sprintf("%s is compared with %s", one, other), ""
	switch {
	case has("a moment") && has("a text"):
		instead = asMoment(literal.text)
		if instead == "" && asDuration(literal.text) != "" {
			instead = "now - " + asDuration(literal.text)
		}
	case has("a moment") && has("a number") && literal.kind == pieceNumber:
		instead = asMoment(writtenDate.FindString(string([]rune(x.text)[literal.at:])))
	case has("a number") && isNumber(a) && isNumber(b):
		what, instead = "a whole number is compared with one that has decimals", withDecimals(literal.text)
	case has("a number") && has("a text") && literal.kind == pieceText:
		instead = plainNumber(literal.text)
	case has("a number") && has("a text") && literal.kind == pieceNumber:
		instead = fmt.Sprintf("%q", literal.text)
	case has("a list") && has("a number"):
		instead = "size(...) around the list"
	case has("true or false") && literal.kind == pieceText:
		instead = otherNames[strings.ToLower(literal.text)]
	case has("true or false") && has("a number") && (literal.text == "0" || literal.text == "1"):
		instead = map[string]string{"0": "false", "1": "true"}[literal.text]
	case has("a length of time") && has("a text"):
		instead = asDuration(literal.text)
	case has("a length of time") && has("a number") && literal.kind == pieceNumber:
		instead = inUnits(literal.text)
	}
	if instead == "" {
		return what
	}
	return what + ", so write " + instead
}

var (
	leadingNumber = regexp.MustCompile(`^-?\d+(\.\d+)?`)
	decimalComma  = regexp.MustCompile(`^(\d+),(\d{1,2})\b`)
)

// plainNumber returns the number that a text begins with; "" when it does not.
func plainNumber(text string) string {
	text = strings.TrimLeft(strings.TrimSpace(text), "€$£ ")
	text = decimalComma.ReplaceAllString(text, "$1.$2")
	if number := leadingNumber.FindString(text); number != "" {
		return number + " without quotes"
	}
	return "a number without quotes"
}

// withDecimals returns how a whole number is written among those with decimals.
func withDecimals(text string) string {
	if leadingNumber.FindString(text) == text && text != "" && !strings.Contains(text, ".") {
		return text + ".0"
	}
	return "double(...) around the whole one"
}

// inUnits offers a number of hours and of days as durations.
func inUnits(number string) string {
	hours, days := asDuration(number+"h"), asDuration(number+"d")
	if hours == "" || days == "" {
		return `a duration, such as duration("72h")`
	}
	return fmt.Sprintf("%s if these are hours or %s if these are days", hours, days)
}

// computation explains two values that cannot be added, or otherwise put together.
func (x *explaining) computation(sign, a, b string, place int) string {
	one, other := typeWords(a), typeWords(b)
	if isNumber(a) && isNumber(b) {
		if sign == "%" {
			return "% works with whole numbers only, so write int(...) around the other"
		}
		return fmt.Sprintf("%s does not put whole numbers together with those that have decimals, so write %s", sign, withDecimals(x.literal(place).text))
	}
	if one == "a moment" && (sign == "+" || sign == "-") {
		literal := x.piece(place + 1)
		instead := `duration("72h")`
		switch {
		case literal.kind == pieceText && asDuration(literal.text) != "":
			instead = asDuration(literal.text)
		case literal.kind == pieceNumber:
			instead = inUnits(literal.text)
		}
		return fmt.Sprintf("a moment is moved by a length of time, and this is %s, so write %s", other, instead)
	}
	return fmt.Sprintf("%s does not put %s together with %s", sign, one, other)
}
