package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func visit(days float64, context map[string]any) Event {
	e := told(days, TypePage, nil)
	e.Type, e.Context = TypePage, context
	return e
}

func TestLearnPlace(t *testing.T) {
	t.Parallel()
	device := visit(1, map[string]any{"timezone": "Europe/Paris", "location": map[string]any{"country": "fr"}})
	tests := map[string]struct {
		events            []Event
		timezone, country string
	}{
		"none":                {[]Event{visit(1, nil)}, "", ""},
		"device":              {[]Event{device, visit(2, nil)}, "Europe/Paris", "FR"},
		"newer device":        {[]Event{device, visit(2, map[string]any{"timezone": "UTC", "location": map[string]any{"country": "Belgium"}})}, "UTC", "Belgium"},
		"traits before":       {[]Event{identified(1, map[string]any{"timezone": "Europe/Rome", "country": "it"}), device}, "Europe/Rome", "IT"},
		"address before":      {[]Event{identified(1, map[string]any{"country": "it", "address": map[string]any{"country": " nl "}}), device}, "Europe/Paris", "NL"},
		"no texts":            {[]Event{device, identified(2, map[string]any{"timezone": 1.0, "country": true, "address": "here"}), visit(3, map[string]any{"timezone": nil, "location": "there"})}, "Europe/Paris", "FR"},
		"as context's traits": {[]Event{visit(1, map[string]any{"traits": map[string]any{"timezone": "UTC", "address": map[string]any{"country": "de"}}})}, "UTC", "DE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(tt.events...)
			require.Equal(t, tt.timezone, f.Timezone)
			require.Equal(t, tt.country, f.Country)
		})
	}
}
