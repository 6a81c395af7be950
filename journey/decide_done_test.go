package journey

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEditedBehind moves what a customer had behind where they wait.
func TestEditedBehind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before, after string
		mails         []string
		tasks         int
		calls         int
		notAgain      int // how often it is recorded that something is not done again
	}{
		"the same template in two arms": {
			before:   "[{send: {template: a}}, {wait: 7d}, {send: {template: b}}]",
			after:    "[{wait: 7d}, {branch: [{if: customer.orders > 3, do: [{send: {template: a}}]}], else: [{wait: 1h}, {send: {template: a}}]}, {send: {template: b}}]",
			mails:    []string{"0s a", "169h0m0s b"},
			notAgain: 1,
		},
		"twice in another arm": {
			before:   "[{send: {template: a}}, {wait: 7d}, {send: {template: b}}]",
			after:    "[{wait: 7d}, {branch: [{if: customer.orders > 3, do: [{send: {template: a}}, {send: {template: a}}]}], else: [{send: {template: a}}]}, {send: {template: b}}]",
			mails:    []string{"0s a", "168h0m0s b"},
			notAgain: 1,
		},
		"a named step with another template": {
			before:   "[{id: s1, send: {template: a}}, {id: w, wait: 7d}, {id: s2, send: {template: b}}]",
			after:    "[{id: w, wait: 7d}, {id: s1, send: {template: a2}}, {id: s2, send: {template: b}}]",
			mails:    []string{"0s a", "168h0m0s b"},
			notAgain: 1,
		},
		"a named step with another name and template": {
			before:   "[{id: s1, send: {template: a}}, {id: w, wait: 7d}, {id: s2, send: {template: b}}]",
			after:    "[{id: w, wait: 7d}, {id: s9, was: s1, ask: {template: a2, question: Well?, scale: 1-5}}, {id: s2, send: {template: b}}]",
			mails:    []string{"0s a", "168h0m0s b"},
			notAgain: 1,
		},
		"named tasks and webhooks": {
			before:   "[{id: t, task: {title: Call}}, {id: h, webhook: {url: 'https://x.example.com/a'}}, {id: w, wait: 7d}, {send: {template: b}}]",
			after:    "[{id: w, wait: 7d}, {id: t, task: {title: Call them}}, {id: h, webhook: {url: 'https://x.example.com/b'}}, {send: {template: b}}]",
			mails:    []string{"168h0m0s b"},
			tasks:    1,
			calls:    1,
			notAgain: 2,
		},
		"tasks and webhooks without a name": {
			before:   "[{task: {title: Call}}, {webhook: {url: 'https://x.example.com/a'}}, {id: w, wait: 7d}]",
			after:    "[{id: w, wait: 7d}, {task: {title: Call}}, {webhook: {url: 'https://x.example.com/a'}}]",
			tasks:    1,
			calls:    1,
			notAgain: 2,
		},
		"another task and another webhook": {
			before: "[{task: {title: Call}}, {webhook: {url: 'https://x.example.com/a'}}, {id: w, wait: 7d}]",
			after:  "[{id: w, wait: 7d}, {task: {title: Write}}, {webhook: {url: 'https://x.example.com/a', type: other.type}}]",
			tasks:  2,
			calls:  2,
		},
		"the same template in an added step": {
			before: "[{send: {template: a}}, {wait: 7d}]",
			after:  "[{send: {template: a}}, {wait: 7d}, {send: {template: a}}]",
			mails:  []string{"0s a", "168h0m0s a"},
		},
		"the same template in an added step with a name": {
			before: "[{id: s1, send: {template: a}}, {wait: 7d}]",
			after:  "[{id: s1, send: {template: a}}, {wait: 7d}, {id: s2, send: {template: a}}]",
			mails:  []string{"0s a", "168h0m0s a"},
		},
		"the same template in an added step in an arm": {
			before: "[{send: {template: a}}, {wait: 7d}, {task: {title: Call}}]",
			after:  "[{send: {template: a}}, {wait: 7d}, {task: {title: Call}}, {branch: [{if: customer.orders > 3, do: [{send: {template: b}}]}], else: [{send: {template: a}}]}]",
			mails:  []string{"0s a", "168h0m0s a"},
			tasks:  1,
		},
		"a name that a task had before": {
			before: "[{id: x, task: {title: Call}}, {wait: 7d}, {send: {template: b}}]",
			after:  "[{wait: 7d}, {id: x, send: {template: a}}, {send: {template: b}}]",
			mails:  []string{"168h0m0s a", "168h0m0s b"},
			tasks:  1,
		},
		"two surveys with one template": {
			before:   "[{ask: {template: q, survey: one, question: Well?, scale: 1-5}}, {wait: 7d}, {ask: {template: q, survey: two, question: Really?, scale: 1-5}}]",
			after:    "[{wait: 7d}, {ask: {template: q, survey: one, question: Well?, scale: 1-5}}, {ask: {template: q, survey: two, question: Really?, scale: 1-5}}]",
			mails:    []string{"0s q", "168h0m0s q"},
			notAgain: 1,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEdited(t, withSteps(tt.before))
			tasks, calls, mails := 0, 0, []string(nil)
			seen, settling := x.seen, x.settling
			x.seen = func(out Outcome) { seen(out); tasks += len(out.Tasks) }
			x.settling = func(m Message, s Settlement) {
				if m.Kind == KindWebhook {
					calls++
					return
				}
				settling(m, s)
			}
			x.ev(OrderCompleted, nil)
			x.at(48 * time.Hour)
			x.pub(t, withSteps(tt.after))
			x.at(30 * day)
			mails = append(mails, x.mails...)
			require.Equal(t, tt.mails, mails)
			require.Equal(t, tt.tasks, tasks)
			require.Equal(t, tt.calls, calls)
			notAgain := 0
			for _, d := range x.decisions {
				if d.Reason == ReasonEdited && (d.Detail["template"] != nil || d.Detail["task"] != nil || d.Detail["webhook"] != nil) {
					notAgain++
					require.Contains(t, d.Words(x.m, time.UTC), "already")
				}
			}
			require.Equal(t, tt.notAgain, notAgain)
			require.Empty(t, x.state.Facts.Done, "what ended needs no memory")
		})
	}
}

func TestDeedsAsText(t *testing.T) {
	t.Parallel()
	deeds := []Deed{{What: "a"}, {What: "a", Step: "s1"}, {What: "task Mail me @home"}, {What: "task Mail me @home", Step: "t"}, {What: "webhook https://x.example.com/@a t"}}
	text, err := json.Marshal(deeds)
	require.NoError(t, err)
	var read []Deed
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, deeds, read)
	require.NoError(t, json.Unmarshal([]byte(`["first", "second"]`), &read), "as it was written before deeds had steps")
	require.Equal(t, []Deed{{What: "first"}, {What: "second"}}, read)
}
