package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/store"
	"klantreis/journey"
)

// caring is the shop with mails that its customers can do without, and one that has a consent confirmed.
func caring() fstest.MapFS {
	files := maps.Clone(shop)
	files["journey.yaml"] = &fstest.MapFile{Data: []byte(`journey: shop
locale: en
shop: {name: Shop, email: shop@example.com}
topics:
  - {id: tips, title: Tips, titles: {nl: Tips en onderhoud}}
  - {id: offers, title: Offers}
phases: [{id: purchase, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: care, phase: purchase, class: service, topic: tips, on: Order Completed, key: event.order_id, do: [send: {template: order}]}
  - {id: confirm, phase: purchase, class: transactional, on: Consent Requested, do: [send: {template: order}]}
`)}
	return files
}

// reader is a customer with a mail under way, and the link in it.
type reader struct {
	*App
	messageID, customerID, path string
}

// mailed returns a running process in which a customer, jan, has a mail planned.
func mailed(t *testing.T, change ...func(*config.Config)) reader {
	t.Helper()
	cfg := setup(t)
	for _, f := range change {
		f(&cfg)
	}
	o := options()
	o.FirstMap = caring()
	a := serveWith(t, cfg, o)
	a.order(t, "jan", "A1")
	r := reader{App: a, messageID: a.plan(t, "jan")}
	r.customerID = r.now(t).State.CustomerID
	r.path = r.pathFor(t)
	return r
}

// pathFor is the path of the link that a mail of now would have.
func (r reader) pathFor(t *testing.T) string {
	t.Helper()
	h, found, err := r.record.Planned(t.Context(), r.messageID)
	require.NoError(t, err)
	require.True(t, found)
	path, ours := strings.CutPrefix(r.links().Preferences(h), "https://reis.test")
	require.True(t, ours)
	return path
}

// now is the customer with everything that was stored.
func (r reader) now(t *testing.T) store.Reader {
	t.Helper()
	customer, found, err := r.record.CustomerByUserID(t.Context(), "jan")
	require.NoError(t, err)
	require.True(t, found)
	now, found, err := r.record.Reader(t.Context(), customer.State.CustomerID)
	require.NoError(t, err)
	require.True(t, found)
	now.State.Facts = now.State.Facts.Told(now.Unseen)
	return now
}

// said is the ledger, newest last.
func (r reader) said(t *testing.T) []string {
	t.Helper()
	found, err := r.record.Consents(t.Context(), r.customerID, math.MaxInt64, 100)
	require.NoError(t, err)
	var words []string
	for _, c := range slices.Backward(found) {
		words = append(words, fmt.Sprintf("%s%s %t by %s", c.Class, c.Topic, c.Given, c.Source))
	}
	return words
}

// wanted tells whether the mail may still be handed over.
func (r reader) wanted(t *testing.T, userID string) journey.Reason {
	t.Helper()
	_, live, err := r.maps.Live(t.Context())
	require.NoError(t, err)
	customer, _, err := r.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	messages, err := r.record.Messages(t.Context(), customer.State.CustomerID)
	require.NoError(t, err)
	claim, err := r.record.Claim(t.Context(), messages[0].ID, "token", start, func(_ context.Context, h activities.Handover) (journey.Reason, error) {
		return live.Map.Unwanted(journey.LastLook{
			State: journey.State{CustomerID: h.CustomerID, Phase: h.Phase, Facts: h.Facts}, Run: h.Run, Class: h.Message.Class,
			Suppressed: h.Suppressed, Unseen: h.Unconsumed, Now: start,
		})
	})
	require.NoError(t, err)
	return claim.Reason
}

