package journey

import (
	"fmt"
	"os"
	"regexp"
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

// TestParseManualNamesEveryWord keeps the manual complete.
func TestParseManualNamesEveryWord(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/journey-map.md")
	require.NoError(t, err)
	words := map[string][]string{
		"map": topKeys, "shop": shopKeys, "phase": phaseKeys, "rule": ruleKeys, "stage": stages,
		"touchpoint": touchpointKeys, "class": classes, "again": agains, "channel": channels,
		"step": stepKeys, "waitFor": waitForKeys, "send": sendKeys, "arm": armKeys, "exit": exitKeys, "event": knownEvents,
	}
	for group, list := range words {
		for _, word := range list {
			require.Regexp(t, "`"+word+"`|\\b"+word+":", string(manual), group)
		}
	}
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
