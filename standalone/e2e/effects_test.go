package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

// effectsMap asks, calls and makes a task. Vips are asked in other words.
const effectsMap = `
journey: effects
shop: {name: Winkel, email: winkel@example.com}
locale: en
phases: [{id: care, enter: [{on: Order Completed}]}]
personas: [{id: vip, name: Vip, match: customer.total_spent > 100}]
touchpoints:
  - id: asked
    phase: care
    class: transactional
    on: Order Completed
    key: event.order_id
    goal: {on: Product Reviewed, within: 14d}
    do:
      - webhook: {url: "%s/hooks", type: order.placed}
      - task: {title: Call the customer, due: 1d, priority: high}
      - ask: {template: ask, question: "How likely are you to recommend us?", scale: 0-10, survey: nps}
      - waitFor: {on: Survey Answered, if: event.survey == "nps", by: event.order_id, for: 7d}
        do: [{send: {template: thanks}}]
`

// effectsFolder writes the map down.
func effectsFolder(t *testing.T, receiver string) string {
	t.Helper()
	dir := mapFolder(t, fmt.Sprintf(effectsMap, receiver), "thanks")
	links := `<p>{{ ask.question }}</p>{% for s in ask.scores %}<a href="{{ s.url }}">{{ s.score }}</a> {% endfor %}`
	for name, greeting := range map[string]string{"ask": "Everybody", "ask@vip": "Vip"} {
		write := func(ext, text string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "templates", name+".en"+ext), []byte(text), 0o600))
		}
		write(".html", "---\nsubject: A question\n---\n<p>"+greeting+"</p>"+links)
		write(".txt", greeting+" {{ ask.question }} {{ ask.url }}\n")
	}
	return dir
}

// receiver takes webhooks, after it has been away for some, and notes whose signature is wrong.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	away     int
	ids      []string
	bodies   []string
	verifier *standardwebhooks.Webhook
	refused  []error
}

func newReceiver(t *testing.T, away int) *receiver {
	t.Helper()
	r := &receiver{away: away}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	r.ids = append(r.ids, req.Header.Get(standardwebhooks.HeaderWebhookID))
	if r.away > 0 {
		r.away--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.verifier != nil {
		if err := r.verifier.Verify(body, req.Header); err != nil {
			r.refused = append(r.refused, err)
		}
	}
	r.bodies = append(r.bodies, string(body))
}

func (r *receiver) got() (ids, bodies []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids, r.bodies
}

// TestTheNewSteps follows one order through a webhook, a task, a question and its answer.
func TestTheNewSteps(t *testing.T) {
	t.Parallel()
	hooks := newReceiver(t, 1)
	e := start(t, "--map", effectsFolder(t, hooks.URL), "--webhook-allow-private")
	keys := map[string]string{}
	text, err := os.ReadFile(filepath.Join(e.dir, "keys.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &keys))
	hooks.mu.Lock()
	hooks.verifier, err = standardwebhooks.NewWebhook(keys["webhookSecret"])
	hooks.mu.Unlock()
	require.NoError(t, err)

	order := track("anna", "Order Completed", "1001")
	e.post(identify("anna", "en"), order)
	mail := e.awaitMail(10*time.Second, "anna", "asked")
	require.Contains(t, mail.HTML, "Everybody")
	links := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(mail.HTML, -1)
	require.Len(t, links, 11)
	require.True(t, strings.HasPrefix(links[9][1], e.base+"/a/m_"), links[9][1])
	require.True(t, strings.HasSuffix(links[9][1], "?score=9"), links[9][1])

	var card struct {
		Tasks     []struct{ Title, Priority string }
		Exposures []struct{ Arm string }
		Messages  []struct{ Kind, Reason string }
	}
	e.get("/api/v1/customers/anna", &card)
	require.Len(t, card.Tasks, 1)
	require.Equal(t, "high", card.Tasks[0].Priority)
	require.Len(t, card.Exposures, 1)

	// A scanner follows every link; nothing comes of it.
	for _, link := range links {
		resp, err := e.http.Get(link[1])
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode)
	}
	resp, err := e.http.PostForm(links[9][1], url.Values{"score": {"8"}, "comment": {"Quick"}})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	e.eventually(10*time.Second, "the thanks for the answer", func() bool { return len(e.mails("anna", "asked")) == 2 })
	var known struct {
		Facts struct{ Scores map[string]float64 }
	}
	e.get("/api/v1/customers/anna", &known)
	require.Equal(t, map[string]float64{"nps": 8}, known.Facts.Scores)

	e.eventually(30*time.Second, "the webhook arrives when its receiver is back", func() bool {
		_, bodies := hooks.got()
		return len(bodies) == 1
	})
	ids, bodies := hooks.got()
	require.Len(t, ids, 2)
	require.Equal(t, ids[0], ids[1], "the same call")
	require.Empty(t, hooks.refused, "the signature is right")
	require.Contains(t, bodies[0], `"type":"order.placed"`)
	require.Contains(t, bodies[0], `"user_id":"anna"`)
	require.Contains(t, bodies[0], `"order_id":"1001"`)
	e.eventually(10*time.Second, "the record knows that it was called", func() bool {
		e.get("/api/v1/customers/anna", &card)
		for _, m := range card.Messages {
			if m.Kind == "webhook" && m.Reason == "called" {
				return true
			}
		}
		return false
	})

	vip := track("victor", "Order Completed", "1002")
	vip["properties"].(map[string]any)["total"] = 500
	e.post(identify("victor", "en"), vip)
	require.Contains(t, e.awaitMail(10*time.Second, "victor", "asked").HTML, "<p>Vip</p>")
}

// TestTheAnswerPageInABrowser answers a question as a customer does, by keyboard and mouse, on wide and narrow windows.
func TestTheAnswerPageInABrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	e := start(t, "--map", effectsFolder(t, "https://127.0.0.1:1"))
	e.post(identify("anna", "nl"), track("anna", "Order Completed", "1001"))
	mail := e.awaitMail(10*time.Second, "anna", "asked")
	link := regexp.MustCompile(`href="([^"]+\?score=9)"`).FindStringSubmatch(mail.HTML)[1]
	chosen := chromedp.CSS(`input[value="9"]:checked`)
	for _, look := range looks {
		b.look(look.width, look.scheme)
		b.do(chromedp.Navigate(link), chromedp.WaitReady(chosen))
		require.Contains(t, b.text(), "Winkel", look.name)
		require.Contains(t, b.text(), "Toelichting", "in the customer's language")
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("answer-" + look.name)
	}
	require.Equal(t, "0px", evaluate[string](b, "getComputedStyle(document.querySelector('fieldset')).borderTopWidth"), "the style sheet is used")
	b.do(chromedp.SendKeys(chromedp.CSS("textarea"), "Snel en netjes.\nTot de volgende keer!"), chromedp.Click(chromedp.CSS("button")), chromedp.WaitVisible(chromedp.CSS("blockquote")))
	require.Contains(t, b.text(), "Bedankt!")
	b.screenshot("answered-phone-dark")
	b.look(1280, "light")
	b.do(chromedp.Navigate(link), chromedp.WaitVisible(chromedp.CSS("blockquote")))
	require.Contains(t, b.text(), "Tot de volgende keer!")
	b.screenshot("answered-wide-light")
}
