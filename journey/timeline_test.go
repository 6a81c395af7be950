package journey

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

var updateTimelines = flag.Bool("update", false, "write the golden files of testdata/timelines anew")

// timeline is a scripted story of one customer. What becomes visible of it stands in the .golden file beside it.
type timeline struct {
	// About says which rule the story shows.
	About string `yaml:"about"`
	// Customer is the customer's id, on which the holdout arm depends. Defaults to "c-1".
	Customer string `yaml:"customer"`
	// Map is the journey map, without journey and shop.
	Map yaml.Node `yaml:"map"`
	// Consent is "none" when the customer said nothing about messages. Otherwise they agreed to all.
	Consent string `yaml:"consent"`
	// Handover says how the provider behaves. Unless told otherwise it accepts at once.
	Handover struct {
		After  string `yaml:"after"`
		Refuse Reason `yaml:"refuse"`
	} `yaml:"handover"`
	// Script is what happens. What follows at the same instant comes in one batch.
	Script []scripted `yaml:"script"`
	// Until is how long the story lasts.
	Until string `yaml:"until"`
}

// scripted is one event that arrives, or a newer map that is published.
type scripted struct {
	// At is when it arrives, counted from the beginning.
	At string `yaml:"at"`
	// Late is how long before that it happened.
	Late string `yaml:"late"`
	// Name, Properties, Traits and Context are the event's.
	Name       string         `yaml:"name"`
	Properties map[string]any `yaml:"properties"`
	Traits     map[string]any `yaml:"traits"`
	Context    map[string]any `yaml:"context"`
	// Publish is a newer map.
	Publish yaml.Node `yaml:"publish"`
}

func TestTimelines(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/timelines/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			got := playTimeline(t, readTimeline(t, file), 0)
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *updateTimelines {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// TestTimelinesOneEventAtATime plays the stories with every batch cut into single events. Nothing changes, except that
// messages are withdrawn which one decision would plan and forget.
func TestTimelinesOneEventAtATime(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/timelines/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			story := readTimeline(t, file)
			withdrawn := regexp.MustCompile(`.* withdraw .*\n`)
			require.Equal(t,
				withdrawn.ReplaceAllString(playTimeline(t, story, 0), ""),
				withdrawn.ReplaceAllString(playTimeline(t, story, 1), ""))
		})
	}
}

func readTimeline(t testing.TB, file string) timeline {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	story := timeline{Customer: "c-1"}
	loader, err := yaml.NewLoader(strings.NewReader(string(data)), yaml.WithKnownFields())
	require.NoError(t, err)
	require.NoError(t, loader.Load(&story))
	require.NotEmpty(t, story.About, "say which rule the story shows")
	return story
}

// playTimeline tells what becomes visible, a line for each act, and at the end where the runs stand. Each decision is
// given at most part events; zero means all.
func playTimeline(t testing.TB, story timeline, part int) string {
	t.Helper()
	var b strings.Builder
	e := newEngine(t, storyMap(t, story.Map), story.Customer)
	e.part = part
	if story.Consent == "none" {
		e.state.Facts = Facts{}
	}
	e.provider = func(Message) (time.Duration, Reason) { return offset(t, story.Handover.After), story.Handover.Refuse }
	e.seen = func(out Outcome) { writeActs(&b, e, out) }
	e.settling = func(msg Message, s Settlement) {
		if s.Sent {
			fmt.Fprintf(&b, "%s %s handed over %s\n", since(s.At), runName(e.run(msg.RunID)), cmp.Or(msg.Template, msg.Webhook.Type))
		}
	}
	for i := 0; i < len(story.Script); {
		at := engineStart.Add(offset(t, story.Script[i].At))
		e.reach(at)
		for ; i < len(story.Script) && engineStart.Add(offset(t, story.Script[i].At)).Equal(at); i++ {
			act := story.Script[i]
			if !act.Publish.IsZero() {
				e.publish(storyMap(t, act.Publish))
				fmt.Fprintf(&b, "%s publish version %d\n", since(at), e.version)
				continue
			}
			e.store(act.event(t, at))
		}
		e.decide()
	}
	e.until(engineStart.Add(offset(t, story.Until)))
	writeEnd(&b, e)
	return b.String()
}

// storyMap parses a map, to which it adds what every map must say.
func storyMap(t testing.TB, n yaml.Node) *Map {
	t.Helper()
	data, err := yaml.Marshal(&n)
	require.NoError(t, err)
	return parseMap(t, string(data))
}

func parseMap(t testing.TB, text string) *Map {
	t.Helper()
	const head = "journey: test\nshop: {name: Shop, email: shop@example.com}\n"
	m, problems := Parse([]Source{{Name: "head.yaml", Data: []byte(head)}, {Name: "map.yaml", Data: []byte(text)}})
	require.Empty(t, problems.Errors())
	return m
}

// event makes the event as it would come in, its values as JSON has them.
func (s scripted) event(t testing.TB, at time.Time) Event {
	t.Helper()
	late := offset(t, s.Late)
	e := Event{Type: TypeTrack, Name: s.Name, Timestamp: at.Add(-late), Age: late}
	if slices.Contains([]string{TypeIdentify, TypePage, TypeScreen, TypeGroup, TypeAlias}, s.Name) {
		e.Type = s.Name
	}
	e.Properties, e.Traits, e.Context = asJSON(t, s.Properties), asJSON(t, s.Traits), asJSON(t, s.Context)
	return e
}

func asJSON(t testing.TB, values map[string]any) map[string]any {
	t.Helper()
	data, err := json.Marshal(values)
	require.NoError(t, err)
	var read map[string]any
	require.NoError(t, json.Unmarshal(data, &read))
	return read
}

// offset reads a duration of a story; none is zero.
func offset(t testing.TB, text string) time.Duration {
	t.Helper()
	if text == "" || text == "0s" {
		return 0
	}
	d, err := ParseDuration(text)
	require.NoError(t, err)
	return d
}

// since writes an instant as the time from the beginning: "7d0h0m0s".
func since(at time.Time) string {
	d := at.Sub(engineStart)
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	return fmt.Sprintf("%s%dd%dh%dm%ds", sign, d/day, d%day/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second)
}
