package activities

import (
	"fmt"

	"klantreis/journey"
)

// asks tells whether a message is the mail of an ask.
func asks(m journey.Message) bool { return m.Ask.Survey != "" }

// question returns what the mail of an ask shows: the question in the customer's language or else the fallback, with a link
// for every score. Nil when it asks nothing.
func question(m journey.Message, locale, fallback string, answerURL func(messageID string) string) *Question {
	if !asks(m) {
		return nil
	}
	q := &Question{Text: m.Ask.Text(locale, fallback), Survey: m.Ask.Survey, URL: answerURL(m.ID)}
	for score := m.Ask.From; score <= m.Ask.To; score++ {
		q.Scores = append(q.Scores, ScoreLink{Score: score, URL: fmt.Sprintf("%s?score=%d", q.URL, score)})
	}
	return q
}
