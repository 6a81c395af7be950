package journey

import (
	"strings"
	"unicode"
)

// pieceKind says what a word of an expression is.
type pieceKind int

const (
	pieceName    pieceKind = iota // event, orders, and
	pieceNumber                   // 50, 2.5
	pieceText                     // "care"
	pieceQuoted                   // a text in quotes that CEL does not know, such as “care”
	pieceOpen                     // a text whose quotes are not closed
	pieceSign                     // ==, (
	pieceNothing                  // before the first and after the last one
)

// piece is one word of an expression, as an author who knows no CEL may have written it.
type piece struct {
	kind pieceKind
	text string // as it is written; of a text, what stands in the quotes
	at   int    // in characters, from 0
	end  int    // where it ends
}

// signs are those of more than one character, the longer ones first. Some are not CEL's: they are what people write for
// those that are.
var signs = []string{"===", "!==", "==", "!=", "<=", ">=", "&&", "||", "=<", "=>", "<>"}

// oddQuotes are the quotes that word processors make, with those that close them.
var oddQuotes = map[rune]string{'“': "”“", '”': "”", '„': "”“", '‘': "’‘", '’': "’", '«': "»", '`': "`"}

// pieces cuts an expression into words. It reads anything.
func pieces(text string) []piece {
	l := lexer{chars: []rune(text)}
	for l.at < len(l.chars) {
		l.next()
	}
	return l.pieces
}

type lexer struct {
	chars  []rune
	at     int
	pieces []piece
}

func (l *lexer) next() {
	c := l.chars[l.at]
	switch {
	case unicode.IsSpace(c):
		l.at++
	case l.sees("//"):
		for l.at < len(l.chars) && l.chars[l.at] != '\n' {
			l.at++
		}
	case c == '"' || c == '\'':
		l.quoted(l.at, string(c), pieceText)
	case oddQuotes[c] != "":
		l.quoted(l.at, oddQuotes[c], pieceQuoted)
	case unicode.IsDigit(c):
		l.number()
	case unicode.IsLetter(c) || c == '_':
		l.name()
	default:
		l.sign()
	}
}

func (l *lexer) sees(text string) bool {
	return l.at+len(text) <= len(l.chars) && string(l.chars[l.at:l.at+len(text)]) == text
}

func (l *lexer) add(kind pieceKind, text string, at int) {
	l.pieces = append(l.pieces, piece{kind, text, at, l.at})
}

// quoted reads a text up to one of the quotes that close it.
func (l *lexer) quoted(at int, closing string, kind pieceKind) {
	if triple := strings.Repeat(closing, 3); kind == pieceText && l.sees(triple) {
		l.triple(at, triple)
		return
	}
	l.at++
	for from := l.at; l.at < len(l.chars); l.at++ {
		switch c := l.chars[l.at]; {
		case c == '\\' && kind == pieceText:
			l.at++
		case strings.ContainsRune(closing, c):
			l.at++
			l.add(kind, string(l.chars[from:l.at-1]), at)
			return
		}
	}
	l.at = len(l.chars)
	l.add(pieceOpen, string(l.chars[at:]), at)
}

// triple reads a text in three quotes.
func (l *lexer) triple(at int, closing string) {
	l.at += 3
	for from := l.at; l.at < len(l.chars); l.at++ {
		if l.sees(closing) {
			l.at += 3
			l.add(pieceText, string(l.chars[from:l.at-3]), at)
			return
		}
	}
	l.add(pieceOpen, string(l.chars[at:]), at)
}

// number reads a number; letters behind it are a word of their own, unless CEL knows such numbers: 1e6, 0xff, 5u.
func (l *lexer) number() {
	at := l.at
	digits := func() {
		for l.at < len(l.chars) && unicode.IsDigit(l.chars[l.at]) {
			l.at++
		}
	}
	digits()
	if l.digitAfter(1) && l.chars[l.at] == '.' {
		l.at++
		digits()
	}
	if l.digitAfter(1) && strings.ContainsRune("eExX", l.chars[l.at]) {
		l.at++
		digits()
	}
	l.add(pieceNumber, string(l.chars[at:l.at]), at)
}

func (l *lexer) digitAfter(n int) bool {
	return l.at+n < len(l.chars) && unicode.IsDigit(l.chars[l.at+n])
}

func (l *lexer) name() {
	at := l.at
	for l.at < len(l.chars) && (unicode.IsLetter(l.chars[l.at]) || unicode.IsDigit(l.chars[l.at]) || l.chars[l.at] == '_') {
		l.at++
	}
	name := string(l.chars[at:l.at])
	if l.at < len(l.chars) && (l.chars[l.at] == '"' || l.chars[l.at] == '\'') && strings.Trim(strings.ToLower(name), "rb") == "" {
		l.quoted(at, string(l.chars[l.at]), pieceText) // r"raw", b"bytes"
		return
	}
	l.add(pieceName, name, at)
}

func (l *lexer) sign() {
	at := l.at
	for _, sign := range signs {
		if l.sees(sign) {
			l.at += len(sign)
			l.add(pieceSign, sign, at)
			return
		}
	}
	l.at++
	l.add(pieceSign, string(l.chars[at]), at)
}

// is tells whether the piece is one of the signs or names.
func (t piece) is(texts ...string) bool {
	for _, text := range texts {
		if (t.kind == pieceSign || t.kind == pieceName) && t.text == text {
			return true
		}
	}
	return false
}

// begins tells whether a value can begin with the piece, and ends whether one can end with it.
func (t piece) begins() bool {
	return t.kind <= pieceQuoted && !t.is("in")
}

func (t piece) ends() bool {
	return t.begins() || t.is(")", "]", "}")
}
