package journey

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

// longestText is how many bytes of a text are remembered where only its beginning matters.
const longestText = 100

// truncate returns the text with at most longestText bytes, and no half characters at its end.
func truncate(text string) string {
	if len(text) <= longestText {
		return text
	}
	end := longestText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// appendBounded returns a list of its own with the item at its end and at most limit items; the first ones give way.
func appendBounded[T any](list []T, item T, limit int) []T {
	list = append(slices.Clone(list), item)
	return list[max(0, len(list)-limit):]
}

// with returns a map of its own that has the entry. When it would have more than limit entries, the one with the earliest
// instant gives way; of several, the first by name.
func with[K ~string, V any](m map[K]V, name K, value V, limit int, at func(V) time.Time) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = make(map[K]V, 1)
	}
	m[name] = value
	if len(m) <= limit {
		return m
	}
	first, found := name, false
	for k, v := range m {
		if c := at(v).Compare(at(m[first])); !found || c < 0 || c == 0 && k < first {
			first, found = k, true
		}
	}
	delete(m, first)
	return m
}
