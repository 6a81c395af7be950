package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"klantreis/journey"
)

// consentText returns a text, or a number as a text, that an event gives with a statement; cut at what the ledger keeps.
func consentText(from map[string]any, name string) string {
	text := ""
	switch v := from[name].(type) {
	case string:
		text = v
	case float64:
		text = fmt.Sprint(v)
	}
	return cut(storableText(text), maxConsentText)
}

// cut returns at most so many bytes of a text, and no part of a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// consentSource is where a statement comes from: what its event says, or else how it was told.
func consentSource(event journey.Event, said journey.Statement) string {
	otherwise := "event"
	switch {
	case said.Trait:
		otherwise = "trait"
	case event.Imported:
		otherwise = "import"
	}
	if said.Trait {
		return otherwise
	}
	return cmp.Or(consentText(event.Properties, "source"), otherwise)
}

// proof is what proves a statement beside its event: what the sender gives as proof, the message that led to it, and the
// network address and browser that it came from, as keyed hashes. So it can be confirmed that it was they, and not found out
// who they are.
func (s *Store) proof(ctx context.Context, t tx, event journey.Event, from map[string]any) (string, error) {
	proof := map[string]any{}
	if given := from["proof"]; given != nil {
		if text, err := json.Marshal(given); err == nil && len(text) <= maxProof {
			proof["proof"] = given
		}
	}
	if id := consentText(from, "message_id"); id != "" {
		proof["message_id"] = id
	}
	for name, place := range map[string]string{"ip": "ip", "user_agent": "userAgent"} {
		text, _ := event.Context[place].(string)
		hash, err := s.keyed(ctx, t, text)
		if err != nil {
			return "", err
		}
		if hash != "" {
			proof[name] = hash
		}
	}
	if len(proof) == 0 {
		return "", nil
	}
	text, err := storableJSON(proof)
	if err != nil {
		return "", fmt.Errorf("encode the proof of a consent: %w", err)
	}
	return text, nil
}
