package journey

import "strings"

// How many characters of the words of others a problem shows.
const (
	longestQuoted  = 40
	longestMessage = 300
)

// shorten cuts a text that is quoted in a message.
func shorten(text string) string {
	return cut(text, longestQuoted)
}

// onOneLine makes a message of others fit for a list of problems.
func onOneLine(message string) string {
	return cut(strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(message), longestMessage)
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// oneOf joins words for a message: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
