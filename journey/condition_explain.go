package journey

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
)

// mostMistakes is how many mistakes of one expression are told.
const mostMistakes = 5

// explaining says in the words of a map what CEL says of an expression.
type explaining struct {
	text     string
	pieces   []piece
	known    []string // the variables
	want     expressionType
	mistakes []mistake
}

// explain says what is wrong with an expression that CEL refuses, where, and what to write instead.
func explain(text string, in *cel.Env, issues *cel.Issues, want expressionType) string {
	x := &explaining{text: text, pieces: pieces(text), want: want}
	for _, variable := range in.Variables() {
		x.known = append(x.known, variable.Name())
	}
	broken := slices.ContainsFunc(issues.Errors(), isSyntax)
	x.mistakes = look(x.pieces, broken)
	switch {
	case broken && len(x.mistakes) == 0:
		x.add(x.unreadable(issues.Errors()[0]))
	case !broken:
		for _, e := range issues.Errors() {
			x.add(x.typed(e))
		}
	}
	return x.words()
}

// explainPlan says what is wrong with an expression that has a constant part which cannot be computed.
func explainPlan(text string, err error) string {
	x := &explaining{text: text, pieces: pieces(text)}
	if x.mistakes = look(x.pieces, false); len(x.mistakes) == 0 {
		return err.Error()
	}
	return x.words()
}

// isSyntax tells whether CEL could not read the expression.
func isSyntax(e *common.Error) bool {
	return strings.HasPrefix(e.Message, "Syntax error") || strings.HasPrefix(e.Message, "reserved identifier")
}

// add adds a mistake, unless something was said about the place already.
func (x *explaining) add(m mistake) {
	if m.says != "" && !slices.ContainsFunc(x.mistakes, func(other mistake) bool { return other.at == m.at }) {
		x.mistakes = append(x.mistakes, m)
	}
}

// words are all mistakes, in their order.
func (x *explaining) words() string {
	slices.SortStableFunc(x.mistakes, func(a, b mistake) int { return cmp.Compare(a.at, b.at) })
	var words []string
	for _, m := range x.mistakes[:min(len(x.mistakes), mostMistakes)] {
		words = append(words, fmt.Sprintf("%s (%s)", m.says, position(x.text, m.at)))
	}
	if more := len(x.mistakes) - mostMistakes; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, "; ")
}

// position says where a character stands.
func position(text string, at int) string {
	before := string([]rune(text)[:min(at, len([]rune(text)))])
	column := at - len([]rune(before[:strings.LastIndex(before, "\n")+1])) + 1
	if line := strings.Count(before, "\n") + 1; strings.Contains(strings.TrimSpace(text), "\n") {
		return fmt.Sprintf("line %d, column %d", line, column)
	}
	return fmt.Sprintf("column %d", column)
}

// charactersTo counts the characters before a place.
func charactersTo(text string, place common.Location) int {
	at := place.Column()
	for i, line := range strings.Split(text, "\n") {
		if i+1 >= place.Line() {
			break
		}
		at += len([]rune(line)) + 1
	}
	return max(at, 0)
}

// place returns the index of the piece that stands at a character or behind it.
func (x *explaining) place(at int) int {
	for i, t := range x.pieces {
		if t.end > at {
			return i
		}
	}
	return len(x.pieces)
}

// piece returns a piece, also before the first and after the last one.
func (x *explaining) piece(i int) piece {
	return (&slips{pieces: x.pieces}).piece(i)
}

// unreadable says where CEL stopped reading.
func (x *explaining) unreadable(e *common.Error) mistake {
	at := charactersTo(x.text, e.Location)
	t := x.piece(x.place(at))
	switch {
	case len(x.pieces) == 0:
		return mistake{0, "there is nothing in it"}
	case t.kind == pieceNothing:
		return mistake{at, "it breaks off"}
	}
	return mistake{t.at, "it cannot be read from " + t.written() + " on"}
}

var (
	undefinedField = regexp.MustCompile(`^undefined field '(.+)'$`)
	undeclared     = regexp.MustCompile(`^undeclared reference to '([^']+)'`)
	noOverload     = regexp.MustCompile(`^found no matching overload for '([^']+)' applied to '(.*)'$`)
	expectedType   = regexp.MustCompile(`^expected type 'bool' but found '(.+)'$`)
)

// typed explains an error of an expression that could be read.
func (x *explaining) typed(e *common.Error) mistake {
	at := charactersTo(x.text, e.Location)
	if match := undefinedField.FindStringSubmatch(e.Message); match != nil {
		return mistake{at, x.noField(match[1], x.place(at))}
	}
	if match := undeclared.FindStringSubmatch(e.Message); match != nil {
		return x.unknown(match[1], x.place(at))
	}
	if match := noOverload.FindStringSubmatch(e.Message); match != nil {
		return mistake{at, x.mismatch(match[1], splitTypes(match[2]), x.place(at))}
	}
	if match := expectedType.FindStringSubmatch(e.Message); match != nil {
		return mistake{at, fmt.Sprintf("on each side of && and || stands a whole question, and this is %s, so write it with its comparison: a == 1 || a == 2", typeWords(match[1]))}
	}
	if strings.Contains(e.Message, "has() macro") {
		return mistake{at, "has asks for one thing of something, such as has(event.coupon)"}
	}
	return mistake{at, onOneLine(e.Message)}
}
