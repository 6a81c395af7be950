package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/journey"
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
