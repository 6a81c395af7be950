package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// asking is a bench whose mail asks a question.
func asking(t *testing.T, from, to int) *bench {
	t.Helper()
	b := setup(t)
	b.ledger.handover.Message.Ask = journey.Ask{Survey: "nps", Question: "How likely?", From: from, To: to}
	b.acts.Links.Answer = func(id string) string { return "https://reis.test/a/token-of-" + id }
	return b
}

func TestTheMailOfAnAskHasALinkForEveryScore(t *testing.T) {
	t.Parallel()
	b := asking(t, 1, 3)
	require.Equal(t, journey.ReasonSent, b.sent(t))
	require.Equal(t, &activities.Question{
		Text: "How likely?", Survey: "nps", URL: "https://reis.test/a/token-of-m_1",
		Scores: []activities.ScoreLink{
			{Score: 1, URL: "https://reis.test/a/token-of-m_1?score=1"},
			{Score: 2, URL: "https://reis.test/a/token-of-m_1?score=2"},
			{Score: 3, URL: "https://reis.test/a/token-of-m_1?score=3"},
		},
	}, b.maps.given[0].Ask)
	b = asking(t, 0, 10)
	b.sent(t)
	require.Len(t, b.maps.given[0].Ask.Scores, 11)
}

func TestTheMailAsksInTheCustomersLanguage(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{"nl-BE": "Hoe waarschijnlijk?", "en": "How likely?", "fr": "Hoe waarschijnlijk?"} {
		b := asking(t, 1, 3)
		b.maps.m.Locale = "nl"
		b.ledger.handover.Message.Ask.Questions = map[string]string{"en": "How likely?", "nl": "Hoe waarschijnlijk?"}
		b.ledger.handover.Facts.Locale = locale
		b.sent(t)
		require.Equal(t, want, b.maps.given[0].Ask.Text, locale)
	}
}

func TestWithoutAnAddressAsksWait(t *testing.T) {
	t.Parallel()
	b := asking(t, 0, 10)
	b.acts.Links.Answer = nil
	_, err := b.attempt(t)
	require.ErrorContains(t, err, "--public-url")
	require.Equal(t, []string{"claim"}, b.calls)
	require.Empty(t, b.ledger.token, "it is not claimed")
	b.ledger.handover.Message.Ask = journey.Ask{}
	require.Equal(t, journey.ReasonSent, b.sent(t), "other mails go out")
}
