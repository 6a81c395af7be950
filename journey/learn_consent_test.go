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
