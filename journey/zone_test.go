package journey

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLocate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ timezone, country, want string }{
		"a zone":                            {"America/Argentina/Ushuaia", "NL", "America/Argentina/Ushuaia"},
		"UTC is a zone":                     {"UTC", "NL", "UTC"},
		"an old name of a zone":             {"Asia/Calcutta", "", "Asia/Calcutta"},
		"a zone with a sign and a digit":    {"Etc/GMT+5", "", "Etc/GMT+5"},
		"an unknown zone: the country":      {"Europe/Atlantis", "be", "Europe/Brussels"},
		"no zone: the country":              {"", "NL", "Europe/Amsterdam"},
		"a country in lower case":           {"", "us", "America/New_York"},
		"spaces around a country":           {"", " de ", "Europe/Berlin"},
		"a country of several zones":        {"", "AU", "Australia/Sydney"},
		"Britain as others write it":        {"", "UK", "Europe/London"},
		"a Dutch name":                      {"", "Duitsland", "Europe/Berlin"},
		"a name of its own":                 {"", "BELGIË", "Europe/Brussels"},
		"an English name":                   {"", "The Netherlands", "Europe/Amsterdam"},
		"neither":                           {"", "", "Asia/Tokyo"},
		"an unknown country":                {"", "ZZ", "Asia/Tokyo"},
		"a country without people":          {"", "BV", "Asia/Tokyo"},
		"a very long country":               {"", strings.Repeat("n", 1<<20), "Asia/Tokyo"},
		"the machine's own zone":            {"Local", "", "Asia/Tokyo"},
		"the machine's own zone, as a file": {"localtime", "", "Asia/Tokyo"},
		"a copy with leap seconds":          {"right/Europe/Amsterdam", "", "Asia/Tokyo"},
		"another file":                      {"../../etc/passwd", "", "Asia/Tokyo"},
		"another file without dots":         {"/etc/localtime", "", "Asia/Tokyo"},
		"a folder":                          {"Europe", "", "Asia/Tokyo"},
		"a name with an end within":         {"Europe/Amsterdam\x00", "", "Asia/Tokyo"},
		"a very long name":                  {"Europe/" + strings.Repeat("A", 1<<20), "", "Asia/Tokyo"},
	}
	fallback := mustZone(t, "Asia/Tokyo")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second time from the cache
				require.Equal(t, tt.want, locate(tt.timezone, tt.country, fallback).String())
			}
		})
	}
}

func TestEveryCountryHasAZone(t *testing.T) {
	t.Parallel()
	require.Len(t, zoneByCountry, 247+2) // 249 countries, two of them without people, and two written in another way
	for code, name := range zoneByCountry {
		require.Regexp(t, "^[A-Z]{2}$", code)
		require.Equal(t, name, locate("", strings.ToLower(code), time.UTC).String())
	}
	for name, code := range codeByName {
		require.Equal(t, zoneByCountry[code], locate("", strings.ToUpper(name), time.UTC).String(), name)
	}
}

func TestUnknownZonesTakeNoMemory(t *testing.T) {
	t.Parallel()
	var cache zoneCache
	for range 100 {
		require.Nil(t, cache.load("Europe/Atlantis"))
		require.NotNil(t, cache.load("Europe/Amsterdam"))
	}
	require.EqualValues(t, 1, cache.count.Load())
	cache.count.Store(maxZones)
	require.NotNil(t, cache.load("Europe/Brussels"))
	_, kept := cache.byName.Load("Europe/Brussels")
	require.False(t, kept)
}
