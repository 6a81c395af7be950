package examples_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/bundle"
	"klantreis/journey"
)

// starters returns the folders of this package: one for each map.
func starters(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*/journey.yaml")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, filepath.Dir(file))
	}
	require.Equal(t, []string{"b2b-quotes", "orient-consider-buy", "see-think-do-care", "webshop", "webshop-en"}, names)
	return names
}

// load checks a starter map and returns it.
func load(t *testing.T, starter string) *journey.Map {
	t.Helper()
	b, err := bundle.Read(starter)
	require.NoError(t, err)
	checked := b.Check()
	require.NoError(t, checked.Err())
	require.Empty(t, checked.Warnings)
	return checked.Published.Map
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

func TestEveryStarterIsFine(t *testing.T) {
	t.Parallel()
	for _, starter := range starters(t) {
		t.Run(starter, func(t *testing.T) {
			t.Parallel()
			m := load(t, starter)
			require.Equal(t, strings.TrimSuffix(starter, "-en"), m.Journey)
			for _, touchpoint := range m.Touchpoints {
				require.NotEqual(t, touchpoint.ID, touchpoint.Title, "a title that people understand")
			}
		})
	}
}

// TestTheFirstMapLeavesOutNobodyButOfRepeatPurchase keeps the five-minute tour working for everybody who walks it.
func TestTheFirstMapLeavesOutNobodyButOfRepeatPurchase(t *testing.T) {
	t.Parallel()
	for _, touchpoint := range load(t, "webshop").Touchpoints {
		require.Equal(t, touchpoint.ID == "repeat-purchase", touchpoint.Holdout > 0, touchpoint.ID)
	}
}

var templateName = regexp.MustCompile(`\btemplate: ([a-z0-9-]+)`)

func TestEveryTemplateIsUsed(t *testing.T) {
	t.Parallel()
	for _, starter := range starters(t) {
		var used, there []string
		for _, found := range templateName.FindAllStringSubmatch(read(t, starter+"/journey.yaml"), -1) {
			used = append(used, found[1])
		}
		files, err := filepath.Glob(starter + "/templates/*.*.html")
		require.NoError(t, err)
		for _, file := range files {
			name, _, _ := strings.Cut(filepath.Base(file), ".")
			name, _, _ = strings.Cut(name, "@")
			there = append(there, name)
		}
		slices.Sort(used)
		slices.Sort(there)
		require.Equal(t, slices.Compact(used), slices.Compact(there), starter)
	}
}

// TestWhatTheStartersShareIsTheSame mends a fault everywhere or nowhere: a map is copied as a whole, so each folder holds
// its own layout and its own order confirmation.
func TestWhatTheStartersShareIsTheSame(t *testing.T) {
	t.Parallel()
	own := []string{"b2b-quotes/templates/order-confirmation.en.html", "b2b-quotes/templates/order-confirmation.nl.html"}
	files, err := filepath.Glob("*/templates/*")
	require.NoError(t, err)
	first := map[string]string{}
	for _, file := range slices.Backward(files) {
		name := filepath.Base(file)
		if other, ok := first[name]; !ok {
			first[name] = file
		} else if !slices.Contains(own, strings.Replace(file, ".txt", ".html", 1)) {
			require.Equal(t, read(t, other), read(t, file), "%s and %s", other, file)
		}
	}
}

var calls = []string{journey.TypeIdentify, journey.TypeTrack}

func TestTheSampleEventsAreInOrder(t *testing.T) {
	t.Parallel()
	for _, starter := range starters(t) {
		var last time.Time
		customers := map[string]int{}
		lines := bufio.NewScanner(strings.NewReader(read(t, starter+"/events.ndjson")))
		for lines.Scan() {
			var call struct {
				Type, UserID, Event string
				Timestamp           time.Time
			}
			require.NoError(t, json.Unmarshal(lines.Bytes(), &call), lines.Text())
			require.Contains(t, calls, call.Type)
			require.Equal(t, call.Type == journey.TypeTrack, call.Event != "", lines.Text())
			require.False(t, call.Timestamp.Before(last), "%s: %s", starter, lines.Text())
			last = call.Timestamp
			customers[call.UserID]++
		}
		require.NoError(t, lines.Err())
		require.Len(t, customers, 2, starter)
		require.NotContains(t, customers, "")
	}
}
