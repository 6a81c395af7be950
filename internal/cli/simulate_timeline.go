package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"klantreis/activities"
	"klantreis/internal/simulate"
	"klantreis/journey"
)

// timeline gathers what happens to one customer, to be printed when it is known in which time zone they live.
type timeline struct {
	published *activities.Published
	log       io.Writer
	folder    string // for the mails; empty for none
	mails     int
	mail      activities.Mail // the one handed over last
	fault     error

	userID string
	zone   *time.Location
	lines  []timelineLine
}

// timelineLine is one line, as JSON has it.
type timelineLine struct {
	At         time.Time            `json:"at"`
	Phase      string               `json:"phase,omitempty"`
	Touchpoint string               `json:"touchpoint,omitempty"`
	Key        string               `json:"key,omitempty"`
	Nth        int                  `json:"nth,omitempty"`
	Step       string               `json:"step,omitempty"`
	Kind       journey.DecisionKind `json:"kind"`
	Reason     journey.Reason       `json:"reason,omitempty"`
	Detail     map[string]any       `json:"detail,omitempty"`
	Message    *timelineMail        `json:"message,omitempty"`
}

// timelineMail is a mail that was handed over.
type timelineMail struct {
	ID       string `json:"id"`
	Template string `json:"template"`
	To       string `json:"to"`
	Subject  string `json:"subject"`
	Text     string `json:"text,omitempty"`
}

// stands is the kind of the lines at the end that say where the runs stand.
const stands journey.DecisionKind = "stands"

func (t *timeline) see(e simulate.Entry) {
	l := timelineLine{
		At: e.At, Phase: e.Phase, Touchpoint: e.Touchpoint, Key: e.Key, Nth: e.Nth, Step: e.Step,
		Kind: e.Kind, Reason: e.Reason, Detail: e.Detail,
	}
	if m := e.Message; e.Kind == simulate.Sent {
		l.Message = &timelineMail{ID: m.ID, Template: m.Template, To: t.mail.To.Email, Subject: t.mail.Subject, Text: t.mail.Text}
	}
	t.lines = append(t.lines, l)
}

// end adds where the runs stand, and finds out in which time zone the customer lives.
func (t *timeline) end(userID string, c *simulate.Customer) {
	state := c.State()
	t.userID, t.zone = userID, t.published.Map.Location(state.Facts)
	for _, r := range state.Runs {
		l := timelineLine{At: c.Now(), Phase: state.Phase, Touchpoint: r.Touchpoint, Key: r.Key, Nth: r.Nth, Step: r.Step, Kind: stands}
		if !r.Due.IsZero() {
			l.Detail = map[string]any{"until": r.Due.In(t.zone).Format(time.RFC3339)}
		}
		t.lines = append(t.lines, l)
	}
	for i := range t.lines {
		t.lines[i].At = t.lines[i].At.In(t.zone)
	}
}

func (t *timeline) writeJSON(w io.Writer, texts bool) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, l := range t.lines {
		if l.Message != nil && !texts {
			l.Message.Text = ""
		}
		if err := out.Encode(l); err != nil {
			return fmt.Errorf("print the timeline: %w", err)
		}
	}
	return nil
}

// writeText prints a table, with the text of each mail below its line when texts is true.
func (t *timeline) writeText(w io.Writer, texts bool) error {
	var table strings.Builder
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.StripEscape)
	fmt.Fprintln(columns, "WHEN\tPHASE\tTOUCHPOINT\tSTEP\tKIND\tREASON\tFACTS")
	for _, l := range t.lines {
		fmt.Fprintln(columns, strings.Join(l.cells(), "\t"))
	}
	if err := columns.Flush(); err != nil {
		return fmt.Errorf("print the timeline: %w", err)
	}
	fmt.Fprintf(w, "%s, times in %s\n\n", t.userID, t.zone)
	rows := strings.Split(table.String(), "\n")
	fmt.Fprintln(w, strings.TrimRight(rows[0], " "))
	for i, l := range t.lines {
		fmt.Fprintln(w, strings.TrimRight(rows[i+1], " "))
		if l.Message != nil && texts {
			fmt.Fprintf(w, "\n%s\n\n", indented("To: "+l.Message.To+"\nSubject: "+l.Message.Subject+"\n\n"+l.Message.Text))
		}
	}
	return nil
}

func indented(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight("    "+lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// cells are the columns of a line. None of them has a tab or a line break.
func (l timelineLine) cells() []string {
	touchpoint := l.Touchpoint
	if l.Key != "" {
		touchpoint += "/" + l.Key
	}
	if l.Nth > 1 {
		touchpoint += fmt.Sprintf("#%d", l.Nth)
	}
	cells := []string{l.At.Format(time.DateTime), l.Phase, touchpoint, l.Step, string(l.Kind), string(l.Reason), l.facts()}
	for i := range cells {
		if cells[i] == "" {
			cells[i] = "-"
		}
		cells[i] = strings.Join(strings.Fields(cells[i]), " ")
	}
	return cells
}

// facts tells the details in the order of their names.
func (l timelineLine) facts() string {
	var facts []string
	if m := l.Message; m != nil {
		facts = append(facts, fmt.Sprintf("template=%s subject=%q", m.Template, m.Subject))
	}
	for _, name := range slices.Sorted(maps.Keys(l.Detail)) {
		if text := fmt.Sprint(l.Detail[name]); text != "" {
			facts = append(facts, name+"="+text)
		}
	}
	return strings.Join(facts, " ")
}
