package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/config"
	"klantreis/journey"
)

// asking is the shop, whose mail asks a question and whose run waits for the answer.
func asking() fstest.MapFS {
	files := maps.Clone(shop)
	text := strings.Replace(string(shop["journey.yaml"].Data), "send: {template: order}", "ask: {template: order, question: How was it?, scale: 1-5, survey: csat}, waitFor: {on: Survey Answered, for: 7d, by: event.order_id}", 1)
	files["journey.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return files
}

// ask returns a running process in which one customer was asked a question, and the path of the answer page.
func ask(t *testing.T) (*App, string) {
	t.Helper()
	return askBy(t, asking())
}

// askBy is ask with another map.
func askBy(t *testing.T, m fstest.MapFS) (*App, string) {
	t.Helper()
	cfg := setup(t)
	cfg.HTTP.PublicURL, cfg.HTTP.LinkKey = "https://reis.test/", "a key that nobody knows"
	o := options()
	o.FirstMap = m
	a, err := New(t.Context(), cfg, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	a.order(t, "jan", "A1")
	link := a.links().Answer(a.plan(t, "jan"))
	path, ours := strings.CutPrefix(link, "https://reis.test")
	require.True(t, ours, link)
	require.True(t, strings.HasPrefix(path, "/a/m_"), path)
	return a, path
}

// form is the header of a form.
var form = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

// answersOf returns the answers that the next decision about a customer sees.
func (a *App) answersOf(t *testing.T, userID string) []journey.Event {
	t.Helper()
	customer, _, err := a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	var events []journey.Event
	_, err = a.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		for _, e := range in.Events {
			if e.Name == journey.SurveyAnswered {
				events = append(events, e)
			}
		}
		return journey.Outcome{State: in.State}, nil
	})
	require.NoError(t, err)
	return events
}

func TestAnAnswerBecomesAnEvent(t *testing.T) {
	t.Parallel()
	a, path := ask(t)
	for range 2 {
		status, page := a.do(t, http.MethodGet, path+"?score=4", "", nil)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "How was it?")
		require.Contains(t, page, `value="4" required checked>`)
		require.Contains(t, page, "Shop")
	}
	require.Empty(t, a.answersOf(t, "jan"), "looking changes nothing")

	status, page := a.do(t, http.MethodPost, path, url.Values{"score": {"5"}, "comment": {"Great"}}.Encode(), form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Thank you!")
	status, page = a.do(t, http.MethodPost, path, "score=1", form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "The first answer counts")
	require.Contains(t, page, "<strong>5</strong>")

	rows, err := a.record.ClaimWakes(t.Context(), start, 10, time.Hour)
	require.NoError(t, err)
	require.Len(t, rows, 1, "the answer wakes the customer")
	events := a.answersOf(t, "jan")
	require.Len(t, events, 1)
	require.Equal(t, journey.Event{
		Seq: events[0].Seq, MessageID: "answer/" + strings.TrimPrefix(strings.Split(path, ".")[0], "/a/"), Type: journey.TypeTrack, Name: journey.SurveyAnswered,
		UserID: "jan", Timestamp: start, ReceivedAt: start, Dormant: events[0].Dormant, Properties: map[string]any{
			"survey": "csat", "score": 5.0, "scale": "1-5", "comment": "Great", "touchpoint": "confirmation", "key": "A1", "order_id": "A1",
			"run_id": events[0].Properties["run_id"],
		},
	}, events[0])
	require.Regexp(t, "^r_", events[0].Properties["run_id"])

	_, err = a.record.PruneMessageIDs(t.Context(), start.AddDate(1, 0, 0), 100)
	require.NoError(t, err)
	_, page = a.do(t, http.MethodPost, path, "score=1", form)
	require.Contains(t, page, "The first answer counts", "long after too, when its messageId is forgotten")
	require.Empty(t, a.answersOf(t, "jan"))
}

