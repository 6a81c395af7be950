package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckWhatNeverStarts(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"date: {trait: birthday}, key: event.order_id",
		"absence: {after: 3d, without: A}, key: event.order_id",
		"date: {trait: birthday}, if: event.total > 3",
	} {
		_, problems := Parse([]Source{{Name: "m.yaml", Data: []byte(`
journey: t
shop: {name: S, email: s@example.com}
phases: [{id: p, enter: [{on: A}]}]
touchpoints: [{id: tp, phase: p, class: service, ` + line + `, do: [{send: {template: a}}]}]`)}})
		require.NotEmpty(t, problems, line)
	}
}

func TestCheckFormerIDsTwice(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"[{id: b, was: a, phase: p, class: service, on: A, do: [{send: {template: a}}]}, {id: c, was: a, phase: p, class: service, on: A, do: [{send: {template: a}}]}]",
		"[{id: b, phase: p, class: service, on: A, do: [{id: x, was: wait-1, wait: 1d}, {id: y, was: wait-1, wait: 2d}, {send: {template: a}}]}]",
	} {
		_, problems := Parse([]Source{{Name: "m.yaml", Data: []byte("journey: t\nshop: {name: S, email: s@example.com}\nphases: [{id: p, enter: [{on: A}]}]\ntouchpoints: " + text)}})
		require.NotEmpty(t, problems, text)
	}
}
