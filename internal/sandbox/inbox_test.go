package sandbox_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/sandbox"
	"klantreis/internal/sendgrid"
)

func TestInboxJSON(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	id := b.send(t, testMail("m-1"))
	people := func(name, address string) []any { return []any{map[string]any{"Name": name, "Address": address}} }
	common := map[string]any{
		"ID": id, "MessageID": id + "@sandbox", "From": people("De Winkel", "winkel@example.com")[0], "To": people("Jan", "jan@example.com"),
		"Cc": []any{}, "Bcc": []any{}, "ReplyTo": people("", "service@example.com"), "Subject": "Bestelling m-1",
		"Tags": []any{"order-confirmation"}, "Size": float64(len(testMail("").HTML) + 25),
	}
	with := func(own map[string]any) map[string]any {
		maps.Copy(own, common)
		return own
	}

	list := getJSON(t, b.inbox+"/inbox/api/v1/messages")
	created := list["messages"].([]any)[0].(map[string]any)["Created"]
	require.Equal(t, map[string]any{
		"total": 1.0, "messages_count": 1.0, "start": 0.0,
		"messages": []any{with(map[string]any{"Created": created, "Snippet": "Dank je wel"})},
	}, list)

	want := with(map[string]any{"Date": created, "Text": "Dank je wel", "HTML": testMail("").HTML})
	require.Equal(t, want, getJSON(t, b.inbox+"/inbox/api/v1/message/"+id))
	require.Equal(t, want, getJSON(t, b.inbox+"/inbox/api/v1/message/latest"))

	headers := getJSON(t, b.inbox+"/inbox/api/v1/message/"+id+"/headers")
	require.Equal(t, []any{"<https://shop.example.com/u/1>"}, headers["List-Unsubscribe"])
	require.Equal(t, []any{"De Winkel <winkel@example.com>"}, headers["From"])
	require.Equal(t, []any{"service@example.com"}, headers["Reply-To"])
	require.NotContains(t, headers, "Bcc")
}

func TestInboxJSONPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		query       string
		count       int
		first, last string
	}{
		{"", 50, "59", "10"},
		{"?limit=2", 2, "59", "58"},
		{"?start=58", 2, "1", "0"},
		{"?start=10&limit=3", 3, "49", "47"},
		{"?start=60", 0, "", ""},
		{"?start=-1&limit=x", 50, "59", "10"},
	}
	b := setup(t, sandbox.Options{})
	for i := range 60 {
		b.send(t, testMail(fmt.Sprint(i)))
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			got := getJSON(t, b.inbox+"/inbox/api/v1/messages"+test.query)
			messages := got["messages"].([]any)
			require.EqualValues(t, 60, got["total"])
			require.Len(t, messages, test.count)
			if test.count > 0 {
				require.Equal(t, "Bestelling "+test.first, messages[0].(map[string]any)["Subject"])
				require.Equal(t, "Bestelling "+test.last, messages[test.count-1].(map[string]any)["Subject"])
			}
		})
	}
}

func TestInboxRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, path, body string
		header                   map[string]string
		want                     int
	}{
		{"no such message", http.MethodGet, "/inbox/api/v1/message/x", "", nil, 404},
		{"no latest message", http.MethodGet, "/inbox/api/v1/message/latest", "", nil, 404},
		{"no such headers", http.MethodGet, "/inbox/api/v1/message/x/headers", "", nil, 404},
		{"no such page", http.MethodGet, "/inbox/message/x", "", nil, 404},
		{"no such HTML", http.MethodGet, "/inbox/message/x/html", "", nil, 404},
		{"event of no message", http.MethodPost, "/inbox/message/x/events", "event=open", nil, 404},
		{"bad deletion", http.MethodDelete, "/inbox/api/v1/messages", "{", nil, 400},
		{"deletion from another site", http.MethodDelete, "/inbox/api/v1/messages", "", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"form from another site", http.MethodPost, "/inbox/delete", "", map[string]string{"Origin": "https://evil.example.com"}, 403},
		{"no such path", http.MethodGet, "/inbox/nothing", "", nil, 404},
	}
	b := setup(t, sandbox.Options{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, request(t, test.method, b.inbox+test.path, test.body, test.header).status)
		})
	}
}

func TestHostileMailIsHarmless(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	b := setup(t, sandbox.Options{})
	mail := testMail(evil)
	mail.Subject, mail.From.Name, mail.To.Name, mail.Category, mail.Text = evil, evil, evil, evil, evil
	mail.Headers = map[string]string{"X-Evil": evil}
	mail.HTML = `<html><HEAD lang="nl"><base href="//evil.example.com"></HEAD><body>` + evil
	id := b.send(t, mail)

	for _, path := range []string{"/inbox", "/inbox/message/" + id, "/inbox/message/" + id + "?tab=text", "/inbox/message/" + id + "?tab=headers", "/inbox/message/" + id + "?tab=reports"} {
		got := request(t, http.MethodGet, b.inbox+path, "", nil)
		require.Equal(t, http.StatusOK, got.status, got.body)
		require.NotContains(t, got.body, "<script>", path)
		require.NotContains(t, got.body, "<img src=x", path)
		require.NotRegexp(t, `(?i)<style|\sstyle=|\son[a-z]+=["']|javascript:`, got.body, path)
		require.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'self'")
		require.NotContains(t, got.header.Get("Content-Security-Policy"), "unsafe")
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	}

	got := request(t, http.MethodGet, b.inbox+"/inbox/message/"+id+"/html", "", nil)
	require.Equal(t, `<html><HEAD lang="nl"><base target="_blank"><base href="//evil.example.com"></HEAD><body>`+evil, got.body)
	policy := got.header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.Contains(t, policy, "sandbox allow-popups")
	require.Contains(t, policy, "base-uri 'none'")
	require.NotContains(t, policy, "script")
	require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
	require.Contains(t, request(t, http.MethodGet, b.inbox+"/inbox/message/"+id, "", nil).body, ` sandbox="allow-popups allow-popups-to-escape-sandbox"`)
}

