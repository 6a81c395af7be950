package sendgrid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadEvents reads what was kept of the webhook's requests: their bodies one after the other, or the reports themselves, one
// JSON object after the other.
func ReadEvents(from io.Reader) ([]Event, error) {
	values := json.NewDecoder(from)
	var events []Event
	for n := 1; ; n++ {
		var value json.RawMessage
		if err := values.Decode(&value); errors.Is(err, io.EOF) {
			return events, nil
		} else if err != nil {
			return nil, fmt.Errorf("read reports: value %d: %w", n, err)
		}
		if bytes.HasPrefix(value, []byte("{")) {
			value = append(append([]byte("["), value...), ']')
		}
		some, err := ParseEvents(value)
		if err != nil {
			return nil, fmt.Errorf("read reports: value %d: %w", n, err)
		}
		events = append(events, some...)
	}
}
