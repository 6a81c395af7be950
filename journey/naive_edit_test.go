package journey

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

// mapEdit edits the text of a map, as its author might. Other tests have what it does not do: write a key in another way than
// taking it out or putting it in, make one touchpoint of two, change the spread or how long messages are held, edit steps
// without ids.
type mapEdit struct {
	t    *rapid.T
	tree map[string]any
	nth  int // of the map's versions
	made int // steps that were made
}

// editMap draws a newer map: a few edits of the former.
func editMap(t *rapid.T, text string, nth int) string {
	e := &mapEdit{t: t, nth: nth}
	require.NoError(t, yaml.Unmarshal([]byte(text), &e.tree))
	if rapid.IntRange(1, 4).Draw(t, "forget") == 1 {
		e.forget(e.tree)
	}
	for range rapid.IntRange(1, 3).Draw(t, "edits") {
		e.edit()
	}
	edited, err := json.Marshal(e.tree)
	require.NoError(t, err)
	return string(edited)
}

func (e *mapEdit) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(e.t, label)
}

func (e *mapEdit) edit() {
	all := e.tree["touchpoints"].([]any)
	t := rapid.SampledFrom(all).Draw(e.t, "touchpoint").(map[string]any)
	switch e.pick("edit", "wait", "wait", "step gone", "step gone", "step new", "step renamed", "step moved", "renamed", "gone", "paused", "paused", "all paused",
		"finish", "all finish", "phase renamed", "cancel", "key", "policy") {
	case "wait":
		e.eachStep(t, e.wait)
	case "step gone":
		e.lists(t, func(list []any) []any {
			if i := rapid.IntRange(0, len(list)).Draw(e.t, "which"); i < len(list) && len(list) > 1 {
				return append(append([]any{}, list[:i]...), list[i+1:]...)
			}
			return list
		})
	case "step new":
		e.lists(t, e.insert)
	case "step renamed":
		e.eachStep(t, func(s map[string]any) {
			if rapid.Bool().Draw(e.t, "this") {
				e.rename(s)
			}
		})
	case "step moved":
		e.lists(t, func(list []any) []any { return append(append([]any{}, list[1:]...), list[0]) })
	case "renamed":
		e.rename(t)
	case "gone":
		if len(all) > 1 {
			e.tree["touchpoints"] = append([]any{}, all[1:]...)
		}
	case "paused":
		t["paused"] = t["paused"] != true
		if t["observe"] != nil {
			delete(t, "paused")
		}
	case "all paused":
		e.tree["paused"] = e.tree["paused"] != true
	case "finish":
		if t["observe"] == nil {
			t["inFlight"] = e.pick("in flight", "finish", "finish", "follow")
		}
	case "all finish":
		e.tree["inFlight"] = e.pick("in flight", "finish", "finish", "follow")
	case "phase renamed":
		e.phase()
	case "cancel":
		if t["observe"] == nil {
			t["cancel"] = e.pick("cancel", drawnEvents...)
		}
	case "key":
		e.key(t)
	case "policy":
		e.policy()
	}
}

// forget leaves former names out of the map: the record knows them.
func (e *mapEdit) forget(item any) {
	switch item := item.(type) {
	case map[string]any:
		delete(item, "was")
		for _, inner := range item {
			e.forget(inner)
		}
	case []any:
		for _, inner := range item {
			e.forget(inner)
		}
	}
}

// key gives a touchpoint a key, or takes it away.
func (e *mapEdit) key(t map[string]any) {
	text, err := json.Marshal(t)
	require.NoError(e.t, err)
	switch {
	case t["key"] == nil && t["on"] != nil:
		t["key"] = "event.order_id"
	case !strings.Contains(string(text), `"by"`):
		delete(t, "key")
	}
}