func TestInboxSpeaksTwoLanguages(t *testing.T) {
	t.Parallel()
	tests := []struct{ accept, lang, want string }{
		{"nl-NL,nl;q=0.9,en;q=0.8", "nl", "Nog geen mail"},
		{"en-GB", "en", "No mail yet"},
		{"fr", "en", "No mail yet"},
		{"", "en", "No mail yet"},
	}
	b := setup(t, sandbox.Options{})
	for _, test := range tests {
		t.Run(test.accept, func(t *testing.T) {
			got := request(t, http.MethodGet, b.inbox+"/inbox", "", map[string]string{"Accept-Language": test.accept})
			require.Contains(t, got.body, `<html lang="`+test.lang+`">`)
			require.Contains(t, got.body, test.want)
			require.Equal(t, "Accept-Language", got.header.Get("Vary"))
		})
	}
}

func TestInboxPages(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	for i := range 60 {
		b.send(t, testMail(fmt.Sprint(i)))
	}
	first := request(t, http.MethodGet, b.inbox+"/inbox", "", nil).body
	require.Contains(t, first, "1–50")
	require.Contains(t, first, `href="/inbox?start=50"`)
	require.NotContains(t, first, "Newer")
	second := request(t, http.MethodGet, b.inbox+"/inbox?start=50", "", nil).body
	require.Contains(t, second, "51–60")
	require.Contains(t, second, `href="/inbox?start=0"`)
	require.NotContains(t, second, "Older")
}

func TestInboxShowsThePartsThatExist(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	mail := testMail("m-1")
	mail.HTML = ""
	id := b.send(t, mail)

	body := request(t, http.MethodGet, b.inbox+"/inbox/message/"+id, "", nil).body

	require.NotContains(t, body, "<iframe")
	require.Contains(t, body, `<pre class="text">Dank je wel</pre>`)
}

func TestInboxForms(t *testing.T) {
	t.Parallel()
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
	b := setup(t, sandbox.Options{})
	kept, gone := b.send(t, testMail("kept")), b.send(t, testMail("gone"))

	got := request(t, http.MethodPost, b.inbox+"/inbox/message/"+kept+"/events", "event=bounce", form)
	require.Equal(t, http.StatusSeeOther, got.status)
	require.Equal(t, "/inbox/message/"+kept+"?tab=reports", got.header.Get("Location"))
	require.Contains(t, request(t, http.MethodGet, b.inbox+got.header.Get("Location"), "", nil).body, "<b>Bounced</b>")
	require.Equal(t, 400, request(t, http.MethodPost, b.inbox+"/inbox/message/"+kept+"/events", "event=x", form).status)

	got = request(t, http.MethodPost, b.inbox+"/inbox/delete", url.Values{"id": {gone}}.Encode(), form)
	require.Equal(t, http.StatusSeeOther, got.status)
	require.Len(t, b.Messages(), 1)
	request(t, http.MethodPost, b.inbox+"/inbox/delete", "id=", form)
	require.Len(t, b.Messages(), 1)
	request(t, http.MethodPost, b.inbox+"/inbox/delete", "", form)
	require.Empty(t, b.Messages())
}

func TestInboxServesItsFiles(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	for path, kind := range map[string]string{"inbox.css": "text/css", "inbox.js": "javascript", "icon.svg": "image/svg+xml"} {
		got := request(t, http.MethodGet, b.inbox+"/inbox/static/"+path, "", nil)
		require.Equal(t, http.StatusOK, got.status)
		require.Contains(t, got.header.Get("Content-Type"), kind)
	}
}

// TestInboxServesNothingElse than its own files, in whatever spelling it is asked for others.
func TestInboxServesNothingElse(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	for _, path := range []string{
		"", ".", "..", "../templates/list.html", "%2e%2e/templates/list.html", "..%2ftemplates%2flist.html", "..%5ctemplates", "%2fetc%2fpasswd",
		"/etc/passwd", "../../../../../../etc/passwd", "inbox.css/../../sandbox.go", "inbox.css%00.svg", "inbox.css/",
	} {
		got := request(t, http.MethodGet, b.inbox+"/inbox/static/"+path, "", nil)
		require.NotContains(t, got.body, "root:", path)
		require.NotContains(t, got.body, "{{", path)
		require.NotContains(t, got.body, "<pre>", "%s: no folder is listed", path)
	}
}

func TestReportsCanBeReadAsTheyArePosted(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	reports := func() []sendgrid.Event {
		got := request(t, http.MethodGet, b.inbox+"/inbox/api/v1/reports", "", nil)
		require.Equal(t, http.StatusOK, got.status)
		events, err := sendgrid.ParseEvents([]byte(got.body))
		require.NoError(t, err)
		return events
	}
	require.Empty(t, reports())
	mail := testMail("m-1")
	mail.SendKey, mail.CustomerID = "k-1", "c-1"
	b.send(t, mail)
	events := reports()
	require.Equal(t, []string{"processed", "delivered"}, kinds(events))
	report, known := events[0].Report()
	require.True(t, known)
	require.Equal(t, "m-1 k-1 c-1 order-confirmation", report.MessageID+" "+report.SendKey+" "+report.CustomerID+" "+report.Touchpoint)
}