// request sends a request without following redirects, and checks that none and no cookie comes back.
func (r reader) request(t *testing.T, method, path, contentType, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+r.listener.Addr().String()+path, strings.NewReader(body))
	require.NoError(t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{
		Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Empty(t, resp.Cookies())
	require.Empty(t, resp.Header.Get("Location"))
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

const (
	urlencoded = "application/x-www-form-urlencoded"
	oneClick   = "List-Unsubscribe=One-Click"
	parts      = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"
)

// TestAnotherPersonsLinkIsAboutThatPerson, however it is used.
func TestAnotherPersonsLinkIsAboutThatPerson(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	status, answer := r.do(t, http.MethodPost, "/v1/batch", `{"writeKey":"write-key","batch":[
		{"type":"identify","userId":"piet","traits":{"email":"piet@example.net"}},
		{"type":"track","userId":"piet","event":"Order Completed","properties":{"order_id":"B1"}}]}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	r.plan(t, "piet")
	status, _ = r.request(t, http.MethodPost, r.path, urlencoded, oneClick)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, journey.ReasonSuppressed, r.wanted(t, "jan"))
	require.Empty(t, r.wanted(t, "piet"))
}

// TestTheAddressIsMeantToo: of two customers with one address, the one who unsubscribes speaks for the mailbox.
func TestTheAddressIsMeantToo(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	r.order(t, "guest-7", "G1") // has jan's address
	r.plan(t, "guest-7")
	status, _ := r.request(t, http.MethodPost, r.path, urlencoded, oneClick)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, journey.ReasonSuppressed, r.wanted(t, "guest-7"))
}

// TestLinksOfOldMails: a year later, after the key was changed, the customer merged, and the message pruned.
func TestLinksOfOldMails(t *testing.T) {
	t.Parallel()
	var old string
	r := mailed(t, func(c *config.Config) {
		c.HTTP.FormerLinkKeys = []config.Secret{"the key before the last", "a key of last year"}
	})
	a := &App{cfg: r.cfg}
	a.cfg.HTTP.LinkKey = "a key of last year"
	h, _, err := r.record.Planned(t.Context(), r.messageID)
	require.NoError(t, err)
	h.Message.ID = "m_which-was-pruned"
	old = strings.TrimPrefix(a.links().Preferences(h), "https://reis.test")
	require.NotEqual(t, r.path, old)
	r.order(t, "jansen", "C1")
	status, answer := r.do(t, http.MethodPost, "/api/v1/customers/jansen/merge", `{"userId":"jan"}`, http.Header{"Authorization": {"Bearer admin-token"}, "Content-Type": {"application/json"}})
	require.Equal(t, http.StatusOK, status, answer)
	status, page := r.request(t, http.MethodPost, old, urlencoded, oneClick)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "You are unsubscribed")
	customer, _, err := r.record.CustomerByUserID(t.Context(), "jansen")
	require.NoError(t, err)
	found, err := r.record.Consents(t.Context(), customer.State.CustomerID, math.MaxInt64, 10)
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Contains(t, found[0].Proof, "m_which-was-pruned")
}

// TestLinksOfWhoWasErased still keep mail from the address, so that it stays so when they come back.
func TestLinksOfWhoWasErased(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	h, _, err := r.record.Planned(t.Context(), r.messageID)
	require.NoError(t, err)
	h.CustomerID = "c_erased"
	path := strings.TrimPrefix(r.links().Preferences(h), "https://reis.test")
	status, page := r.request(t, http.MethodGet, path, "", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Unsubscribe from everything")
	require.NotContains(t, page, "How often?", "there is nobody whose preferences could be kept")
	for _, body := range []string{"do=save&frequency=weekly", "do=subscribe"} {
		status, _ = r.request(t, http.MethodPost, path, urlencoded, body)
		require.Equal(t, http.StatusOK, status)
	}
	require.Empty(t, r.said(t))
	for range 2 {
		status, page = r.request(t, http.MethodPost, path, urlencoded, oneClick)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "You are unsubscribed")
	}
	one, found, err := r.record.SuppressionOf(t.Context(), "jan@example.net")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, store.Suppression{Reason: journey.AddressUnsubscribed, Since: start, Source: "page"}, one)
	require.Equal(t, journey.ReasonSuppressed, r.wanted(t, "jan"))
}

func TestSubscribingAgain(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	r.request(t, http.MethodPost, r.path, urlencoded, oneClick)
	require.NoError(t, consents{record: r.record, keep: r.chooser()}.Object(t.Context(), access.Actor{}, "jan", false))
	require.Equal(t, journey.PersonObjected, r.now(t).Objected)
	status, page := r.request(t, http.MethodPost, r.path, urlencoded, "do=subscribe")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Good to have you back.")
	require.Contains(t, page, "How often?")
	require.Empty(t, r.now(t).Objected)
	for _, c := range r.now(t).State.Facts.Consents {
		require.True(t, c.Given && c.Confirmed)
	}
	_, suppressed, err := r.record.SuppressionOf(t.Context(), "jan@example.net")
	require.NoError(t, err)
	require.False(t, suppressed)
	status, page = r.request(t, http.MethodPost, r.path, urlencoded, oneClick)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "You are unsubscribed", "and with the same link once more")
	require.Equal(t, []string{
		"service false by one-click", "marketing false by one-click",
		"service false by objection", "marketing false by objection",
		"service true by preference-page", "marketing true by preference-page",
		"service false by one-click", "marketing false by one-click",
	}, r.said(t))
}

// TestAnObjectionWinsOverAClockThatIsAhead: who consented by a process whose clock is ahead can still object at once.
func TestAnObjectionWinsOverAClockThatIsAhead(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	ahead := r.chooser().event("jan", journey.ConsentGiven, nil)
	ahead.Timestamp = ahead.Timestamp.Add(time.Minute)
	ahead.ReceivedAt = ahead.Timestamp
	require.NoError(t, r.chooser().choose(t.Context(), store.Choice{Events: []journey.Event{ahead}}))
	r.request(t, http.MethodPost, r.path, urlencoded, oneClick)
	given, said := r.now(t).State.Facts.Consent(journey.Service)
	require.True(t, said && !given)
}

func TestChoosing(t *testing.T) {
	t.Parallel()
	form := func(pairs ...string) string {
		values := url.Values{"do": {"save"}, "shown": {"tips", "offers"}, "topic": {"tips", "offers"}, "frequency": {"normal"}, "pause": {""}, "language": {"en"}}
		for i := 0; i < len(pairs); i += 2 {
			values.Del(pairs[i])
			for value := range strings.SplitSeq(pairs[i+1], ",") {
				if value != "" {
					values.Add(pairs[i], value)
				}
			}
		}
		return values.Encode()
	}
	r := mailed(t)
	save := func(body string) string {
		t.Helper()
		status, page := r.request(t, http.MethodPost, r.path, urlencoded, body)
		require.Equal(t, http.StatusOK, status, page)
		return page
	}
	page := save(form())
	require.Contains(t, page, "Your choice is saved.")
	require.Empty(t, r.said(t), "nothing differs")
	require.Empty(t, r.now(t).Unseen)

	page = save(form("topic", "offers", "frequency", "weekly", "pause", "30d", "language", "nl"))
	require.Contains(t, page, `<html lang="nl">`)
	require.Contains(t, page, "Je keuze is bewaard.")
	require.Contains(t, page, `value="tips"><span>Tips en onderhoud`)
	require.Contains(t, page, `value="offers" checked><span>Offers`)
	require.Contains(t, page, `value="weekly" checked`)
	require.Contains(t, page, "Geen mail tot 31 maart 2026")
	f := r.now(t).State.Facts
	require.Equal(t, "nl", f.Locale)
	require.Equal(t, "nl", f.Traits["locale"])
	require.True(t, f.Preferences.Weekly)
	require.Equal(t, start.Add(30*24*time.Hour), f.Preferences.NotBefore)
	require.Equal(t, []string{"tips false by preference-page"}, r.said(t))

	save(form("topic", "offers", "frequency", "weekly", "language", "nl"))
	require.Equal(t, start.Add(30*24*time.Hour), r.now(t).State.Facts.Preferences.NotBefore, "an empty box leaves the pause")
	require.Len(t, r.said(t), 1)
	page = save(form("pause", "none", "language", "nl"))
	require.NotContains(t, page, "Geen mail tot")
	f = r.now(t).State.Facts
	require.False(t, f.Preferences.Weekly)
	require.Zero(t, f.Preferences.NotBefore)
	wanted, said := f.Topic("tips")
	require.True(t, wanted && said)
	save(form("shown", "unheard-of", "topic", "unheard-of", "language", "xx"))
	require.Len(t, r.said(t), 2, "what was not shown was not chosen")
	require.Empty(t, r.wanted(t, "jan"))
}

// TestAChoiceHoldsForTheMailUnderWay, which was planned before.
func TestAChoiceHoldsForTheMailUnderWay(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]journey.Reason{
		"do=save&shown=tips": journey.ReasonNoConsent, "do=save&pause=30d": journey.ReasonNotNow, "do=save&frequency=weekly": "",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			r := mailed(t)
			r.request(t, http.MethodPost, r.path, urlencoded, body)
			require.Equal(t, want, r.wanted(t, "jan"))
		})
	}
}

// TestPreferencesUnderAMapThatCannotBeUsed: whoever wants no mail must be heard all the same.
func TestPreferencesUnderAMapThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	_, _, err := r.record.PublishMap(t.Context(), []byte("made by a newer release"), "newer", start)
	require.NoError(t, err)
	status, page := r.request(t, http.MethodGet, r.path, "", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Unsubscribe from everything")
	status, _ = r.request(t, http.MethodPost, r.path, urlencoded, "do=save&frequency=weekly")
	require.Equal(t, http.StatusOK, status)
	require.True(t, r.now(t).State.Facts.Preferences.Weekly)
	status, page = r.request(t, http.MethodPost, r.path, urlencoded, oneClick)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "You are unsubscribed")
	require.Len(t, r.said(t), 2)
}
