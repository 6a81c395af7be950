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

// TestUnsubscribing is RFC 8058, and what programs make of it.
func TestUnsubscribing(t *testing.T) {
	t.Parallel()
	otherKey := func(c *config.Config) { c.HTTP.LinkKey = "another key, which somebody made up" }
	tests := map[string]struct {
		method, contentType, body string
		path                      func(t *testing.T, r reader) string // the link of the mail when nil
		status                    int
		done                      bool
	}{
		"urlencoded":                     {http.MethodPost, urlencoded, oneClick, nil, 200, true},
		"urlencoded, with a charset":     {http.MethodPost, urlencoded + "; charset=utf-8", oneClick + "\r\n", nil, 200, true},
		"multipart":                      {http.MethodPost, "multipart/form-data; boundary=x", parts, nil, 200, true},
		"without a content type":         {http.MethodPost, "", oneClick, nil, 200, true},
		"as plain text":                  {http.MethodPost, "text/plain", oneClick, nil, 200, true},
		"in small letters":               {http.MethodPost, urlencoded, "List-Unsubscribe=one-click", nil, 200, true},
		"an empty body":                  {http.MethodPost, urlencoded, "", nil, 200, true},
		"the button of the page":         {http.MethodPost, urlencoded, "do=unsubscribe", nil, 200, true},
		"something else":                 {http.MethodPost, urlencoded, "List-Unsubscribe=Maybe", nil, 422, false},
		"another form":                   {http.MethodPost, urlencoded, "do=dance", nil, 422, false},
		"JSON":                           {http.MethodPost, "application/json", `{"a":"%zz"}`, nil, 422, false},
		"multipart that breaks off":      {http.MethodPost, "multipart/form-data; boundary=x", parts[:40], nil, 422, false},
		"multipart without a boundary":   {http.MethodPost, "multipart/form-data", parts, nil, 422, false},
		"a body that is too large":       {http.MethodPost, urlencoded, oneClick + "&x=" + strings.Repeat("x", 32<<10), nil, 422, false},
		"a scanner's GET":                {http.MethodGet, "", "", nil, 200, false},
		"a scanner's GET with a query":   {http.MethodGet, "", "", func(_ *testing.T, r reader) string { return r.path + "?" + oneClick + "&do=unsubscribe" }, 200, false},
		"a scanner's HEAD":               {http.MethodHead, "", "", nil, 200, false},
		"another method":                 {http.MethodPut, urlencoded, oneClick, nil, 405, false},
		"truncated":                      {http.MethodPost, urlencoded, oneClick, func(_ *testing.T, r reader) string { return r.path[:len(r.path)-3] }, 404, false},
		"truncated before the signature": {http.MethodPost, urlencoded, oneClick, func(_ *testing.T, r reader) string { before, _, _ := strings.Cut(r.path, "."); return before }, 404, false},
		"forged": {http.MethodPost, urlencoded, oneClick, func(t *testing.T, r reader) string {
			r.App = &App{cfg: r.cfg}
			otherKey(&r.cfg)
			return r.forged(t)
		}, 404, false},
		"another kind of link": {http.MethodPost, urlencoded, oneClick, func(_ *testing.T, r reader) string {
			return "/u/" + r.answerLinks().Token(readerID(r.customerID, "m", "h"))
		}, 404, false},
		"another customer's, with its mac": {http.MethodPost, urlencoded, oneClick, func(_ *testing.T, r reader) string { return strings.Replace(r.path, r.customerID, "c_somebodyelse", 1) }, 404, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mailed(t)
			path := r.path
			if tt.path != nil {
				path = tt.path(t, r)
			}
			for range 2 { // doing so again changes nothing
				status, page := r.request(t, tt.method, path, tt.contentType, tt.body)
				require.Equal(t, tt.status, status, page)
				if tt.done {
					require.Contains(t, page, "You are unsubscribed")
				}
			}
			if !tt.done {
				require.Empty(t, r.said(t))
				require.Empty(t, r.wanted(t, "jan"), "it goes out")
				return
			}
			require.Len(t, r.said(t), 2, "one statement for each class")
			require.Equal(t, journey.ReasonSuppressed, r.wanted(t, "jan"))
		})
	}
}

// forged is a link like the customer's that was signed with the key of this App.
func (r reader) forged(t *testing.T) string {
	t.Helper()
	return strings.TrimPrefix(r.links().Preferences(activities.Handover{CustomerID: r.customerID, Message: journey.Message{ID: r.messageID}, AddressHash: "h"}), "https://reis.test")
}

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

