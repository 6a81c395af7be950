package journey

import "fmt"

// waits says for what a step waits.
func (s *Step) waits() string {
	switch s.Kind {
	case StepWait:
		return s.Wait.String()
	case StepUntil:
		return "until " + s.Until
	case StepWaitFor:
		text := fmt.Sprintf("%s for at most %s", oneOf(s.For.On), FormatDuration(s.For.Timeout))
		if s.For.If != "" {
			text += " if " + s.For.If
		}
		if s.For.By != "" {
			text += " by " + s.For.By
		}
		return text
	default:
		return ""
	}
}

// Words says the change in a sentence for people, in English.
func (c Change) Words() string {
	who := c.Touchpoint
	if c.Step != "" {
		who += " / " + c.Step
	}
	return who + ": " + c.what()
}

func (c Change) what() string {
	what := map[ChangeKind]string{
		ChangeStays:    "stays as it is",
		ChangeWait:     fmt.Sprintf("waits for %s instead of %s, counted from when the wait began", c.To, c.From),
		ChangeMoves:    "is gone; who stands there goes on at " + c.ToStep,
		ChangeEnds:     "is gone, and its runs end",
		ChangeFinishes: "runs under way finish on the version with which they began",
		ChangeRenamed:  "is called " + c.called() + " now",
		ChangePaused:   "is paused; nothing starts, and what falls due is held",
		ChangeResumed:  "is resumed; what was held goes on",
		ChangeReturns:  "was reached by an edit that has not taken effect; who stands there goes back to where they waited",
		ChangeAdded:    "is new",
		ChangeUnited: "is taken in by " + c.called() + "; who has a run of both for one key keeps the one that has mailed, or else the older one, " +
			"and the other ends",
		ChangeKey:  c.key(),
		ChangeDate: fmt.Sprintf("comes %s instead of %s; who got it lately gets it again when the new date comes", c.To, c.From),
	}[c.Kind]
	if c.Kind == ChangeEnds && c.Step != "" {
		what = "is gone and nothing is left after it, so its runs end"
	}
	if c.Kind == ChangeWait && c.called() != "" {
		what += "; it is called " + c.called() + " now"
	}
	return what
}

// offsetWords says when a date trigger comes.
func offsetWords(days int) string {
	switch {
	case days < 0:
		return fmt.Sprintf("%s before the date", dayWords(-days))
	case days > 0:
		return fmt.Sprintf("%s after the date", dayWords(days))
	default:
		return "on the date"
	}
}

func dayWords(days int) string {
	if days == 1 {
		return "a day"
	}
	return fmt.Sprintf("%d days", days)
}

// key says what another key means.
func (c Change) key() string {
	switch {
	case c.From == "":
		return fmt.Sprintf("has the key %s, and had none; runs under way go on without one", c.To)
	case c.To == "":
		return fmt.Sprintf("has no key any more; runs under way keep %s, with which they began", c.From)
	default:
		return fmt.Sprintf("has the key %s instead of %s; runs under way keep the one with which they began, and nothing that had its run under it gets a second one", c.To, c.From)
	}
}

// called is the new name of what was renamed.
func (c Change) called() string {
	switch {
	case c.Step == "" || c.ToStep == "" && c.ToTouchpoint == "":
		return c.ToTouchpoint
	case c.ToTouchpoint == "":
		return c.ToStep
	case c.ToStep == "":
		return c.ToTouchpoint + " / " + c.Step
	default:
		return c.ToTouchpoint + " / " + c.ToStep
	}
}
