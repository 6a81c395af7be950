package journey

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseManual parses every map that the manual shows.
func TestParseManual(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/journey-map.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```(?:yaml|json)\n(.*?)```").FindAllSubmatch(manual, -1)
	require.Greater(t, len(blocks), 15)
	for i, block := range blocks {
		t.Run(fmt.Sprintf("block %d", i+1), func(t *testing.T) {
			t.Parallel()
			_, problems := Parse([]Source{{Name: "block", Data: block[1]}})
			require.Empty(t, problems, "%s\n%s", problems.Error(), block[1])
		})
	}
}

// keyLists are the words that the parser knows, by the group of keys in which they stand.
var keyLists = map[string][]string{
	"map": topKeys, "shop": shopKeys, "phase": phaseKeys, "rule": ruleKeys,
	"touchpoint": touchpointKeys, "date": dateKeys, "absence": absenceKeys, "goal": goalKeys,
	"step": stepKeys, "waitFor": waitForKeys, "send": sendKeys, "arm": armKeys, "split": splitKeys, "task": taskKeys,
	"webhook": webhookKeys, "ask": askKeys, "exit": exitKeys,
	"policy": policyKeys, "quietHours": quietKeys, "window": windowKeys, "cap": capKeys, "held": heldKeys,
	"pause": pauseKeys, "softOptIn": softOptInKeys, "products": productsKeys, "replenish": replenishKeys,
	"persona": personaKeys, "voice": voiceKeys, "topic": topicKeys, "titles": titlesKeys,
}

// wordLists are the words that may stand as a value.
func wordLists() map[string][]string {
	return map[string][]string{
		"stage": stages, "class": classes, "again": agains, "channel": channels, "inFlight": inFlights, "every": everies,
		"priority of a task": urgencies, "scale": slices.Sorted(maps.Keys(scales)), "then": heldThens, "days": weekdayNames,
		"from": {AnyPhase}, "event": knownEvents,
	}
}

// TestParseManualNamesEveryWord keeps the manual complete.
func TestParseManualNamesEveryWord(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/journey-map.md")
	require.NoError(t, err)
	for _, lists := range []map[string][]string{keyLists, wordLists()} {
		for group, list := range lists {
			for _, word := range list {
				require.Regexp(t, "`"+word+"`|\\b"+word+"\\b[:,\\]}]", string(manual), group)
			}
		}
	}
	for _, field := range fieldsOf(reflect.TypeFor[Customer]()) {
		require.Contains(t, string(manual), "`customer."+field+"`")
	}
	source, err := os.ReadFile("reason.go")
	require.NoError(t, err)
	reasons := regexp.MustCompile(`Reason += "(.+?)"`).FindAllSubmatch(source, -1)
	require.Greater(t, len(reasons), 30)
	for _, reason := range reasons {
		require.Contains(t, string(manual), "`"+string(reason[1])+"`")
	}
}

// TestManualLinksLeadSomewhere compares the links within the manual to its headings.
func TestManualLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/journey-map.md")
	require.NoError(t, err)
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllSubmatch(manual, -1) {
		kept := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(string(heading[1])), "")
		anchors[strings.ReplaceAll(kept, " ", "-")] = true
	}
	for _, link := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllSubmatch(manual, -1) {
		require.True(t, anchors[string(link[1])], "no heading for #%s", link[1])
	}
}

// TestKeyListsAreAll finds key lists of the parser that the tests do not know of.
func TestKeyListsAreAll(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("parse*.go")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`(?m)^(?:var |\t)(\w+Keys) += `).FindAllSubmatch(source, -1) {
			names = append(names, string(match[1]))
		}
	}
	// These three say which of the keys of a map or touchpoint are of one kind.
	names = slices.DeleteFunc(names, func(name string) bool {
		return slices.Contains([]string{"listKeys", "triggerKeys", "observeKeys"}, name)
	})
	require.Len(t, names, len(keyLists), "%v", names)
}

func TestParseExample(t *testing.T) {
	t.Parallel()
	m, problems := Parse([]Source{readSource(t, "../examples/webshop/journey.yaml")})
	require.Empty(t, problems, problems.Error())

	var phases, touchpoints, templates []string
	for _, phase := range m.Phases {
		phases = append(phases, phase.ID+" "+phase.Title)
	}
	for _, touchpoint := range m.Touchpoints {
		touchpoints = append(touchpoints, touchpoint.ID)
		eachStep(touchpoint.Steps, "do", func(s *Step, _ string) {
			if s.Kind == StepSend {
				templates = append(templates, s.Template)
			}
		})
	}
	require.Equal(t, []string{
		"awareness Bewustwording", "consideration Overweging", "purchase Aankoop", "care Nazorg", "loyalty Loyaliteit",
		"lapsed Slapend",
	}, phases)
	require.Equal(t, []string{
		"order-confirmation", "abandoned-cart", "review-request", "repeat-purchase", "come-back", "store-visit",
	}, touchpoints)
	require.Equal(t, []string{
		"order-confirmation", "abandoned-cart", "review-request", "review-reminder", "repeat-purchase", "come-back",
	}, templates)
}
