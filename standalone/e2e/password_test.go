package e2e

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestAPasswordIsChangedInABrowser signs in with the password that the command line made, mistypes, and changes it.
func TestAPasswordIsChangedInABrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	t.Cleanup(b.forgiveStatuses)
	e := start(t)
	out, err := e.command("users", "add", "bea@example.com", "--role", "service", "--database", "sqlite:"+filepath.Join(e.dir, "klantreis.db"))
	require.NoError(t, err, out)
	old := regexp.MustCompile(`\S{20,}`).FindString(out)
	require.NotEmpty(t, old, out)
	const changed = "een paard met wielen"
	b.signIn(e, old)
	for _, look := range looks {
		b.look(look.width, look.scheme)
		b.do(chromedp.Navigate(e.base+"/password"), chromedp.WaitVisible(chromedp.CSS("#old")))
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("password-" + look.name)
		b.changePassword(e, "not this one", changed, changed)
		b.do(chromedp.WaitVisible(chromedp.CSS("#wrong")))
		require.Contains(t, b.text(), "The current password is not right.")
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("password-wrong-" + look.name)
		b.do(chromedp.Navigate(e.base + "/"))
		require.False(t, evaluate[bool](b, sticksOut), look.name)
		b.screenshot("start-" + look.name)
	}
	b.changePassword(e, old, changed, "een paard met vleugels")
	b.do(chromedp.WaitVisible(chromedp.CSS("#wrong")))
	require.Contains(t, b.text(), "The two new passwords are different.")
	b.changePassword(e, old, changed, changed)
	b.do(chromedp.WaitVisible(chromedp.CSS(`[role="status"]`)))
	require.Contains(t, b.text(), "The password was changed.")
	b.screenshot("password-changed")
	b.do(chromedp.Click(chromedp.CSS(".account button")), chromedp.WaitVisible(chromedp.CSS("#password")))
	b.signIn(e, changed)
}

// signIn fills in the form to sign in.
func (b *browser) signIn(e *engine, password string) {
	b.t.Helper()
	b.do(chromedp.Navigate(e.base+"/login"), chromedp.WaitVisible(chromedp.CSS("#name")), chromedp.SendKeys(chromedp.CSS("#name"), "bea@example.com"),
		chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS(".account")))
}

// forgiveStatuses lets what the console says about answers that are no success pass.
func (b *browser) forgiveStatuses() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = slices.DeleteFunc(b.complaints, func(text string) bool {
		return strings.HasPrefix(text, "Failed to load resource: the server responded")
	})
}

// changePassword fills in the form and sends it.
func (b *browser) changePassword(e *engine, old, changed, again string) {
	b.t.Helper()
	b.do(chromedp.Navigate(e.base+"/password"), chromedp.WaitVisible(chromedp.CSS("#old")),
		chromedp.SendKeys(chromedp.CSS("#old"), old), chromedp.SendKeys(chromedp.CSS("#new"), changed),
		chromedp.SendKeys(chromedp.CSS("#again"), again), chromedp.Click(chromedp.CSS("main > form:not(.account) button")))
}
