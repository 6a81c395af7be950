package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// lineFlow is a flow of named waits and sends only, for which it is plain what an edit does.
type lineFlow []*editStep

// lineModel is one run on such flows, by what docs/journey-map.md says under "Changing a live map".
type lineModel struct {
	flow    lineFlow // that it follows
	at      int      // uid of the step where it stands
	entered time.Duration
	due     time.Duration
	edited  bool // it stands there by an edit, which takes effect at due
	before  *lineModel
	ended   bool
	acted   map[int]bool
	mails   []string
	spread  time.Duration
}

func (l lineFlow) index(uid int) int {
	return slices.IndexFunc(l, func(s *editStep) bool { return s.uid == uid })
}

func (m *lineModel) enter(i int, at time.Duration) {
	m.edited, m.before = false, nil
	for ; i < len(m.flow); i++ {
		s := m.flow[i]
		m.at, m.entered = s.uid, at
		if s.kind == "wait" {
			m.due = at + time.Duration(s.n)*time.Hour
			return
		}
		if !m.acted[s.uid] {
			m.acted[s.uid] = true
			m.mails = append(m.mails, fmt.Sprintf("%s t%d", at, s.n))
		}
	}
	m.ended = true
}

func (m *lineModel) until(end time.Duration) {
	for !m.ended && m.due <= end {
		i := m.flow.index(m.at)
		if !m.edited {
			i++
		}
		m.enter(i, m.due)
	}
}

func (m *lineModel) publish(next lineFlow, at time.Duration) {
	if m.ended {
		return
	}
	pending, pendingDue := m.edited, m.due
	if m.before != nil {
		b := m.before
		m.flow, m.at, m.entered, m.due, m.edited, m.before = b.flow, b.at, b.entered, b.due, false, nil
	}
	stood := *m
	was := m.flow[m.flow.index(m.at)]
	i := next.index(m.at)
	if i >= 0 {
		m.flow = next
		if next[i].n != was.n {
			if m.due = m.entered + time.Duration(next[i].n)*time.Hour; m.due < at {
				m.due = at + m.spread
			}
		} else if pending && m.due < at {
			m.due = at + m.spread
		}
		return
	}
	for j := m.flow.index(m.at) + 1; j < len(m.flow); j++ {
		if k := next.index(m.flow[j].uid); k >= 0 {
			m.flow, m.at, m.edited, m.before = next, next[k].uid, true, &stood
			if m.due = at + m.spread; pending {
				m.due = min(m.due, max(pendingDue, at))
			}
			return
		}
	}
	m.ended = true
}

// TestPropertyLineOfSteps compares edits of a line of steps with the model.
func TestPropertyLineOfSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		uid := 0
		step := func() *editStep {
			uid++
			s := &editStep{uid: uid, id: fmt.Sprint("s", uid), kind: rapid.SampledFrom([]string{"wait", "wait", "send"}).Draw(t, "kind"), n: uid}
			if s.kind == "wait" {
				s.n = rapid.IntRange(1, 100).Draw(t, "hours")
			}
			return s
		}
		var steps []*editStep
		for range rapid.IntRange(2, 6).Draw(t, "steps") {
			steps = append(steps, step())
		}
		spreadText := rapid.SampledFrom([]string{"24h", "30m"}).Draw(t, "spread")
		long, _ := ParseDuration(spreadText)
		head := "policy: {spread: " + spreadText + "}"
		v := editVersion{id: "tp", head: head, steps: steps}
		first := v.text()
		model := &lineModel{flow: v.steps, acted: map[int]bool{}, spread: spreadOffset("c-1", long)}
		model.enter(0, 0)
		x := startEdits(t, first)
		x.ev(OrderCompleted, map[string]any{"order_id": "1"})
		var at time.Duration
		story := first
		var removed []*editStep
		decide, edits := true, rapid.IntRange(1, 6).Draw(t, "edits")
		for n := range edits {
			if decide {
				at += time.Duration(rapid.IntRange(1, 40).Draw(t, "gap"))*time.Hour + 11*time.Minute
				x.at(at)
				model.until(at - 1)
			}
			v.steps = clonedSteps(v.steps)
			if rapid.IntRange(0, 3).Draw(t, "renames") == 0 {
				uid++
				v = v.rename(t, uid, rapid.Bool().Draw(t, "drop"))
			}
			for range rapid.IntRange(1, 3).Draw(t, "ops") {
				i := rapid.IntRange(0, len(v.steps)-1).Draw(t, "i")
				switch rapid.IntRange(0, 4).Draw(t, "op") {
				case 0:
					if len(v.steps) > 1 {
						removed = append(removed, v.steps[i])
						v.steps = slices.Delete(v.steps, i, i+1)
					}
				case 1:
					v.steps = slices.Insert(v.steps, i, step())
				case 2:
					s := v.steps[i]
					v.steps = slices.Delete(v.steps, i, i+1)
					v.steps = slices.Insert(v.steps, rapid.IntRange(0, len(v.steps)).Draw(t, "j"), s)
				case 3:
					if v.steps[i].kind == "wait" {
						v.steps[i].n = rapid.IntRange(1, 100).Draw(t, "hours")
					} else {
						uid++
						v.steps[i].n = 1000 + uid
					}
				case 4: // a step comes back
					if len(removed) > 0 {
						v.steps = slices.Insert(v.steps, i, removed[len(removed)-1])
						removed = removed[:len(removed)-1]
					}
				}
			}
			// A version that is followed at once by another one is seen by no decision.
			decide = rapid.IntRange(0, 3).Draw(t, "decide") > 0 || n == edits-1
			m, err := parseEdited(v.text())
			require.NoError(t, err, v.text())
			if _, problems := m.Descend(x.m.Lineage(), x.version); len(problems) > 0 {
				t.Skip("publishing refuses this edit; the next drawn line is played")
			}
			x.publish(m)
			story += fmt.Sprint("\n", at, " ", writeSteps(v.steps))
			if decide {
				x.decide()
				model.publish(v.steps, at)
			}
		}
		x.at(3000 * time.Hour)
		model.until(3000 * time.Hour)
		require.Equal(t, model.mails, x.mails, story)
	})
}
