package journey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLearnScores(t *testing.T) {
	t.Parallel()
	answer := func(days float64, survey, score any) Event {
		return told(days, SurveyAnswered, map[string]any{"survey": survey, "score": score})
	}
	f := learnAll(
		answer(2, "nps", 9.0), answer(1, "nps", 1.0), answer(1, 7.0, "4"), answer(1, "", 5.0), answer(1, "none", "good"),
		answer(1, "endless", "Inf"), answer(1, strings.Repeat("x", 300), 1.0),
	)
	require.Equal(t, map[string]float64{"nps": 9, "7": 4}, f.Scores)
	for i := range 60 {
		f = f.learn(answer(3+float64(i), fmt.Sprint("s", i), 1.0))
	}
	require.Len(t, f.Scores, maxSurveys)
	require.Len(t, f.ScoredAt, maxSurveys)
	require.NotContains(t, f.Scores, "nps")
	require.Contains(t, f.Scores, "s59")
	require.Equal(t, f, f.learn(answer(2.5, "too old", 1.0)))
}
