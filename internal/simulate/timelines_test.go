package simulate_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

// story is a timeline of package journey. Where the map stays and the provider is quick, a simulation tells the same.
type story struct {
	Customer string    `yaml:"customer"`
	Consent  string    `yaml:"consent"`
	Map      yaml.Node `yaml:"map"`
	Handover yaml.Node `yaml:"handover"`
	Script   []struct {
		At         string         `yaml:"at"`
		Late       string         `yaml:"late"`
		Name       string         `yaml:"name"`
		Properties map[string]any `yaml:"properties"`
		Traits     map[string]any `yaml:"traits"`
		Context    map[string]any `yaml:"context"`
		Publish    yaml.Node      `yaml:"publish"`
	} `yaml:"script"`
	Until string `yaml:"until"`
}

// begin is the instant from which the stories count.
var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// told are the kinds of line that this test can tell. A story with another kind is left to package journey;
// so is one with a webhook, which a simulation tells in other words.
var told = regexp.MustCompile(
	`^\S+ (phase .*|\S+ (start|noStart|step|send|noSend|held|end|goal|observed|task|set|handed over|withdraw|stands at)( .*)?)$`)

// dormant are the stories that tell of events at once which wake nobody by themselves.
var dormant = map[string]bool{"observe.yaml": true, "quiet-hours-zone.yaml": true}

func TestJourneysTimelines(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../journey/testdata/timelines/*.yaml")
	require.NoError(t, err)
	played := 0
	for _, file := range files {
		want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".golden")
		require.NoError(t, err)
		s := readStory(t, file)
		if dormant[filepath.Base(file)] || !s.overlaps(string(want)) {
			continue
		}
		played++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, string(want), s.play(t))
		})
	}
	require.Greater(t, played, 30)
}

func readStory(t *testing.T, file string) story {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	s := story{Customer: "c-1"}
	require.NoError(t, yaml.Unmarshal(data, &s))
	return s
}

// overlaps tells whether a simulation can play the story: on one map, with a provider that accepts at once.
func (s story) overlaps(golden string) bool {
	for _, act := range s.Script {
		if !act.Publish.IsZero() {
			return false
		}
	}
	for line := range strings.Lines(golden) {
		if !told.MatchString(strings.TrimSpace(line)) {
			return false
		}
	}
	return s.Handover.IsZero()
}

func (s story) play(t *testing.T) string {
	var b strings.Builder
	c := simulate.New(simulate.Options{Map: s.parse(t), CustomerID: s.Customer, Seen: func(e simulate.Entry) {
		fmt.Fprintf(&b, "%s %s\n", since(e.At), act(e))
	}})
	if yes := (journey.Consent{Given: true, At: begin.Add(-time.Hour)}); s.Consent != "none" {
		c.Know(journey.Facts{Consents: map[journey.Class]journey.Consent{journey.Service: yes, journey.Marketing: yes}})
	}
	var events []journey.Event
	for _, act := range s.Script {
		at, late := begin.Add(offset(t, act.At)), offset(t, act.Late)
		e := journey.Event{Type: journey.TypeTrack, Name: act.Name, Timestamp: at.Add(-late), ReceivedAt: at, Age: late}
		if act.Name == strings.ToLower(act.Name) {
			e.Type = act.Name
		}
		e.Properties, e.Traits, e.Context = asJSON(t, act.Properties), asJSON(t, act.Traits), asJSON(t, act.Context)
		events = append(events, e)
	}
	require.NoError(t, c.Feed(events...))
	require.NoError(t, c.RunUntil(begin.Add(offset(t, s.Until))))
	for _, r := range c.State().Runs {
		fmt.Fprintf(&b, "%s %s stands at %s", since(c.Now()), runName(r.Touchpoint, r.Key, r.Nth), r.Step)
		if !r.Due.IsZero() {
			fmt.Fprintf(&b, " until %s", since(r.Due))
		}
		if r.Held != "" {
			fmt.Fprintf(&b, " %s", r.Held)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s story) parse(t *testing.T) *journey.Map {
	t.Helper()
	text, err := yaml.Marshal(&s.Map)
	require.NoError(t, err)
	return parse(t, string(text))
}

// parse parses a map, to which it adds what every map must say.
func parse(t testing.TB, text string) *journey.Map {
	t.Helper()
	const head = "journey: test\nshop: {name: Shop, email: shop@example.com}\n"
	m, problems := journey.Parse([]journey.Source{{Name: "head.yaml", Data: []byte(head)}, {Name: "map.yaml", Data: []byte(text)}})
	require.Empty(t, problems.Errors())
	return m
}

func offset(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" || text == "0s" {
		return 0
	}
	d, err := journey.ParseDuration(text)
	require.NoError(t, err)
	return d
}

func asJSON(t *testing.T, values map[string]any) map[string]any {
	t.Helper()
	data, err := json.Marshal(values)
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(data, &read))
	return read
}

// details are the facts of a decision that a story shows, in this order.
var details = []string{
	"event", "arm", "value", "traits", "title", "type", "due", "from", "to", "until", "held", "since", "max", "per", "cooldown",
	"last", "age", "class", "objected", "if", "else", "exit", "error",
}

// act tells an entry in the words of the stories.
func act(e simulate.Entry) string {
	if e.Kind == journey.DecidedPhase {
		words := strings.TrimSpace(fmt.Sprintf("phase %s from %v", e.Phase, e.Detail["from"]))
		if e.Reason != journey.ReasonEntered {
			words += " " + string(e.Reason)
		}
		return words
	}
	words := []string{e.Touchpoint}
	if e.Nth > 0 {
		words[0] = runName(e.Touchpoint, e.Key, e.Nth)
	}
	switch e.Kind {
	case simulate.Called:
		return strings.Join(append(words, "called"), " ")
	case simulate.Sent:
		return strings.Join(append(words, "handed over", e.Message.Template), " ")
	case journey.DecidedSend:
		return strings.Join(append(words, "send", fmt.Sprint(e.Detail["template"])), " ")
	case journey.DecidedStart:
		if words = append(words, "start"); e.Reason != journey.ReasonTriggered {
			words = append(words, string(e.Reason))
		}
		return strings.Join(words, " ")
	}
	words = append(words, string(e.Kind))
	if e.Step != "" {
		words = append(words, e.Step)
	}
	words = append(words, string(e.Reason))
	for _, name := range details {
		switch v := e.Detail[name]; {
		case v == nil || v == "":
		case name == "event":
			words = append(words, fmt.Sprint(v))
		default:
			words = append(words, fmt.Sprintf("%s=%v", name, v))
		}
	}
	return strings.Join(words, " ")
}

func runName(touchpoint, key string, nth int) string {
	if key != "" {
		touchpoint += "/" + key
	}
	if nth > 1 {
		touchpoint += fmt.Sprintf("#%d", nth)
	}
	return touchpoint
}

// since writes an instant as the time from the beginning: "7d0h0m0s".
func since(at time.Time) string {
	const day = 24 * time.Hour
	d, sign := at.Sub(begin), ""
	if d < 0 {
		d, sign = -d, "-"
	}
	return fmt.Sprintf("%s%dd%dh%dm%ds", sign, d/day, d%day/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second)
}
