package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/api"
)

// fakeAnswers knows the tokens "nps" (0 to 10) and "stars" (1 to 5, in English), "done", which is answered, and "late",
// which somebody else answers while the page is open; "broken" fails, and "lost" is gone when the answer comes.
type fakeAnswers struct {
	given []api.Answer
}

func (*fakeAnswers) Question(_ context.Context, token string) (api.Question, bool, error) {
	q := api.Question{Shop: "Winkel & Co", Text: "Hoe <waarschijnlijk>?", To: 10, Locale: "nl-BE"}
	switch token {
	case "nps", "late", "lost":
	case "stars":
		q.From, q.To, q.Locale, q.Text = 1, 5, "en", "How was it?"
	case "done":
		q.Given = &api.Answer{Score: 9, Comment: "Snel!\n<b>Top</b>"}
	case "broken":
		return q, false, errors.New("connect to 10.0.0.1: refused")
	default:
		return api.Question{}, false, nil
	}
	return q, true, nil
}

func (f *fakeAnswers) Answer(_ context.Context, token string, a api.Answer) (api.Answer, bool, error) {
	switch token {
	case "late":
		return api.Answer{Score: 3}, true, nil
	case "lost":
		return api.Answer{}, false, nil
	}
	f.given = append(f.given, a)
	return a, true, nil
}

