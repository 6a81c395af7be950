package journey

import (
	"math"
	"strconv"
	"strings"
)

func propertyText(e Event, name string) string {
	return text(e.Properties[name])
}

// text returns a text, or a number as a text; "" for anything else.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// number returns a number, or a text that is one; false for anything else, and for what is not finite.
func number(value any) (float64, bool) {
	var n float64
	switch v := value.(type) {
	case float64:
		n = v
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return 0, false
		}
		n = parsed
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

// finiteSum returns the sum, or a where the sum is none that could be written.
func finiteSum(a, b float64) float64 {
	if sum := a + b; !math.IsInf(sum, 0) && !math.IsNaN(sum) {
		return sum
	}
	return a
}
