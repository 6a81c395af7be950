package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// unsubscribeLink returns the address in the List-Unsubscribe header of a mail, which must be one for one click (RFC 8058).
func (e *engine) unsubscribeLink(m mail) string {
	e.t.Helper()
	var headers map[string][]string
	e.get("/inbox/api/v1/message/"+m.ID+"/headers", &headers)
	require.Equal(e.t, []string{"List-Unsubscribe=One-Click"}, headers["List-Unsubscribe-Post"])
	require.Len(e.t, headers["List-Unsubscribe"], 1)
	link, _, closed := strings.Cut(strings.TrimPrefix(headers["List-Unsubscribe"][0], "<"), ">")
	require.True(e.t, closed)
	require.True(e.t, strings.HasPrefix(link, e.base+"/u/"), link)
	return link
}

// oneClick asks for what a mail program asks for when its reader clicks, without cookies and without following redirects.
func (e *engine) oneClick(link string) {
	e.t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	require.NoError(e.t, err)
	require.NoError(e.t, resp.Body.Close())
	require.Equal(e.t, http.StatusOK, resp.StatusCode)
	require.Empty(e.t, resp.Cookies())
}

// TestOneClickUnsubscribes has anna and bert asked for reviews. Anna unsubscribes at one click; scanners follow bert's link.
// Both order again: both hear that it came through, and only bert is asked again.
func TestOneClickUnsubscribes(t *testing.T) {
	t.Parallel()
	e := start(t, "--speed", "86400")
	links := map[string]string{}
	users := []string{"anna", "bert"}
	for _, user := range users {
		e.post(identify(user, "nl"), track(user, "Order Completed", "1-"+user), track(user, "Order Delivered", "1-"+user))
	}
	for _, user := range users {
		links[user] = e.unsubscribeLink(e.awaitMail(30*day, user, "review-request"))
	}
	e.oneClick(links["anna"])
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		req, err := http.NewRequest(method, links["bert"], nil)
		require.NoError(t, err)
		resp, err := e.http.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode, method)
	}
	for _, user := range users {
		e.post(track(user, "Order Completed", "2-"+user), track(user, "Order Delivered", "2-"+user))
	}
	e.eventually(30*day, "bert is asked again", func() bool { return len(e.mails("bert", "review-request")) == 2 })
	e.quiet(2*day, "anna", "review-request", 1)
	for _, user := range users {
		require.Len(t, e.mails(user, "order-confirmation"), 2, user)
	}
	var said struct {
		Consents []struct {
			Given  bool
			Source string
		}
	}
	e.get("/api/v1/customers/anna/consents", &said)
	require.NotEmpty(t, said.Consents)
	for _, one := range said.Consents {
		require.False(t, one.Given)
		require.Equal(t, "one-click", one.Source)
	}
}

// TestThePreferencePageInABrowser chooses as a customer does, on wide and narrow windows.
func TestThePreferencePageInABrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	e := start(t, "--speed", "86400")
	e.post(identify("anna", "nl"), track("anna", "Order Completed", "1001"), track("anna", "Order Delivered", "1001"))
	link := e.unsubscribeLink(e.awaitMail(30*day, "anna", "review-request"))
	weekly, save := chromedp.CSS(`input[value="weekly"]`), chromedp.CSS(`button[value="save"]`)
	for _, look := range looks {
		b.look(look.width, look.scheme)
		b.do(chromedp.Navigate(link), chromedp.WaitVisible(save))
		require.Contains(t, b.text(), "Jouw mailvoorkeuren", look.name)
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("preferences-" + look.name)
	}
	b.do(chromedp.Click(weekly), chromedp.Click(save), chromedp.WaitVisible(chromedp.CSS(`[role="status"]`)))
	require.Contains(t, b.text(), "Je keuze is bewaard.")
	require.True(t, evaluate[bool](b, `document.querySelector('input[value="weekly"]').checked`))
	b.screenshot("preferences-saved")
	b.do(chromedp.Click(chromedp.CSS(`button[value="unsubscribe"]`)), chromedp.WaitVisible(chromedp.CSS(`button[value="subscribe"]`)))
	require.Contains(t, b.text(), "Je bent uitgeschreven")
	b.screenshot("preferences-unsubscribed")
}
