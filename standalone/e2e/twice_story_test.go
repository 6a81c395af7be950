package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"klantreis/journey"
)

const timelines = "../../journey/testdata/timelines"

// storyStart is the instant from which the stories count.
var storyStart = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// story is a timeline of package journey, with what its golden file says must become visible.
type story struct {
	Name     string    `yaml:"-"`
	About    string    `yaml:"about"`
	Customer string    `yaml:"customer"`
	Map      yaml.Node `yaml:"map"`
	Consent  string    `yaml:"consent"`
	Handover struct {
		After  string         `yaml:"after"`
		Refuse journey.Reason `yaml:"refuse"`
	} `yaml:"handover"`
	Script []scripted `yaml:"script"`
	Until  string     `yaml:"until"`
	golden []line
}

// scripted is one event that arrives, or a newer map that is published.
type scripted struct {
	At         string         `yaml:"at"`
	Late       string         `yaml:"late"`
	Name       string         `yaml:"name"`
	Properties map[string]any `yaml:"properties"`
	Traits     map[string]any `yaml:"traits"`
	Context    map[string]any `yaml:"context"`
	Publish    yaml.Node      `yaml:"publish"`
	// at and late are what At and Late say.
	at, late time.Duration
}

func readStories() ([]*story, error) {
	files, err := filepath.Glob(timelines + "/*.yaml")
	if err != nil {
		return nil, err
	}
	var stories []*story
	for _, file := range files {
		s, err := readStory(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		stories = append(stories, s)
	}
	return stories, nil
}

func readStory(file string) (*story, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &story{Name: strings.TrimSuffix(filepath.Base(file), ".yaml"), Customer: "c-1"}
	loader, err := yaml.NewLoader(strings.NewReader(string(data)), yaml.WithKnownFields())
	if err != nil {
		return nil, err
	}
	if err := loader.Load(s); err != nil {
		return nil, err
	}
	for i := range s.Script {
		act := &s.Script[i]
		if act.at, err = span(act.At); err == nil {
			act.late, err = span(act.Late)
		}
		if err != nil {
			return nil, err
		}
	}
	golden, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".golden")
	if err != nil {
		return nil, err
	}
	s.golden, err = parseLines(string(golden))
	return s, err
}

// span reads a duration of a story; none is zero.
func span(text string) (time.Duration, error) {
	if text == "" || text == "0s" {
		return 0, nil
	}
	return journey.ParseDuration(text)
}

// batches are the acts of the script, those that come at once together.
func (s *story) batches() [][]scripted {
	var batches [][]scripted
	for i, act := range s.Script {
		if i == 0 || s.Script[i-1].at != act.at {
			batches = append(batches, nil)
		}
		batches[len(batches)-1] = append(batches[len(batches)-1], act)
	}
	return batches
}

// agreement is the event by which the customer of every story agreed to everything, at the instant of
// their first event. There is none in stories about consent.
func (s *story) agreement() (scripted, bool) {
	i := slices.IndexFunc(s.Script, func(act scripted) bool { return act.Name != "" })
	if i < 0 || s.Consent == "none" {
		return scripted{}, false
	}
	first := s.Script[i]
	return scripted{Name: "Consent Given", Properties: map[string]any{"class": "all"}, at: first.at, late: first.late}, true
}

// says tells whether one of the story's maps has a key of the name.
func (s *story) says(name string) bool {
	found := false
	s.eachMap(func(n *yaml.Node) { found = found || len(values(n, name)) > 0 })
	return found
}

func (s *story) eachMap(visit func(*yaml.Node)) {
	visit(&s.Map)
	for i := range s.Script {
		if !s.Script[i].Publish.IsZero() {
			visit(&s.Script[i].Publish)
		}
	}
}

// spread is the longest of the story's maps.
func (s *story) spread() time.Duration {
	return slices.Max(append(s.spans("spread"), 0))
}

// spans are the durations under a key anywhere in the story's maps.
func (s *story) spans(key string) []time.Duration {
	var found []time.Duration
	s.eachMap(func(n *yaml.Node) {
		for _, text := range values(n, key) {
			if d, err := span(text); err == nil {
				found = append(found, d)
			}
		}
	})
	return found
}

// values returns the scalars that stand under a key anywhere below a node.
func values(n *yaml.Node, key string) []string {
	var found []string
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == key {
			found = append(found, child.Value)
		}
		found = append(found, values(child, key)...)
	}
	return found
}

// kind is the type of the event, which its name tells for all but track events.
func (a scripted) kind() string {
	if slices.Contains([]string{journey.TypeIdentify, journey.TypePage, journey.TypeScreen, journey.TypeGroup, journey.TypeAlias}, a.Name) {
		return a.Name
	}
	return journey.TypeTrack
}

// event is the act as the engine sees it.
func (a scripted) event(arrives time.Time) (journey.Event, error) {
	at := storyStart.Add(a.at - a.late)
	e := journey.Event{Type: a.kind(), Name: a.Name, Timestamp: at, ReceivedAt: arrives, Age: arrives.Sub(at)}
	data, err := json.Marshal(map[string]any{"Properties": a.Properties, "Traits": a.Traits, "Context": a.Context})
	if err == nil {
		err = json.Unmarshal(data, &e)
	}
	return e, err
}
