package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// editLists calls f with every list of steps.
func editLists(steps *[]*editStep) []*[]*editStep {
	lists := []*[]*editStep{steps}
	for _, s := range *steps {
		for i := range s.lists {
			lists = append(lists, editLists(&s.lists[i])...)
		}
	}
	return lists
}

// edit makes one to three structural edits.
func (v editVersion) edit(t *rapid.T, d *editDraw, most int, noRename bool) editVersion {
	out := v
	out.steps = clonedSteps(v.steps)
	for range rapid.IntRange(1, most).Draw(t, "ops") {
		l := rapid.SampledFrom(editLists(&out.steps)).Draw(t, "list")
		switch rapid.IntRange(0, 6).Draw(t, "op") {
		case 0: // remove
			if len(*l) > 1 {
				i := rapid.IntRange(0, len(*l)-1).Draw(t, "i")
				*l = slices.Delete(*l, i, i+1)
			}
		case 1: // insert
			d.next += 100
			i := rapid.IntRange(0, len(*l)).Draw(t, "i")
			*l = slices.Insert(*l, i, d.list(1, 1)...)
		case 2: // move within or to another list
			if len(*l) > 1 {
				i := rapid.IntRange(0, len(*l)-1).Draw(t, "i")
				s := (*l)[i]
				*l = slices.Delete(*l, i, i+1)
				to := rapid.SampledFrom(editLists(&out.steps)).Draw(t, "to")
				*to = slices.Insert(*to, rapid.IntRange(0, len(*to)).Draw(t, "j"), s)
			}
		case 3: // change a wait
			for _, s := range *l {
				if s.kind == "wait" || s.kind == "waitFor" {
					s.n = rapid.IntRange(20, 480).Draw(t, "hours")
				}
			}
		case 4: // swap arms
			for _, s := range *l {
				if len(s.lists) > 1 {
					s.lists[0], s.lists[1] = s.lists[1], s.lists[0]
				}
			}
		case 5: // wrap
			i := rapid.IntRange(0, len(*l)-1).Draw(t, "i")
			s := (*l)[i]
			d.next++
			(*l)[i] = &editStep{kind: "branch", id: map[bool]string{true: fmt.Sprint("w", d.next)}[d.named], n: d.next, lists: [][]*editStep{{s}, d.list(0, 1), d.list(0, 1)}}
		case 6:
			if noRename {
				continue
			}
			d.next++
			out = out.rename(t, 50+d.next, rapid.Bool().Draw(t, "drop"))
		}
	}
	return out
}

func endedByEdit(x *story) bool {
	return slices.ContainsFunc(x.state.Runs, func(r Run) bool {
		return r.Reason == ReasonStepGone || r.Reason == ReasonGone || r.Reason == ReasonUnited
	})
}

// editsTakenBack checks that edits which are taken back within the spread, by a rollback or by finish, change nothing, as far as nothing
// would have happened meanwhile.
func editsTakenBack(t *testing.T, extra string, named bool, edits int) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		d := &editDraw{t: t, named: named}
		v := editVersion{id: "tp", head: spreadWide, steps: d.list(2, 4)}
		n := rapid.IntRange(1, edits).Draw(t, "edits")
		at := time.Duration(rapid.IntRange(1, 600).Draw(t, "pub"))*time.Hour + 7*time.Minute
		start := at
		var pubs []editPub
		w := v
		for range n {
			w = w.edit(t, d, 3, extra != "")
			pubs = append(pubs, editPub{at, w.text(), rapid.IntRange(0, 3).Draw(t, "decide") > 0})
			at += time.Hour
		}
		back := v
		if extra != "" { // the newest map, but runs finish on the version with which they began
			back = w
			back.extra = extra
		}
		pubs = append(pubs, editPub{at, back.text(), true})
		events := editEvents(t)
		for _, e := range events {
			if e.name == OrderCompleted && e.after > 0 {
				return
			}
			if e.after > start-time.Hour && e.after < at+time.Hour {
				return
			}
		}
		want, _ := playEdits(t, v.text(), nil, events)
		if busyBetween(t, v.text(), events, start, at+25*time.Hour) {
			return
		}
		got, x := playEdits(t, v.text(), pubs, events)
		if endedByEdit(x) {
			return
		}
		require.Equal(t, noticed(want), noticed(got), fmt.Sprint(v.text(), "\n", pubs))
	})
}

func TestPropertyEditsTakenBack(t *testing.T) {
	t.Parallel()
	for name, extra := range map[string]string{"rolled back": "", "finish": ", inFlight: finish"} {
		for named, edits := range map[bool]int{true: 3, false: 2} {
			t.Run(fmt.Sprint(name, ", named ", named), func(t *testing.T) {
				t.Parallel()
				editsTakenBack(t, extra, named, edits)
			})
		}
	}
}

// TestPropertyRolledBackToTheOneBetween publishes an edit, another one, and the first again: the second changed nothing.
func TestPropertyRolledBackToTheOneBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &editDraw{t: t, named: rapid.Bool().Draw(t, "named")}
		v := editVersion{id: "tp", head: spreadWide, steps: d.list(2, 4)}
		at := time.Duration(rapid.IntRange(1, 600).Draw(t, "pub"))*time.Hour + 7*time.Minute
		first := v.edit(t, d, 2, true)
		second := first.edit(t, d, 2, true)
		once := []editPub{{at, first.text(), true}}
		again := append(slices.Clone(once), editPub{at + time.Hour, second.text(), true}, editPub{at + 2*time.Hour, first.text(), true})
		events := editEvents(t)
		for _, e := range events {
			if e.name == OrderCompleted && e.after > 0 || e.after > at-time.Hour && e.after < at+3*time.Hour {
				return
			}
		}
		if busyBetween(t, v.text(), events, at, at+27*time.Hour) {
			return
		}
		want, _ := playEdits(t, v.text(), once, events)
		got, x := playEdits(t, v.text(), again, events)
		if endedByEdit(x) {
			return
		}
		require.Equal(t, noticed(want), noticed(got), v.text()+first.text()+second.text())
	})
}

// busyBetween tells whether something would happen by itself in that time.
func busyBetween(t *rapid.T, text string, events []editEvent, from, to time.Duration) bool {
	x := startEdits(t, text)
	for _, e := range events {
		if e.after < from {
			x.at(e.after)
			x.ev(e.name, e.props)
		}
	}
	x.at(from)
	for _, r := range x.state.Runs {
		if r.Status == RunActive && !r.Due.After(engineStart.Add(to)) {
			return true
		}
	}
	return false
}

// noticed leaves out when runs ended: what customers do not notice.
func noticed(log []string) []string {
	return slices.DeleteFunc(slices.Clone(log), func(line string) bool { return strings.HasPrefix(line, "end ") })
}
