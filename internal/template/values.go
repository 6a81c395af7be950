package template

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// exactInts is the range in which every whole float64 is exact.
const exactInts = 1 << 53

// clean copies data into the few types that Liquid handles well. Whole numbers become int, since Liquid would write the
// order number 12345678 of a JSON document as 1.2345678e+07, and takes no other type as a limit of a loop.
func clean(v any) any {
	switch v := v.(type) {
	case nil, bool, int, string, time.Time:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < exactInts {
			return int(v)
		}
		return v
	case json.Number:
		return cleanNumber(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = clean(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clean(item)
		}
		return out
	default:
		return cleanOther(reflect.ValueOf(v))
	}
}

func cleanNumber(n json.Number) any {
	if i, err := strconv.Atoi(n.String()); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil {
		return clean(f)
	}
	return n.String()
}

// cleanOther takes the types that JSON does not produce but Go code may. Structs become text, because Liquid would offer
// their methods to the templates.
func cleanOther(v reflect.Value) any {
	switch {
	case v.CanInt():
		return int(v.Int())
	case v.CanUint():
		return clean(float64(v.Uint()))
	case v.CanFloat():
		return clean(v.Float())
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.String:
		return v.String()
	case reflect.Slice, reflect.Array:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = clean(v.Index(i).Interface())
		}
		return out
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for key, item := range v.Seq2() {
			out[fmt.Sprint(key)] = clean(item.Interface())
		}
		return out
	default:
		return fmt.Sprint(v)
	}
}

// plain is the text of a value.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return plainFloat(v)
	case []string:
		return strings.Join(v, "")
	case []any:
		var b strings.Builder
		for _, item := range v {
			b.WriteString(plain(item))
		}
		return b.String()
	case map[string]any:
		// The keys of JSON are sorted, so that two renderings never differ.
		text, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(text)
	case time.Time:
		return v.Format(time.RFC3339)
	default:
		return fmt.Sprint(v)
	}
}

// plainFloat writes a number without exponent, and without the noise of binary fractions: 0.1 + 0.2 is 0.3.
func plainFloat(f float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		rounded = f
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
