package journey

// brackets looks for one without its counterpart.
func (s *slips) brackets() {
	counterpart := map[string]string{")": "(", "]": "[", "}": "{"}
	var open []piece
	for _, t := range s.pieces {
		switch {
		case t.is("(", "[", "{"):
			open = append(open, t)
		case !t.is(")", "]", "}"):
		case len(open) > 0 && open[len(open)-1].text == counterpart[t.text]:
			open = open[:len(open)-1]
		default:
			s.add(t, "nothing is open that this %s could close", t.text)
			return
		}
	}
	if len(open) > 0 {
		last := open[len(open)-1]
		s.add(last, "this %s is not closed", last.text)
	}
}

// halves looks for signs between which a value is missing.
func (s *slips) halves() {
	binary := func(t piece) bool {
		return t.is("==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "*", "/", "%", "in", ".")
	}
	for i := range s.pieces {
		t, before, next := s.piece(i), s.piece(i-1), s.piece(i+1)
		switch {
		case (binary(t) || t.is("-", "!")) && (next.kind == pieceNothing || next.is(")", "]", "}") || binary(next)):
			s.add(t, "something is missing behind %s", t.text)
			return
		case binary(t) && !before.ends() && !t.is("."):
			s.add(t, "something is missing before %s", t.text)
			return
		}
	}
}
