package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearestLocale(t *testing.T) {
	t.Parallel()
	locales := []string{"de-AT", "en", "fr", "fr-BE"}
	tests := map[string]struct {
		wanted []string
		want   string
	}{
		"the same":              {[]string{"fr-BE"}, "fr-BE"},
		"in another case":       {[]string{"FR_be"}, "fr-BE"},
		"a more general one":    {[]string{"fr-CA"}, "fr"},
		"of the same language":  {[]string{"de"}, "de-AT"},
		"the fallback":          {[]string{"nl", "en-GB"}, "en"},
		"nobody's":              {[]string{"nl", ""}, "de-AT"},
		"the first that is any": {[]string{"", "fr"}, "fr"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, NearestLocale(locales, tt.wanted...))
		})
	}
	require.Equal(t, "one", Ask{Question: "one"}.Text("nl", "en"))
	require.Equal(t, "een", Ask{Questions: map[string]string{"en": "one", "nl": "een"}}.Text("nl-BE", "en"))
}
