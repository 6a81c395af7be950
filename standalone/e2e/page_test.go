package e2e

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestTheInboxIsSeenThroughThePrintedLinkOnly(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	e := start(t)
	e.post(identify("anna", "nl"), track("anna", "Order Completed", "1001"))
	e.awaitMail(5*time.Second, "anna", "order-confirmation")

	resp, err := e.http.Get(e.base + "/inbox")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode, "without the link nothing is shown")

	link := regexp.MustCompile(`http://\S+/login\?\S+`).FindString(e.out.String())
	require.NotEmpty(t, link, e.out.String())
	mail := chromedp.CSS(`a[href*="/inbox/message/"]`)
	for _, look := range looks {
		b.look(look.width, look.scheme)
		b.do(chromedp.Navigate(link), chromedp.WaitVisible(mail))
		require.Contains(t, b.text(), "Bedankt voor je bestelling (1001)", look.name)
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("inbox-" + look.name)
		b.do(chromedp.Click(mail), chromedp.WaitVisible(chromedp.CSS("iframe")))
		require.Contains(t, evaluate[string](b, "location.pathname"), "/inbox/message/")
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("message-" + look.name)
		require.Contains(t, e.page(evaluate[string](b, "new URL(document.querySelector('iframe').src).pathname")), "Koffiebonen", "the frame shows the mail")
	}
}

// sticksOut tells whether something on the page is wider than the window.
const sticksOut = "document.documentElement.scrollWidth > window.innerWidth"
