package journey

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// vars are what one evaluation sees.
type vars struct {
	event    map[string]any
	customer *Customer
	now      time.Time
}

// ResolveName implements cel's activation without building a map.
func (v *vars) ResolveName(name string) (any, bool) {
	switch name {
	case "event":
		if v.event == nil {
			return map[string]any{}, true
		}
		return v.event, true
	case "customer":
		return v.customer, true
	case "now":
		return v.now, true
	}
	return nil, false
}

// Parent implements cel's activation.
func (v *vars) Parent() cel.Activation { return nil }

// holds evaluates a condition. An empty one holds.
func (m *Map) holds(text string, v *vars) (bool, error) {
	if text == "" {
		return true, nil
	}
	value, err := m.eval(text, v)
	if err != nil {
		return false, err
	}
	yes, ok := value.Value().(bool)
	if !ok {
		return false, fmt.Errorf("condition %q: is of type %s, not true or false", text, value.Type().TypeName())
	}
	return yes, nil
}

// instant evaluates an expression that yields a timestamp.
func (m *Map) instant(text string, v *vars) (time.Time, error) {
	value, err := m.eval(text, v)
	if err != nil {
		return time.Time{}, err
	}
	switch at := value.(type) {
	case types.Timestamp:
		return at.UTC(), nil
	case types.String:
		parsed, err := time.Parse(time.RFC3339, string(at))
		if err != nil {
			return time.Time{}, fmt.Errorf("expression %q: is not a timestamp", text)
		}
		return parsed.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("expression %q: is of type %s, not a timestamp", text, value.Type().TypeName())
}

// number evaluates an expression that yields a number. A text that is a number counts as one.
func (m *Map) number(text string, v *vars) (float64, error) {
	value, err := m.eval(text, v)
	if err != nil {
		return 0, err
	}
	var number float64
	switch n := value.(type) {
	case types.Double:
		number = float64(n)
	case types.Int:
		number = float64(n)
	case types.Uint:
		number = float64(n)
	case types.String:
		number, err = strconv.ParseFloat(string(n), 64)
	default:
		err = fmt.Errorf("is of type %s", value.Type().TypeName())
	}
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return 0, fmt.Errorf("expression %q: is not a number", text)
	}
	return number, nil
}

// longestKey is how many bytes a key may have. A longer one, or one with a zero byte, is none: no database indexes it.
const longestKey = 256

// key evaluates a key. It answers "" when the event lacks it. A number and the same number as text are one key.
func (m *Map) key(text string, v *vars) string {
	value, err := m.eval(text, v)
	if err != nil {
		return ""
	}
	switch k := value.Value().(type) {
	case string:
		if len(k) > longestKey || strings.ContainsRune(k, 0) {
			return ""
		}
		return k
	case int64:
		return strconv.FormatInt(k, 10)
	case uint64:
		return strconv.FormatUint(k, 10)
	case float64:
		if k == math.Trunc(k) && math.Abs(k) < 1<<53 {
			return strconv.FormatInt(int64(k), 10)
		}
		return strconv.FormatFloat(k, 'g', -1, 64)
	}
	return ""
}

func (m *Map) eval(text string, v *vars) (ref.Val, error) {
	program, ok := m.compiled.programs[text]
	if !ok {
		return nil, fmt.Errorf("expression %q was not compiled", text)
	}
	value, _, err := program.Eval(v)
	if err != nil {
		// CEL may quote the value that it could not use. A decision must not repeat what may be personal data.
		fault, _, _ := strings.Cut(err.Error(), ` "`)
		return nil, fmt.Errorf("expression %q: %s", text, fault)
	}
	return value, nil
}