// TestAnAnswerCorrelatesWithARunThatIsKeyedOtherwise keys the run by another property than the order's.
func TestAnAnswerCorrelatesWithARunThatIsKeyedOtherwise(t *testing.T) {
	t.Parallel()
	m := asking()
	text := strings.NewReplacer("key: event.order_id", `key: event.order_id + "/" + event.channel`, ", by: event.order_id", "").Replace(string(m["journey.yaml"].Data))
	m["journey.yaml"] = &fstest.MapFile{Data: []byte(text)}
	a, path := askBy(t, m)
	status, _ := a.do(t, http.MethodPost, path, "score=5", form)
	require.Equal(t, http.StatusOK, status)
	properties := a.answersOf(t, "jan")[0].Properties
	require.Equal(t, "A1/web", properties["key"])
	require.Equal(t, "A1", properties["order_id"])
	customer, _, err := a.record.CustomerByUserID(t.Context(), "jan")
	require.NoError(t, err)
	require.Equal(t, customer.State.Runs[0].ID, properties["run_id"])
}

func TestTheQuestionIsAskedInTheCustomersLanguage(t *testing.T) {
	t.Parallel()
	m := asking()
	text := strings.Replace(string(m["journey.yaml"].Data), "question: How was it?", "question: {en: How was it?, nl: Hoe was het?, fr: Content?}", 1)
	m["journey.yaml"] = &fstest.MapFile{Data: []byte(text)}
	a, path := askBy(t, m)
	for locale, want := range map[string]string{"": "How was it?", "nl-BE": "Hoe was het?", "fr": "Content?", "de": "How was it?"} {
		if locale != "" {
			body := fmt.Sprintf(`{"writeKey":"write-key","batch":[{"type":"identify","userId":"jan","traits":{"locale":%q}}]}`, locale)
			status, answer := a.do(t, http.MethodPost, "/v1/batch", body, nil)
			require.Equal(t, http.StatusOK, status, answer)
			a.plan(t, "jan")
		}
		_, page := a.do(t, http.MethodGet, path, "", nil)
		require.Contains(t, page, want, locale)
	}
}

func TestAnswersAreTakenUnderAMapThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	a, path := ask(t)
	_, _, err := a.record.PublishMap(t.Context(), []byte("made by a newer release"), "newer", start)
	require.NoError(t, err)
	status, page := a.do(t, http.MethodGet, path, "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "How was it?")
	status, page = a.do(t, http.MethodPost, path, "score=5", form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Thank you!")
}

func TestOfAnswersAtOnceOneCounts(t *testing.T) {
	t.Parallel()
	a, path := ask(t)
	var group sync.WaitGroup
	for _, score := range []string{"1", "2", "3", "4", "5"} {
		group.Go(func() {
			status, page := a.do(t, http.MethodPost, path, "score="+score, form)
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, page, "Thank you!")
		})
	}
	group.Wait()
	require.Len(t, a.answersOf(t, "jan"), 1)
}

func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	a, path := ask(t)
	a.cfg.HTTP.LinkKey = "another key, which somebody made up"
	forged := strings.TrimPrefix(a.links().Answer(strings.Split(strings.TrimPrefix(path, "/a/"), ".")[0]), "https://reis.test")
	for name, path := range map[string]string{"forged": forged, "cut": path[:len(path)-5], "nothing": "/a/x"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, page := a.do(t, method, path, "score=5", form)
			require.Equal(t, http.StatusNotFound, status, name)
			require.Contains(t, page, "This link does not work", name)
		}
	}
}

func TestQuestionsGrowOld(t *testing.T) {
	t.Parallel()
	a, path := ask(t)
	token := strings.TrimPrefix(path, "/a/")
	for after, want := range map[time.Duration]bool{364 * 24 * time.Hour: true, 366 * 24 * time.Hour: false} {
		late := answers{links: a.answerLinks(), record: a.record, maps: a.maps, clock: a.clock, now: func() time.Time { return start.Add(after) }}
		_, found, err := late.Question(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, want, found, after)
		if !want {
			_, found, err = late.Answer(t.Context(), token, api.Answer{Score: 5})
			require.NoError(t, err)
			require.False(t, found)
		}
	}
}

func TestPageLocale(t *testing.T) {
	t.Parallel()
	for customer, want := range map[string]string{"nl-BE": "nl-BE", "NL": "NL", "en_GB": "en_GB", "fr": "nl", "": "nl"} {
		require.Equal(t, want, pageLocale(customer, "nl"), customer)
	}
}

