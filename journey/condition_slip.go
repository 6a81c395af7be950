package journey

import (
	"fmt"
	"slices"
	"strings"
)

// mistake is one thing that is wrong in an expression.
type mistake struct {
	at   int // in characters, from 0
	says string
}

// slips looks for what people who know no CEL write instead of it. It is asked only about expressions that CEL refuses, so it
// may take for a slip what could be right elsewhere.
type slips struct {
	pieces []piece
	found  []mistake
	said   map[int]bool // where the pieces stand about which something was said
}

// wordSlips are words that people write for signs.
var wordSlips = map[string]string{
	"and": "&&", "en": "&&", "or": "||", "of": "||", "not": "!", "niet": "!",
}

// infixSlips are words that people write between two values.
var infixSlips = map[string]string{
	"is": "write ==", "equals": "write ==", "contains": `write NAME.contains("TEXT")`, "includes": `write NAME.contains("TEXT")`,
	"startswith": `write NAME.startsWith("TEXT")`, "endswith": `write NAME.endsWith("TEXT")`,
	"matches": `write NAME.matches("PATTERN")`, "like": `write NAME.contains("TEXT")`,
	"between": "write two comparisons, such as x >= 1 && x <= 2", "then": "leave it out", "if": "leave it out",
	"when": "leave it out", "unless": "write !(...)", "xor": "write !=",
}

// signSlips are signs that people write for others.
var signSlips = map[string]string{
	"=": "==", "===": "==", "!==": "!=", "=<": "<=", "=>": ">=", "<>": "!=", "&": "&&", "|": "||", "≠": "!=", "≤": "<=", "≥": ">=",
}

// look finds the slips in an expression. Broken says that CEL could not even read it.
func look(all []piece, broken bool) []mistake {
	s := slips{pieces: all, said: map[int]bool{}}
	for i, t := range all {
		s.text(i)
		if !s.word(i) && broken && !s.said[t.at] {
			s.unread(i)
		}
	}
	if broken && len(s.found) == 0 {
		s.brackets()
	}
	if broken && len(s.found) == 0 {
		s.halves()
	}
	return s.found
}

func (s *slips) add(at piece, format string, args ...any) {
	s.found = append(s.found, mistake{at.at, fmt.Sprintf(format, args...)})
	s.said[at.at] = true
}

// piece returns a piece, also before the first and after the last one.
func (s *slips) piece(i int) piece {
	if i < 0 || i >= len(s.pieces) {
		return piece{kind: pieceNothing}
	}
	return s.pieces[i]
}

// text looks at a text that something is made of.
func (s *slips) text(i int) {
	if t := s.piece(i); t.kind == pieceText && s.piece(i-1).is("(") && s.piece(i+1).is(")") && !s.piece(i-3).is(".") {
		switch {
		case s.piece(i - 2).is("duration"):
			s.duration(t)
		case s.piece(i - 2).is("timestamp"):
			s.moment(t)
		}
	}
}

// word looks for words and signs that are written in another way, and answers whether the piece is one.
func (s *slips) word(i int) bool {
	t := s.piece(i)
	if sign := signSlips[t.text]; sign != "" && t.kind == pieceSign {
		s.add(t, "write %s instead of %s", sign, t.text)
		return true
	}
	sign := wordSlips[strings.ToLower(t.text)]
	if t.kind != pieceName || sign == "" || s.piece(i-1).is(".", "?") {
		return false
	}
	next := s.piece(i + 1)
	prefix, after := sign == "!", s.piece(i-1).ends() && !s.said[s.piece(i-1).at]
	if prefix != after && (next.begins() || next.is("(", "!", "[", "-")) {
		s.add(t, "write %s instead of %s", sign, t.text)
		return true
	}
	return false
}

// unread looks for what CEL cannot read at all.
func (s *slips) unread(i int) {
	t, before := s.piece(i), s.piece(i-1)
	switch {
	case t.kind == pieceQuoted:
		s.add(t, `texts stand in straight quotes, so write "%s"`, shorten(t.text))
	case t.kind == pieceOpen:
		s.add(t, "this quote is not closed")
	case t.is("€", "$", "£"):
		s.add(t, "write the amount without %s", t.text)
	case t.is("#"):
		s.add(t, "# means nothing here, and remarks stand outside of the condition")
	case t.is("%") && before.kind == pieceNumber && !s.piece(i+1).begins() && !s.piece(i+1).is("("):
		s.add(t, "a number has no %%, so write %s", before.text)
	case t.is(",") && s.decimal(i):
		s.add(before, "decimals stand behind a point, so write %s.%s", before.text, s.piece(i+1).text)
	case t.is("in") && s.piece(i+1).is("(") && !s.piece(i-1).is("."):
		s.add(s.piece(i+1), `a list stands in square brackets, so write in ["A", "B"]`)
	case t.begins() && before.ends() && !s.said[before.at]:
		s.adjacent(i)
	}
}

// decimal tells whether a comma stands in a number.
func (s *slips) decimal(i int) bool {
	before, after := s.piece(i-1), s.piece(i+1)
	return before.kind == pieceNumber && after.kind == pieceNumber && before.end == s.piece(i).at && after.at == s.piece(i).end &&
		!slices.ContainsFunc(s.pieces[:i], func(t piece) bool { return t.is("[", "{") })
}

// adjacent explains two values between which no sign stands.
func (s *slips) adjacent(i int) {
	t, before := s.piece(i), s.piece(i-1)
	infix := infixSlips[strings.ToLower(t.text)]
	switch {
	case before.kind == pieceText && before.end == t.at:
		s.add(before, "this text ends at the quote inside it, so put it in quotes of the other kind")
		for _, later := range s.pieces[i:] {
			s.said[later.at] = true
		}
	case t.kind == pieceName && infix != "":
		s.add(t, "%s means nothing here, so %s", t.text, infix)
	case infixSlips[strings.ToLower(before.text)] == "leave it out" && before.kind == pieceName:
		s.add(before, "%s means nothing here, so leave it out", before.text)
	case before.kind == pieceNumber && t.kind == pieceName:
		s.add(before, "%s", withUnit(before.text, t.text))
	case before.kind == pieceName && t.kind == pieceName && s.piece(i-2).is("."):
		s.add(s.piece(i-2), `a name with a space stands in brackets and quotes, so write ["%s"] without the point`, s.run(i-1))
	case before.kind == pieceName && t.kind == pieceName:
		s.add(before, `texts stand in quotes, so write "%s"`, s.run(i-1))
	default:
		s.add(t, "between %s and %s a sign is missing, such as == or &&", before.written(), t.written())
	}
}

// run returns the words from one on that belong together, and passes over them.
func (s *slips) run(from int) string {
	words := []string{s.piece(from).text}
	for i := from + 1; s.piece(i).kind == pieceName || s.piece(i).kind == pieceNumber; i++ {
		if _, sign := wordSlips[strings.ToLower(s.piece(i).text)]; sign {
			break
		}
		words = append(words, s.piece(i).text)
		s.said[s.piece(i).at] = true
	}
	return shorten(strings.Join(words, " "))
}

// written returns a piece as it is written, shortened.
func (t piece) written() string {
	if t.kind == pieceText {
		return `"` + shorten(onOneLine(t.text)) + `"`
	}
	return shorten(onOneLine(t.text))
}
