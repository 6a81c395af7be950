package journey

import (
	"cmp"
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

// with returns a map of its own that has the entry, and at most limit entries, see forget.
func with[K ~string, V any](m map[K]V, name K, value V, limit int, at func(V) time.Time) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = make(map[K]V, 1)
	}
	m[name] = value
	forget(m, limit, at)
	return m
}

// forget takes entries from the map until it has at most limit: those with the earliest instants; of several, the first by
// name.
func forget[K ~string, V any](m map[K]V, limit int, at func(V) time.Time) {
	over := len(m) - limit
	if over <= 0 {
		return
	}
	names := slices.SortedFunc(maps.Keys(m), func(a, b K) int {
		return cmp.Or(at(m[a]).Compare(at(m[b])), cmp.Compare(a, b))
	})
	for _, name := range names[:over] {
		delete(m, name)
	}
}