// TestNeeds: a process whose configuration lacks what the map needs does not start, and changes nothing.
func TestNeeds(t *testing.T) {
	t.Parallel()
	const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	nested := func(step string) string {
		return "{waitFor: {on: Order Cancelled, for: 1d}, else: [{branch: [{if: 'true', do: [{" + step + "}]}]}]}"
	}
	ask := nested("ask: {template: order, question: How was it?, scale: 1-5}")
	call := nested("webhook: {url: 'https://crm.test/x'}")
	tests := map[string]struct {
		steps  string
		worker bool
		change func(*config.Config)
		says   string // empty when it starts
	}{
		"an ask without an address": {ask, false, func(c *config.Config) { c.HTTP.LinkKey = "a key that nobody knows" }, "--public-url"},
		"an ask without a key":      {ask, false, func(c *config.Config) { c.HTTP.PublicURL = "https://reis.test" }, "--link-key"},
		"an ask with both": {ask, false, func(c *config.Config) {
			c.HTTP.PublicURL, c.HTTP.LinkKey = "https://reis.test", "a key that nobody knows"
		}, ""},
		"a webhook where it is called":  {call, true, func(*config.Config) {}, "--webhook-secret (KLANTREIS_WEBHOOK_SECRET): must be set, because the map calls webhooks"},
		"a webhook with a secret":       {call, true, func(c *config.Config) { c.Webhook.Secret = webhookSecret }, ""},
		"a webhook where nobody calls":  {call, false, func(*config.Config) {}, ""},
		"a secret that is none":         {"send: {template: order}", true, func(c *config.Config) { c.Webhook.Secret = "whsec_x" }, "--webhook-secret (KLANTREIS_WEBHOOK_SECRET): must be whsec_"},
		"a mail that can be refused":    {"send: {template: order}", false, func(c *config.Config) { c.HTTP.LinkKey = "a key that nobody knows" }, "--public-url"},
		"a map that needs nothing more": {"send: {template: order}", true, func(*config.Config) {}, ""},
	}
	for name, tt := range tests {
		for _, live := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				cfg, o := setup(t), options()
				files := maps.Clone(shop)
				text := strings.Replace(string(shop["journey.yaml"].Data), "send: {template: order}", tt.steps, 1)
				if name == "a mail that can be refused" {
					text = strings.Replace(text, "class: transactional", "class: service", 1)
				}
				files["journey.yaml"] = &fstest.MapFile{Data: []byte(text)}
				o.FirstMap = files
				if live { // published by another process
					other := cfg
					other.HTTP.PublicURL, other.HTTP.LinkKey = "https://reis.test", "a key that nobody knows"
					a, err := New(t.Context(), other, o)
					require.NoError(t, err)
					require.NoError(t, a.Close())
					o.FirstMap = nil
				}
				cfg.HTTP.PublicURL, cfg.HTTP.LinkKey = "", ""
				tt.change(&cfg)
				cfg.SendGrid.APIKey, cfg.SendGrid.Host, cfg.Temporal.Address = "SG.key", "https://sendgrid.test", "127.0.0.1:1"
				o.Roles.Worker = tt.worker
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				defer cancel()
				a, err := New(ctx, cfg, o)
				switch {
				case tt.says != "":
					require.ErrorContains(t, err, tt.says)
					require.Equal(t, live, liveVersion(t, cfg) == 1)
				case tt.worker:
					require.ErrorContains(t, err, "connect to Temporal", "it comes so far")
				default:
					require.NoError(t, err)
					require.NoError(t, a.Close())
				}
			})
		}
	}
}

func TestWithoutAnAddressNobodyIsAsked(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.HTTP.LinkKey = ""
	a := open(t, cfg)
	require.Nil(t, a.links().Answer)
	require.Nil(t, a.links().Preferences)
	require.Nil(t, a.answers(nil))
	require.Nil(t, a.preferences())
	require.Nil(t, activities.New(activities.Options{Webhooks: a.webhooks}).Webhooks)
}
