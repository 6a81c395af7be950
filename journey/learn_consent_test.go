package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func identified(days float64, traits map[string]any) Event {
	e := told(days, TypeIdentify, nil)
	e.Type, e.Traits = TypeIdentify, traits
	return e
}

func TestStatements(t *testing.T) {
	t.Parallel()
	given, withdrawn := told(1, ConsentGiven, nil), told(1, ConsentWithdrawn, nil)
	of := func(e Event, properties map[string]any) Event { e.Properties = properties; return e }
	tests := map[string]struct {
		event Event
		want  []Statement
	}{
		"another event":            {told(1, "Order Completed", map[string]any{"class": "marketing"}), nil},
		"a request says nothing":   {told(1, ConsentRequested, map[string]any{"class": "marketing"}), nil},
		"all classes":              {given, []Statement{{Class: Service, Given: true}, {Class: Marketing, Given: true}}},
		"a class once":             {of(given, map[string]any{"class": "marketing", "classes": []any{"Marketing"}}), []Statement{{Class: Marketing, Given: true}}},
		"confirmed":                {of(given, map[string]any{"class": "marketing", "confirmed": true}), []Statement{{Class: Marketing, Given: true, Confirmed: true}}},
		"confirmed, but not truly": {of(given, map[string]any{"class": "marketing", "confirmed": "true"}), []Statement{{Class: Marketing, Given: true}}},
		"objections are not":       {of(withdrawn, map[string]any{"class": "marketing", "confirmed": true}), []Statement{{Class: Marketing}}},
		"a topic alone":            {of(withdrawn, map[string]any{"topic": "tips", "class": "marketing"}), []Statement{{Topic: "tips"}}},
		"topics":                   {of(given, map[string]any{"topics": []any{"tips", " offers ", "tips", 7.0}}), []Statement{{Topic: "tips", Given: true}, {Topic: "offers", Given: true}}},
		"what is no topic":         {of(withdrawn, map[string]any{"topic": "Not an id!"}), []Statement{{Class: Service}, {Class: Marketing}}},
		"traits":                   {identified(1, map[string]any{"marketing_consent": false}), []Statement{{Class: Marketing, Trait: true}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.event.Statements())
		})
	}
}

func TestLearnConsent(t *testing.T) {
	t.Parallel()
	given := func(days float64, properties map[string]any) Event { return told(days, ConsentGiven, properties) }
	withdrawn := func(days float64, properties map[string]any) Event { return told(days, ConsentWithdrawn, properties) }
	marketing := map[string]any{"class": "marketing"}
	tests := map[string]struct {
		events []Event
		want   string // service, marketing: + given, - withdrawn, ? unknown
	}{
		"nothing said":                         {nil, "??"},
		"one class":                            {[]Event{given(1, marketing)}, "?+"},
		"no class is all":                      {[]Event{given(1, nil)}, "++"},
		"all":                                  {[]Event{withdrawn(1, map[string]any{"class": "ALL"})}, "--"},
		"list":                                 {[]Event{given(1, map[string]any{"classes": []any{"service", "Marketing ", 7.0}})}, "++"},
		"list with all":                        {[]Event{given(1, map[string]any{"classes": []any{"all"}})}, "++"},
		"class as classes":                     {[]Event{given(1, map[string]any{"classes": "service"})}, "+?"},
		"unknown class given":                  {[]Event{given(1, map[string]any{"class": "newsletter"})}, "??"},
		"unknown class withdrawn":              {[]Event{given(1, nil), withdrawn(2, map[string]any{"class": "newsletter"})}, "--"},
		"no text withdrawn":                    {[]Event{given(1, nil), withdrawn(2, map[string]any{"classes": []any{}})}, "--"},
		"transactional is not asked":           {[]Event{given(1, map[string]any{"class": "transactional"})}, "??"},
		"newest wins":                          {[]Event{given(1, nil), withdrawn(2, marketing), given(3, marketing)}, "++"},
		"late consent":                         {[]Event{withdrawn(2, marketing), given(1, marketing)}, "?-"},
		"late objection":                       {[]Event{given(2, marketing), withdrawn(1, marketing)}, "?+"},
		"tie":                                  {[]Event{withdrawn(1, marketing), given(1, marketing)}, "?-"},
		"tie, the other way about":             {[]Event{given(1, marketing), withdrawn(1, marketing)}, "?-"},
		"traits":                               {[]Event{identified(1, map[string]any{"service_consent": true, "marketing_consent": false})}, "+-"},
		"trait that is no truth":               {[]Event{identified(1, map[string]any{"marketing_consent": "true"})}, "??"},
		"repeated trait is no new consent":     {[]Event{identified(1, map[string]any{"marketing_consent": true}), withdrawn(2, nil), identified(3, map[string]any{"marketing_consent": true})}, "--"},
		"changed trait is":                     {[]Event{identified(1, map[string]any{"marketing_consent": false}), identified(3, map[string]any{"marketing_consent": true})}, "?+"},
		"repeated objection is a new one":      {[]Event{identified(1, map[string]any{"marketing_consent": false}), given(2, marketing), identified(3, map[string]any{"marketing_consent": false})}, "?-"},
		"traits of a context are no statement": {[]Event{visit(1, map[string]any{"traits": map[string]any{"marketing_consent": true}})}, "??"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := learnAll(tt.events...)
			got := ""
			for _, class := range askedClasses {
				switch given, known := f.Consent(class); {
				case !known:
					got += "?"
				case given:
					got += "+"
				default:
					got += "-"
				}
			}
			require.Equal(t, tt.want, got)
			require.Len(t, consentView(&f), len(f.Consents))
			for class, given := range consentView(&f) {
				require.Equal(t, f.Consents[Class(class)].Given, given)
			}
		})
	}
}