func TestAnswerPage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1500)
	nl, en := map[string]string{"Accept-Language": "nl"}, map[string]string{"Accept-Language": "en"}
	posted := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en"}
	const thanks, form, first = "Bedankt!", `<form method="post">`, "Het eerste antwoord telt"
	tests := []struct {
		scenario
		never []string
		given []api.Answer
	}{
		{scenario: scenario{name: "the question", method: http.MethodGet, url: "/a/nps", headers: en, status: 200, content: []string{
			`<html lang="nl">`, "Winkel &amp; Co", "Hoe &lt;waarschijnlijk&gt;?", form, `value="0" required>`, `value="10" required>`, `maxlength="1000"`, "Versturen",
		}}, never: []string{" checked>", `value="11"`, "<script", "<waarschijnlijk>"}},
		{scenario: scenario{name: "with a score filled in", method: http.MethodGet, url: "/a/nps?score=7", headers: nl, status: 200, content: []string{`value="7" required checked>`, form}}},
		{scenario: scenario{name: "with zero filled in", method: http.MethodGet, url: "/a/nps?score=0", headers: nl, status: 200, content: []string{`value="0" required checked>`}}},
		{scenario: scenario{name: "with a score out of range", method: http.MethodGet, url: "/a/nps?score=11", headers: nl, status: 200, content: []string{form}}, never: []string{" checked>"}},
		{scenario: scenario{name: "with nonsense", method: http.MethodGet, url: "/a/nps?score=%22%3E", headers: nl, status: 200, content: []string{form}}, never: []string{" checked>"}},
		{scenario: scenario{name: "in English", method: http.MethodGet, url: "/a/stars?score=5", headers: nl, status: 200, content: []string{
			`<html lang="en">`, "How was it?", `value="1" required>`, `value="5" required checked>`, "Send",
		}}, never: []string{`value="0"`, `value="6"`}},
		{scenario: scenario{name: "answered before", method: http.MethodGet, url: "/a/done?score=2", headers: nl, status: 200, content: []string{
			thanks, "<strong>9</strong>", "Snel!\n&lt;b&gt;Top", "(0–10)",
		}}, never: []string{form, first}},
		{scenario: scenario{name: "a program that looks for danger", method: http.MethodHead, url: "/a/nps?score=7", headers: en, status: 200}},
		{scenario: scenario{name: "unknown", method: http.MethodGet, url: "/a/forged", headers: nl, status: 404, content: []string{"Deze link werkt niet", `<html lang="nl">`}}, never: []string{form}},
		{scenario: scenario{name: "unknown, in English", method: http.MethodGet, url: "/a/forged?score=1", headers: en, status: 404, content: []string{"This link does not work"}}},
		{scenario: scenario{name: "record away", method: http.MethodGet, url: "/a/broken", headers: en, status: 503, content: []string{"One moment, please"}}, never: []string{"10.0.0.1"}},

		{scenario: scenario{name: "an answer", url: "/a/nps", headers: posted, body: "score=9&comment=", status: 200, content: []string{thanks, "<strong>9</strong>", "Dit antwoord is ontvangen"}}, given: []api.Answer{{Score: 9}}},
		{scenario: scenario{name: "an answer with a comment", url: "/a/stars", headers: posted, body: "score=1&comment=+Slow,%0D%0Aand+%3Cb%3Ewrong%3C/b%3E%00%1B+", status: 200, content: []string{"Thank you!", "Slow,\nand &lt;b&gt;wrong"}}, given: []api.Answer{{Score: 1, Comment: "Slow,\nand <b>wrong</b>"}}},
		{scenario: scenario{name: "the body counts, not the link", url: "/a/nps?score=3", headers: posted, body: "score=8", status: 200}, given: []api.Answer{{Score: 8}}},
		{scenario: scenario{name: "a long comment", url: "/a/nps", headers: posted, body: "score=8&comment=" + url.QueryEscape(long), status: 200}, given: []api.Answer{{Score: 8, Comment: long[:2000]}}},
		{scenario: scenario{name: "a broken comment", url: "/a/nps", headers: posted, body: "score=8&comment=a%FFb", status: 200}, given: []api.Answer{{Score: 8, Comment: "ab"}}},
		{scenario: scenario{name: "no score", url: "/a/nps?score=3", headers: posted, body: "comment=Snel", status: 422, content: []string{"Kies eerst een cijfer", ">Snel</textarea>", form}}, never: []string{thanks}},
		{scenario: scenario{name: "a score out of range", url: "/a/stars", headers: posted, body: "score=0", status: 422, content: []string{"Choose a number first"}}},
		{scenario: scenario{name: "a score that is no number", url: "/a/nps", headers: posted, body: "score=7.5", status: 422}},
		{scenario: scenario{name: "too much", url: "/a/nps", headers: posted, body: "score=7&comment=" + strings.Repeat("x", 40<<10), status: 422}},
		{scenario: scenario{name: "JSON", url: "/a/nps", headers: map[string]string{"Content-Type": "application/json"}, body: `{"score":7}`, status: 422}},
		{scenario: scenario{name: "a second answer", url: "/a/done", headers: posted, body: "score=1", status: 200, content: []string{thanks, first, "<strong>9</strong>"}}},
		{scenario: scenario{name: "a second answer without a score", url: "/a/done", headers: posted, body: "", status: 200, content: []string{thanks, first}}},
		{scenario: scenario{name: "two answers at once", url: "/a/late", headers: posted, body: "score=1", status: 200, content: []string{thanks, first, "<strong>3</strong>"}}},
		{scenario: scenario{name: "an answer to nothing", url: "/a/forged", headers: posted, body: "score=1", status: 404, content: []string{"This link does not work"}}},
		{scenario: scenario{name: "an answer to what is gone", url: "/a/lost", headers: posted, body: "score=1", status: 404}},
		{scenario: scenario{name: "an answer, record away", url: "/a/broken", headers: posted, body: "score=1", status: 503}},
		{scenario: scenario{name: "another method", method: http.MethodDelete, url: "/a/nps", status: 405}},
	}
	inline := regexp.MustCompile(`(?s)<style>(.*)</style>`)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answers := &fakeAnswers{}
			b := setup(t, func(o *api.Options) { o.Answers = answers })
			response, body := send(t, b, tt.scenario)
			require.Equal(t, tt.status, response.StatusCode, body)
			for _, want := range tt.content {
				require.Contains(t, body, want)
			}
			for _, never := range tt.never {
				require.NotContains(t, body, never)
			}
			require.Equal(t, tt.given, answers.given)
			require.Empty(t, response.Cookies())
			if tt.status == http.StatusMethodNotAllowed {
				return
			}
			require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
			require.Equal(t, "noindex, nofollow", response.Header.Get("X-Robots-Tag"))
			style := inline.FindStringSubmatch(body)
			require.NotNil(t, style)
			sum := sha256.Sum256([]byte(style[1]))
			require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
				response.Header.Get("Content-Security-Policy"), "the browser may use the style sheet that is there")
		})
	}
}

func TestWithoutAsksThereAreNoAnswerPages(t *testing.T) {
	t.Parallel()
	runScenarios(t, []scenario{
		{name: "question", method: http.MethodGet, url: "/a/nps", status: 404, content: []string{`"not-found"`}},
		{name: "answer", url: "/a/nps", body: "score=1", status: 404, content: []string{`"not-found"`}},
	})
}
