package journey

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// noField explains a field that does not exist: customer has some, and so have orders, lines and campaigns.
func (x *explaining) noField(field string, point int) string {
	owner := x.piece(point - 1)
	known, of := fieldsOf(reflect.TypeFor[Order](), reflect.TypeFor[Line](), reflect.TypeFor[Refund]()), owner.text
	hint := ""
	switch {
	case owner.is("customer"):
		known = fieldsOf(reflect.TypeFor[Customer]())
		hint = "what the shop told about the customer is in customer.traits." + field
	case owner.is("product"):
		known = fieldsOf(reflect.TypeFor[Line]())
	case owner.is("first_campaign", "last_campaign"):
		known = fieldsOf(reflect.TypeFor[Campaign]())
	case owner.kind != pieceName:
		of = "that"
	}
	text := fmt.Sprintf("%s has no field %s", shorten(of), shorten(field))
	if suggested := suggest(field, known); suggested != "" {
		hint = suggested
	}
	if hint != "" {
		text += ", " + hint
	}
	return text
}

// fieldsOf returns the names of the fields of types, as expressions know them.
func fieldsOf(types ...reflect.Type) []string {
	var names []string
	for _, t := range types {
		for _, field := range reflect.VisibleFields(t) {
			if name := field.Tag.Get("cel"); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// knownFunctions are the functions of expressions that a map may want.
var knownFunctions = []string{
	"has", "size", "contains", "startsWith", "endsWith", "matches", "lowerAscii", "upperAscii", "trim", "split", "substring", "indexOf",
	"charAt", "reverse", "all", "exists", "exists_one", "filter", "map", "duration", "timestamp", "int", "double", "string", "bool",
	"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getHours", "getMinutes", "getSeconds", "orValue",
}

// otherNames are what people write for what is called otherwise.
var otherNames = map[string]string{
	"today": "now", "vandaag": "now", "nu": "now", "yes": "true", "ja": "true", "no": "false", "nee": "false", "null": "null", "nil": "null",
	"none": "null", "true": "true", "false": "false",
}

// otherFunctions are what people call functions that have another name.
var otherFunctions = map[string]string{
	"date": "timestamp", "datetime": "timestamp", "todate": "timestamp", "lower": "lowerAscii", "lowercase": "lowerAscii", "tolower": "lowerAscii",
	"tolowercase": "lowerAscii", "upper": "upperAscii", "uppercase": "upperAscii", "toupper": "upperAscii", "touppercase": "upperAscii",
	"length": "size", "len": "size", "count": "size", "number": "double", "float": "double", "text": "string", "str": "string",
	"includes": "contains", "any": "exists", "some": "exists", "every": "all", "days": "duration", "hours": "duration",
}

// unknown explains a name that means nothing.
func (x *explaining) unknown(name string, place int) mistake {
	if x.piece(place).is("(") {
		t := x.piece(place - 1)
		return mistake{t.at, x.unknownFunction(name, place)}
	}
	t := x.piece(place)
	before, next := x.piece(place-1), x.piece(place+1)
	lower := strings.ToLower(name)
	switch fields := fieldsOf(reflect.TypeFor[Customer]()); {
	case x.piece(place-2).is("exists", "all", "filter", "map", "exists_one"):
		of := x.piece(place - 2)
		return mistake{of.at, fmt.Sprintf("%s takes a name and a question about it, such as %s(x, x.price > 10.0)", of.text, of.text)}
	case before.is("-") && before.at == x.piece(place-2).end && before.end == t.at && x.piece(place-2).kind == pieceName && x.piece(place-3).is("."):
		start := x.piece(place - 2)
		return mistake{start.at, fmt.Sprintf(`a name with a hyphen stands in brackets and quotes, so write ["%s-%s"] without the point`, shorten(start.text), shorten(name))}
	case otherNames[lower] != "":
		return mistake{t.at, fmt.Sprintf("write %s instead of %s", otherNames[lower], name)}
	case name == "product", name == "customer", name == "event", name == "now":
		return mistake{t.at, fmt.Sprintf("%s is not known here, where only %s can be asked about", name, oneOf(x.known))}
	case slices.Contains(fields, name) && slices.Contains(x.known, "customer"):
		return mistake{t.at, fmt.Sprintf("%s is not known by itself, so write customer.%s", name, name)}
	case x.want == yieldsKey && len(x.pieces) == 1:
		return mistake{t.at, fmt.Sprintf("%s is not known by itself, so write event.%s", shorten(name), shorten(name))}
	case next.is("."):
		return mistake{t.at, fmt.Sprintf("%s is not known, %s", shorten(name), cmp.Or(suggest(name, x.known), "write "+oneOf(x.known)))}
	}
	return mistake{t.at, fmt.Sprintf(`%s is not known, so put it in quotes when it is a text: "%s"`, shorten(name), shorten(name))}
}

// unknownFunction explains a function that does not exist.
func (x *explaining) unknownFunction(name string, open int) string {
	lower := strings.ToLower(name)
	switch {
	case x.piece(open-2).is(".") && name == "has":
		return "has stands before what it asks for, so write has(event.coupon)"
	case name == "now":
		return "now has no brackets, so write now"
	case name == "exists" && !x.piece(open-2).is("."):
		return "exists is asked of a list, and whether something is there at all with has, such as has(event.coupon)"
	case name == "exists" || name == "all" || name == "filter" || name == "map" || name == "exists_one":
		return fmt.Sprintf("%s takes a name and a question about it, such as %s(x, x.price > 10.0)", name, name)
	case otherFunctions[lower] != "":
		return fmt.Sprintf("there is no function %s, write %s", shorten(name), otherFunctions[lower])
	}
	text := "there is no function " + shorten(name)
	if hint := suggest(name, knownFunctions); hint != "" {
		text += ", " + hint
	}
	return text
}
