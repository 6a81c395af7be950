package journey

import (
	"fmt"
	"slices"
	"strings"
)

// longestSuggested is the longest word for which a correction is sought; it bounds the work on hostile input.
const longestSuggested = 40

// suggest returns a hint that names the known word closest to the given one, or "" when none is close or it is known.
func suggest(word string, known []string) string {
	if len(word) > longestSuggested || slices.Contains(known, word) {
		return ""
	}
	best, closest := min(2, (len(word)+1)/3)+1, ""
	for _, k := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(k)); d < best {
			best, closest = d, k
		}
	}
	if closest == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s?", closest)
}

// editDistance counts the letters to insert, remove, replace or swap with their neighbour to turn a into b.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		for j := 1; j <= len(to); j++ {
			replaced := rows[i-1][j-1]
			if from[i-1] != to[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}
