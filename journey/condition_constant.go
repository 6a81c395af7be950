package journey

import (
	"fmt"
	"regexp"
	"slices"
)

var propertyName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// asksAnything tells whether an expression asks about the event, the customer or the time. Any other has one answer for all.
func asksAnything(text string) bool {
	return slices.ContainsFunc(pieces(text), func(t piece) bool { return t.is("event", "customer", "now") })
}

// computes tells whether a text is an expression.
func computes(text string) bool {
	_, err := compileExpression(environment, text, yieldsAny)
	return err == nil
}

// sameForAll says what is wrong with a key that is the same for every event: all of them would be about one thing, of which
// only the first counts.
func sameForAll(text string) string {
	instead := "event.order_id"
	if all := pieces(text); len(all) == 1 && all[0].kind == pieceText && propertyName.MatchString(all[0].text) {
		instead = "event." + shorten(all[0].text)
	}
	return fmt.Sprintf("is the same for every event, so it tells none apart: write %s", instead)
}
