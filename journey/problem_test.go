package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProblemString(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		problem Problem
		want    string
	}{
		"everything": {
			Problem{File: "journey.yaml", Line: 12, Path: "touchpoints[1].do[0].wait", Message: "must be positive", Hint: "such as 7d"},
			"journey.yaml:12: touchpoints[1].do[0].wait: must be positive (such as 7d)",
		},
		"a warning":      {Problem{File: "a.yaml", Line: 1, Path: "phases[0]", Message: "m", Warning: true}, "a.yaml:1: warning: phases[0]: m"},
		"the whole file": {Problem{File: "a.yaml", Message: "is empty"}, "a.yaml: is empty"},
		"no file":        {Problem{Message: "there is no file"}, "there is no file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.problem.String())
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	ps := Problems{
		{File: "b.yaml", Line: 1, Message: "third"},
		{File: "a.yaml", Line: 10, Message: "second"},
		{File: "a.yaml", Line: 9, Message: "first", Warning: true},
	}
	ps.sort()
	require.EqualError(t, ps, "a.yaml:9: warning: first\na.yaml:10: second\nb.yaml:1: third")
	require.EqualError(t, ps.Errors(), "a.yaml:10: second\nb.yaml:1: third")
	require.EqualError(t, ps.Warnings(), "a.yaml:9: warning: first")
	require.Empty(t, Problems{}.Errors())
}
