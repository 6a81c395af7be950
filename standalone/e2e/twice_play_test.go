package e2e

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"klantreis/journey"
)

// playing is a story that is played by a real engine.
type playing struct {
	*story
	*house
	speed float64
	late  time.Duration // how late the slowest act was taken, in journey time
}

// errLate says what came too late for the story's pace because the machine was busy, so that nothing can be said.
type errLate struct{ what string }

// Error implements error.
func (e errLate) Error() string { return "the machine was busy: " + e.what }

// play posts and publishes what the script says, each when its time has come, and lets the story end.
func (p *playing) play(ctx context.Context) error {
	for i, batch := range p.batches() {
		at := storyStart.Add(batch[0].at)
		if time.Now().After(p.clock.Real(at)) && i == 0 {
			return errLate{"the engine was ready too late"}
		}
		waitUntil(p.clock.Real(at).Add(time.Millisecond))
		if err := p.act(ctx, i, batch); err != nil {
			return err
		}
		p.late = max(p.late, p.clock.Journey(time.Now()).Sub(at))
	}
	if p.late > journeyTime(latest, p.speed) {
		return errLate{fmt.Sprintf("an event came %s late", p.late.Round(time.Minute))}
	}
	end := min(p.end()+journeyTime(2*latest, p.speed)*time.Duration(1+handovers(p.golden, p.end())+p.publications(p.end())), p.until())
	waitUntil(p.clock.Real(storyStart.Add(end)))
	return nil
}

// act does what comes at once: events that follow each other go together.
func (p *playing) act(ctx context.Context, i int, batch []scripted) error {
	if !slices.ContainsFunc(batch, func(a scripted) bool { return !a.Publish.IsZero() }) {
		return p.post(ctx, p.Name, fmt.Sprint(i), p.posted(i))
	}
	for j, act := range batch {
		if act.Publish.IsZero() {
			if err := p.post(ctx, p.Name, fmt.Sprintf("%d-%d", i, j), []scripted{act}); err != nil {
				return err
			}
			continue
		}
		b, err := p.bundle(&act.Publish, p.provider.URL)
		if err != nil {
			return err
		}
		if err := p.publish(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (p *playing) until() time.Duration {
	// A story was read with it.
	until, _ := span(p.Until)
	return max(until, p.end()) + journeyTime(latest, p.speed)
}

func waitUntil(at time.Time) {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	<-timer.C
}

// lines tell what became visible, in the words of the golden files.
func (p *playing) lines(ctx context.Context) ([]line, journey.State, error) {
	c, found, err := p.record.CustomerByUserID(ctx, p.Name)
	if err != nil || !found {
		return nil, journey.State{}, fmt.Errorf("the customer is found %t: %w", found, err)
	}
	runs := map[string]journey.Run{}
	for _, r := range c.State.Runs {
		runs[r.ID] = r
	}
	const enough = 1000
	decisions, err := p.record.Decisions(ctx, c.State.CustomerID, "", enough)
	if err != nil {
		return nil, c.State, err
	}
	messages, err := p.record.Messages(ctx, c.State.CustomerID)
	if err != nil {
		return nil, c.State, err
	}
	var lines []line
	calls := map[string]string{} // the types of webhooks, by message
	for _, d := range slices.Backward(decisions) {
		if d.Kind == journey.DecidedWebhook {
			calls[d.MessageID] = fmt.Sprint(d.Detail["type"])
		}
		lines = append(lines, decided{Decision: d.Decision, key: runs[d.RunID].Key, nth: runs[d.RunID].Nth}.line())
	}
	name := func(touchpoint, run string) string { return runName(touchpoint, runs[run].Key, runs[run].Nth) }
	for _, m := range messages {
		what := cmp.Or(m.Template, calls[m.ID])
		if m.Reason == journey.ReasonSent || m.Reason == journey.ReasonCalled {
			lines = append(lines, handedOver(name(m.Touchpoint, m.RunID), what, m.SettledAt))
		}
	}
	exposures, err := p.record.Exposures(ctx, c.State.CustomerID)
	if err != nil {
		return nil, c.State, err
	}
	for _, x := range exposures {
		lines = append(lines, exposed(name(x.Touchpoint, x.RunID), x))
	}
	for _, r := range c.State.Runs {
		if r.Status == journey.RunActive {
			lines = append(lines, standing(runName(r.Touchpoint, r.Key, r.Nth), r))
		}
	}
	return lines, c.State, nil
}