// lists replaces the lists of steps of a touchpoint, inner ones first.
func (e *mapEdit) lists(t map[string]any, edit func([]any) []any) {
	var visit func(holder map[string]any)
	visit = func(holder map[string]any) {
		for _, word := range []string{"do", "else"} {
			list, ok := holder[word].([]any)
			if !ok {
				continue
			}
			for _, item := range list {
				s := item.(map[string]any)
				visit(s)
				for _, kind := range []string{"branch", "split"} {
					arms, _ := s[kind].([]any)
					for _, arm := range arms {
						visit(arm.(map[string]any))
					}
				}
			}
			holder[word] = edit(list)
		}
	}
	visit(t)
}

func (e *mapEdit) eachStep(t map[string]any, edit func(map[string]any)) {
	e.lists(t, func(list []any) []any {
		for _, s := range list {
			edit(s.(map[string]any))
		}
		return list
	})
}

// wait changes what a step waits for, or what it sends.
func (e *mapEdit) wait(s map[string]any) {
	if !rapid.Bool().Draw(e.t, "this") {
		return
	}
	switch {
	case s["wait"] != nil:
		s["wait"] = e.pick("wait", drawnWaits...)
	case s["until"] != nil:
		s["until"] = e.pick("until", `customer.last_seen + duration("70h")`, `timestamp(event.never)`)
	case s["waitFor"] != nil:
		w := s["waitFor"].(map[string]any)
		if rapid.Bool().Draw(e.t, "event") {
			w["on"] = e.pick("for", drawnEvents...)
		} else {
			w["for"] = e.pick("time-out", "5h", "2d", "8d")
		}
	case s["send"] != nil:
		s["send"] = map[string]any{"template": e.pick("template", "mail", "other")}
	}
}

func (e *mapEdit) insert(list []any) []any {
	if !rapid.Bool().Draw(e.t, "here") {
		return list
	}
	e.made++
	s := map[string]any{"id": fmt.Sprintf("new-%d-%d", e.nth, e.made)}
	switch e.pick("new", "send", "wait", "set") {
	case "send":
		s["send"] = map[string]any{"template": e.pick("template", "mail", "other")}
	case "wait":
		s["wait"] = e.pick("wait", drawnWaits...)
	case "set":
		s["set"] = map[string]any{"tier": 2}
	}
	i := rapid.IntRange(0, len(list)).Draw(e.t, "where")
	return append(append(append([]any{}, list[:i]...), s), list[i:]...)
}

// rename gives something another id, and says what it was called.
func (e *mapEdit) rename(named map[string]any) {
	id := named["id"].(string)
	was, _ := named["was"].([]any)
	named["was"], named["id"] = append(was, id), id+"x"
}

// phase renames the last phase everywhere.
func (e *mapEdit) phase() {
	phases := e.tree["phases"].([]any)
	last := phases[len(phases)-1].(map[string]any)
	id := last["id"].(string)
	text, err := json.Marshal(e.tree)
	require.NoError(e.t, err)
	renamed := strings.ReplaceAll(string(text), fmt.Sprintf("%q", id), fmt.Sprintf("%q", id+"x"))
	e.tree = nil
	require.NoError(e.t, json.Unmarshal([]byte(renamed), &e.tree))
	phases = e.tree["phases"].([]any)
	last = phases[len(phases)-1].(map[string]any)
	was, _ := last["was"].([]any)
	last["was"] = append(was, id)
}

// policy changes when messages may go.
func (e *mapEdit) policy() {
	p, ok := e.tree["policy"].(map[string]any)
	if !ok {
		p = map[string]any{}
		e.tree["policy"] = p
	}
	switch e.pick("policy", "quiet", "loud", "caps", "windows") {
	case "quiet":
		p["quietHours"] = map[string]any{"from": "18:00", "to": "10:30"}
	case "loud":
		delete(p, "quietHours")
	case "caps":
		p["caps"] = []any{map[string]any{"classes": []any{"marketing"}, "max": 1, "per": "2d"}}
	case "windows":
		delete(p, "windows")
	}
}
