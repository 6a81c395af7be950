package journey

import "strings"

// changesPlace tells whether an event says where the customer lives. What their browser says with every page does not count:
// it is read with the next event that matters.
func changesPlace(e Event) bool {
	within, _ := e.Context["traits"].(map[string]any)
	for _, trait := range []string{"timezone", "address", "country"} {
		if e.Type == TypeIdentify && e.Traits[trait] != nil || within[trait] != nil {
			return true
		}
	}
	return false
}

// locale takes the customer's own choice before what their browser says.
func locale(f Facts, e Event) string {
	return firstText(f.Traits["locale"], e.Context["locale"], f.Locale)
}

// timezone takes the customer's own choice before what their device says.
func timezone(f Facts, e Event) string {
	return truncate(firstText(f.Traits["timezone"], e.Context["timezone"], f.Timezone))
}

// country takes the customer's address before where their device seems to be.
func country(f Facts, e Event) string {
	address, _ := f.Traits["address"].(map[string]any)
	location, _ := e.Context["location"].(map[string]any)
	found := truncate(strings.TrimSpace(firstText(address["country"], f.Traits["country"], location["country"], f.Country)))
	if len(found) == len("NL") {
		return strings.ToUpper(found)
	}
	return found
}

// firstText returns the first value that is a text and not empty, or "".
func firstText(values ...any) string {
	for _, v := range values {
		if text, ok := v.(string); ok && text != "" {
			return text
		}
	}
	return ""
}
