package e2e

import (
	"regexp"
	"time"

	"go.yaml.in/yaml/v4"

	"klantreis/internal/simulate"
	"klantreis/journey"
)

// simulated are the kinds of line that a simulation can tell.
var simulated = regexp.MustCompile(`^(phase .*|\S+ (start|noStart|step|send|noSend|held|end|goal|observed|task|set|handed over|stands at|exposed)( .*)?)$`)

// simulates tells whether a simulation can play the story: on one map, with a provider that answers at once.
func (s *story) simulates() bool {
	for _, act := range s.Script {
		if !act.Publish.IsZero() {
			return false
		}
	}
	for _, l := range s.golden {
		if !simulated.MatchString(l.words) {
			return false
		}
	}
	after, err := span(s.Handover.After)
	return err == nil && after < time.Minute
}

// simulate plays the story in virtual time for a customer, with every batch so much later than it should come. The provider
// may be nil.
func (s *story) simulate(customerID string, late func(batch int) time.Duration, provider func(*journey.Map, simulate.Delivery)) ([]line, error) {
	m, err := mapOf(&s.Map)
	if err != nil {
		return nil, err
	}
	var lines []line
	c := simulate.New(simulate.Options{Map: m, CustomerID: customerID, Seen: func(e simulate.Entry) {
		if e.Kind == simulate.Sent {
			lines = append(lines, handedOver(runName(e.Touchpoint, e.Key, e.Nth), e.Message.Template, e.At))
			return
		}
		lines = append(lines, decided{key: e.Key, nth: e.Nth, Decision: journey.Decision{
			At: e.At, Kind: e.Kind, Reason: e.Reason, Phase: e.Phase, Touchpoint: e.Touchpoint, Step: e.Step, Detail: e.Detail,
		}}.line())
	}, HandOver: func(d simulate.Delivery) journey.Reason {
		if provider != nil {
			provider(m, d)
		}
		return s.Handover.Refuse
	}})
	for i, batch := range s.batches() {
		arrives := storyStart.Add(batch[0].at + late(i))
		events, err := s.events(i, arrives)
		if err != nil {
			return nil, err
		}
		if err := c.Arrive(arrives, events...); err != nil {
			return nil, err
		}
	}
	until, err := span(s.Until)
	if err != nil {
		return nil, err
	}
	if err := c.RunUntil(storyStart.Add(until)); err != nil {
		return nil, err
	}
	for _, r := range c.State().Runs {
		lines = append(lines, standing(runName(r.Touchpoint, r.Key, r.Nth), r))
	}
	return lines, nil
}

// events are those of a batch. The first one begins with the customer's agreement.
func (s *story) events(i int, arrives time.Time) ([]journey.Event, error) {
	var events []journey.Event
	for _, act := range s.posted(i) {
		e, err := act.event(arrives)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// posted are the events of a batch that are posted.
func (s *story) posted(i int) []scripted {
	var acts []scripted
	batches := s.batches()
	if agreement, ok := s.agreement(); ok && agreement.at == batches[i][0].at {
		acts = append(acts, agreement)
	}
	for _, act := range batches[i] {
		if act.Name != "" {
			acts = append(acts, act)
		}
	}
	return acts
}

const mapHead = "journey: test\nshop: {name: Shop, email: shop@example.com, url: https://shop.example.com, address: Street 1}\n"

func mapSources(n *yaml.Node) ([]journey.Source, error) {
	text, err := yaml.Marshal(n)
	return []journey.Source{{Name: "head.yaml", Data: []byte(mapHead)}, {Name: "map.yaml", Data: text}}, err
}

func mapOf(n *yaml.Node) (*journey.Map, error) {
	sources, err := mapSources(n)
	if err != nil {
		return nil, err
	}
	m, problems := journey.Parse(sources)
	if errs := problems.Errors(); len(errs) > 0 {
		return nil, errs
	}
	return m, nil
}
