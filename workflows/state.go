package workflows

import (
	"fmt"
	"strings"
	"time"
)

// State is where a customer's workflow stands: the answer to the state query. It holds nothing personal.
type State struct {
	// CustomerID is our own id of the customer.
	CustomerID string `json:"customerId"`
	// Step is the number of the last decision.
	Step int64 `json:"step"`
	// Phase is the customer's phase.
	Phase string `json:"phase,omitempty"`
	// Next is the next due instant, in real time.
	Next time.Time `json:"next,omitzero"`
	// Standing says where the runs stand, as "touchpoint: step" with the journey instant until which they wait.
	Standing []string `json:"standing,omitempty"`
	// Sending are the ids of the messages on their way.
	Sending []string `json:"sending,omitempty"`
	// Failures counts the decisions in a row that failed.
	Failures int `json:"failures,omitempty"`
}

func (w *customerJourney) state() (State, error) {
	s := State{
		CustomerID: w.id, Step: w.step, Phase: w.last.Phase, Next: w.next, Standing: w.standing(), Failures: w.failures,
	}
	for _, sending := range w.sends {
		s.Sending = append(s.Sending, sending.messageID)
	}
	return s, nil
}

func (w *customerJourney) standing() []string {
	var lines []string
	for _, s := range w.last.Standing {
		line := s.Touchpoint + ": " + s.Step
		if !s.Until.IsZero() {
			line += " until " + s.Until.Format(time.RFC3339)
		}
		lines = append(lines, line)
	}
	return lines
}

// details is what Temporal's UI shows of the workflow, in Markdown.
func (w *customerJourney) details() string {
	phase := w.last.Phase
	if phase == "" {
		phase = "none yet"
	}
	text := fmt.Sprintf("Phase: **%s**, step %d\n", phase, w.step)
	if lines := w.standing(); len(lines) > 0 {
		text += "\n- " + strings.Join(lines, "\n- ") + "\n"
	}
	return text
}
