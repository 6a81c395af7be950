package journey

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