// TestConfirmingAConsent follows the mail that asks for it.
func TestConfirmingAConsent(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	status, answer := r.do(t, http.MethodPost, "/v1/batch", `{"writeKey":"write-key","batch":[
		{"type":"identify","userId":"piet","traits":{"email":"piet@example.net","locale":"nl"}},
		{"type":"track","userId":"piet","event":"Consent Requested","messageId":"request-1",
			"properties":{"topics":["tips"],"text_version":"7","confirmed":true,"source":"footer"}}]}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	messageID := r.plan(t, "piet")
	path := strings.TrimPrefix(r.links().Confirm(messageID), "https://reis.test")
	customer := func() store.Reader {
		c, _, err := r.record.CustomerByUserID(t.Context(), "piet")
		require.NoError(t, err)
		reader, _, err := r.record.Reader(t.Context(), c.State.CustomerID)
		require.NoError(t, err)
		reader.State.Facts = reader.State.Facts.Told(reader.Unseen)
		return reader
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		status, page := r.request(t, method, path, "", "")
		require.Equal(t, http.StatusOK, status)
		if method == http.MethodGet {
			require.Contains(t, page, "Wil je mail van ons ontvangen?")
			require.Contains(t, page, "Tips en onderhoud")
		}
	}
	require.Empty(t, customer().State.Facts.Topics, "looking changes nothing, and neither does asking")
	for range 2 {
		status, page := r.request(t, http.MethodPost, path, urlencoded, "")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Bedankt, het is bevestigd")
	}
	said := customer().State.Facts.Topics["tips"]
	require.True(t, said.Given && said.Confirmed)
	require.Empty(t, customer().State.Facts.Consents, "a topic is no class")
	ledger, err := r.record.Consents(t.Context(), customer().State.CustomerID, math.MaxInt64, 10)
	require.NoError(t, err)
	require.Len(t, ledger, 1)
	require.Equal(t, "double-opt-in", ledger[0].Source)
	require.Equal(t, "7", ledger[0].TextVersion)
	require.True(t, ledger[0].Confirmed)
	require.Contains(t, ledger[0].Proof, "request-1")
	require.Contains(t, ledger[0].Proof, messageID)

	// Whoever objects after that is not signed up again by the old mail, however late.
	require.NoError(t, r.chooser().choose(t.Context(), store.Choice{Events: []journey.Event{
		r.chooser().event("piet", journey.ConsentWithdrawn, map[string]any{"topic": "tips"}),
	}}))
	_, err = r.record.PruneMessageIDs(t.Context(), start.AddDate(1, 0, 0), 1000)
	require.NoError(t, err)
	r.request(t, http.MethodPost, path, urlencoded, "")
	ledger, err = r.record.Consents(t.Context(), customer().State.CustomerID, math.MaxInt64, 10)
	require.NoError(t, err)
	require.Len(t, ledger, 2)
}

// TestLinksThatConfirmNothing are forged, of another mail, or too old.
func TestLinksThatConfirmNothing(t *testing.T) {
	t.Parallel()
	r := mailed(t)
	order := strings.TrimPrefix(r.links().Confirm(r.messageID), "https://reis.test")
	for name, path := range map[string]string{
		"of a mail that asked nothing": order, "of no mail": strings.TrimPrefix(r.links().Confirm("m_none"), "https://reis.test"),
		"forged": "/c/" + r.messageID + ".AAAAAAAAAAAAAAAAAAAAAA", "of another kind": "/c/" + r.answerLinks().Token(r.messageID),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, _ := r.request(t, method, path, urlencoded, "")
			require.Equal(t, http.StatusNotFound, status, name)
		}
	}
	require.Empty(t, r.said(t))
	status, answer := r.do(t, http.MethodPost, "/v1/track", `{"writeKey":"write-key","userId":"piet","event":"Consent Requested",
		"context":{"traits":{"email":"piet@example.net"}}}`, nil)
	require.Equal(t, http.StatusOK, status, answer)
	token := r.confirmationLinks().Token(r.plan(t, "piet"))
	for after, want := range map[time.Duration]bool{29 * 24 * time.Hour: true, 31 * 24 * time.Hour: false} {
		p, ok := r.preferences().(*preferences)
		require.True(t, ok)
		p.now = func() time.Time { return start.Add(after) }
		_, found, err := p.Confirmation(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, want, found, after)
	}
}
