package store

import (
	"encoding/json"
	"slices"
	"strings"

	"klantreis/activities"
	"klantreis/journey"
)

// PostgreSQL refuses NUL and broken UTF-8 in text. One event with either must not fail the batch of others, nor a later
// decision that takes a key from it, so that both are replaced before anything is stored, in every database alike.

// storable returns the event with ids and names that every database can hold.
func storable(event journey.Event) journey.Event {
	for _, text := range []*string{
		&event.MessageID, &event.Type, &event.Name, &event.UserID, &event.AnonymousID, &event.PreviousID, &event.GroupID,
	} {
		*text = storableText(*text)
	}
	return event
}

// storableReports returns the reports with texts that every database can hold. Those of others come with ours, in the same
// request, and may say anything.
func storableReports(reports []activities.Report) []activities.Report {
	clean := slices.Clone(reports)
	for i := range clean {
		r := &clean[i]
		for _, text := range []*string{&r.ID, &r.MessageID, &r.SendKey, &r.CustomerID, &r.Touchpoint, &r.Detail, &r.URL, &r.Address} {
			*text = storableText(*text)
		}
	}
	return clean
}

func storableText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// storableJSON encodes a value so that no text in it holds what storableText would replace. Encoding itself takes care of
// broken UTF-8, and NUL is rare enough to encode twice.
func storableJSON(value map[string]any) (string, error) {
	text, err := json.Marshal(value)
	if err != nil || !strings.Contains(string(text), `\u0000`) {
		return string(text), err
	}
	var decoded any
	if err := json.Unmarshal(text, &decoded); err != nil {
		return "", err
	}
	text, err = json.Marshal(withoutNUL(decoded))
	return string(text), err
}

func withoutNUL(value any) any {
	switch value := value.(type) {
	case string:
		return storableText(value)
	case []any:
		for i := range value {
			value[i] = withoutNUL(value[i])
		}
	case map[string]any:
		clean := make(map[string]any, len(value))
		for name, part := range value {
			clean[storableText(name)] = withoutNUL(part)
		}
		return clean
	}
	return value
}
