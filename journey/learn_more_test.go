package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func visit(days float64, context map[string]any) Event {
	e := told(days, TypePage, nil)
	e.Type, e.Context = TypePage, context
	return e
}

func identified(days float64, traits map[string]any) Event {
	e := told(days, TypeIdentify, nil)
	e.Type, e.Traits = TypeIdentify, traits
	return e
}

func TestLearnCampaign(t *testing.T) {
	t.Parallel()
	page := func(name, address string) map[string]any {
		return map[string]any{"page": map[string]any{name: address}}
	}
	tests := map[string]struct {
		context map[string]any
		want    Campaign
	}{
		"none":                  {nil, Campaign{}},
		"context":               {map[string]any{"campaign": map[string]any{"name": "n", "source": "s", "medium": "m", "term": "t", "content": 7.0}}, Campaign{Name: "n", Source: "s", Medium: "m", Term: "t", Content: "7"}},
		"empty context":         {map[string]any{"campaign": map[string]any{"name": ""}}, Campaign{}},
		"no campaign":           {map[string]any{"campaign": "n", "page": 7.0}, Campaign{}},
		"address":               {page("url", "https://shop.example/?a=1&utm_source=s&utm_medium=m&utm_campaign=n&utm_term=t&utm_content=c#x"), Campaign{Name: "n", Source: "s", Medium: "m", Term: "t", Content: "c"}},
		"address without a one": {page("url", "https://shop.example/utm_source=s?a=1"), Campaign{}},
		"behind the hash":       {page("url", "https://shop.example/?a=1#utm_source=s"), Campaign{}},
		"search":                {page("search", "?utm_source=a%20b"), Campaign{Source: "a b"}},
		"search without a mark": {page("search", "utm_source=a+b"), Campaign{Source: "a b"}},
		"broken in part":        {page("search", "?utm_medium=%zz&utm_source=s"), Campaign{Source: "s"}},
		"smuggled":              {page("search", "?utm_source=a%00b%ff"), Campaign{Source: "ab"}},
		"long":                  {page("search", "?utm_source="+strings.Repeat("s", 500)), Campaign{Source: strings.Repeat("s", 100)}},
		"very long":             {page("search", "?"+strings.Repeat("s", longestQuery)+"&utm_source=s"), Campaign{}},
		"context first":         {map[string]any{"campaign": map[string]any{"source": "c"}, "page": map[string]any{"search": "?utm_source=s"}}, Campaign{Source: "c"}},
		"context says nothing":  {map[string]any{"campaign": map[string]any{}, "page": map[string]any{"search": "?utm_source=s"}}, Campaign{Source: "s"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := visit(1, tt.context)
			f := learnAll(e)
			if tt.want == (Campaign{}) {
				require.Nil(t, f.FirstCampaign)
				require.Nil(t, f.LastCampaign)
				return
			}
			tt.want.At = e.Timestamp
			require.Equal(t, tt.want, *f.FirstCampaign)
			require.Equal(t, tt.want, *f.LastCampaign)
			require.True(t, changesFacts(e))
		})
	}
}

func TestLearnFirstAndLastCampaign(t *testing.T) {
	t.Parallel()
	from := func(days float64, source string) Event {
		return visit(days, map[string]any{"campaign": map[string]any{"source": source}})
	}
	f := learnAll(from(2, "b"), visit(9, nil), from(3, "c"), from(1, "a"), from(2.5, "late"))
	require.Equal(t, "a", f.FirstCampaign.Source)
	require.Equal(t, "c", f.LastCampaign.Source)
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

func TestLearnScores(t *testing.T) {
	t.Parallel()
	answer := func(days float64, survey, score any) Event {
		return told(days, SurveyAnswered, map[string]any{"survey": survey, "score": score})
	}
	f := learnAll(
		answer(2, "nps", 9.0), answer(1, "nps", 1.0), answer(1, 7.0, "4"), answer(1, "", 5.0), answer(1, "none", "good"),
		answer(1, "endless", "Inf"), answer(1, strings.Repeat("x", 300), 1.0),
	)
	require.Equal(t, map[string]float64{"nps": 9, "7": 4}, f.Scores)
	for i := range 60 {
		f = f.learn(answer(3+float64(i), fmt.Sprint("s", i), 1.0))
	}
	require.Len(t, f.Scores, maxSurveys)
	require.Len(t, f.ScoredAt, maxSurveys)
	require.NotContains(t, f.Scores, "nps")
	require.Contains(t, f.Scores, "s59")
	require.Equal(t, f, f.learn(answer(2.5, "too old", 1.0)))
}

func TestTasks(t *testing.T) {
	t.Parallel()
	task := func(name, id string) Event { return told(1, name, map[string]any{"task_id": id}) }
	f := learnAll(task(TaskCreated, "a"), task(TaskCreated, "a"), task(TaskCreated, ""), task(TaskCompleted, ""))
	require.Equal(t, int64(1), f.OpenTasks())
	f.openTask("b")
	before := slices.Clone(f.OpenTaskIDs)
	after := f.learn(task(TaskCompleted, "a")).learn(task(TaskCompleted, "a"))
	require.Equal(t, []string{"b"}, after.OpenTaskIDs)
	require.Equal(t, before, f.OpenTaskIDs)
	require.Equal(t, []string{"b"}, after.learn(task(TaskCreated, "a")).OpenTaskIDs, "what was done is not opened by a late event")
	require.Zero(t, learnAll(task(TaskCompleted, "c"), task(TaskCreated, "c")).OpenTasks())
	for i := range 150 {
		f.openTask(fmt.Sprint(i))
		f.closeTask(fmt.Sprint("d", i))
	}
	require.Len(t, f.OpenTaskIDs, maxOpenTasks)
	require.Len(t, f.DoneTaskIDs, maxDoneTasks)
	require.Equal(t, "149", f.OpenTaskIDs[maxOpenTasks-1])
}

func TestNote(t *testing.T) {
	t.Parallel()
	var f Facts
	f.note("A", instantOf(2))
	former := f
	f.note("A", instantOf(1))
	require.Equal(t, instantOf(2), f.Last["A"])
	f.note("A", instantOf(3))
	f.note("B", instantOf(1))
	require.Equal(t, map[string]time.Time{"A": instantOf(3), "B": instantOf(1)}, f.Last)
	require.Equal(t, map[string]time.Time{"A": instantOf(2)}, former.Last)
	for i := range 150 {
		f.note(fmt.Sprint(i), instantOf(4))
	}
	require.Len(t, f.Last, maxNotedNames)
	require.NotContains(t, f.Last, "A")
}

func TestChangesFacts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		OrderCompleted, OrderFulfilled, OrderDelivered, OrderReturned, OrderRefunded, OrderCancelled, SurveyAnswered,
		ConsentGiven, ConsentWithdrawn, TaskCreated, TaskCompleted,
	} {
		require.True(t, changesFacts(told(1, name, nil)), name)
	}
	require.False(t, changesFacts(told(1, "Product Viewed", nil)))
	require.False(t, changesFacts(visit(1, map[string]any{"locale": "nl", "page": map[string]any{"url": "https://shop.example/?a=1"}})))
	require.True(t, changesFacts(visit(1, map[string]any{"traits": map[string]any{}})))
	require.True(t, changesFacts(identified(1, nil)))
}
