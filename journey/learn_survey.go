package journey

import "time"

// maxSurveys is how many surveys' answers are remembered of one customer.
const maxSurveys = 50

// score keeps the newest answer to a survey. An answer without a survey or a number is none.
func (f *Facts) score(e Event) {
	survey := propertyText(e, "survey")
	score, ok := number(e.Properties["score"])
	if isID(survey) && ok {
		f.scored(survey, score, e.Timestamp)
	}
}

// scored keeps the score of a survey, unless a newer one is known.
func (f *Facts) scored(survey string, score float64, at time.Time) {
	if at.Before(f.ScoredAt[survey]) {
		return
	}
	f.ScoredAt = with(f.ScoredAt, survey, at, maxSurveys, func(t time.Time) time.Time { return t })
	scores := make(map[string]float64, len(f.ScoredAt))
	for name := range f.ScoredAt {
		scores[name] = f.Scores[name]
	}
	if _, kept := scores[survey]; kept {
		scores[survey] = score
	}
	f.Scores = scores
}
