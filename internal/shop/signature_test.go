package shop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSigned(t *testing.T) {
	t.Parallel()
	sign := func(secret, body string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	body := "{\"naam\":\"S\u00f8ren \U0001F98A\"}"
	for name, c := range map[string]struct {
		body, header string
		secrets      []string
		want         bool
	}{
		"good":           {body, sign("one", body), []string{"one", ""}, true},
		"known value":    {"{}", "UFwgrGBPZilFtmKh8TqcovA78LGYb1BdWu9I4Q2oyRg=", []string{"hush"}, true},
		"former secret":  {body, sign("two", body), []string{"one", "two"}, true},
		"wrong secret":   {body, sign("three", body), []string{"one", "two"}, false},
		"body changed":   {body + " ", sign("one", body), []string{"one"}, false},
		"missing":        {body, "", []string{"one"}, false},
		"no base64":      {body, "!", []string{"one"}, false},
		"too short":      {body, "AAAA", []string{"one"}, false},
		"no secret":      {body, sign("", body), []string{"", ""}, false},
		"hexadecimal":    {body, "deadbeef", []string{"one"}, false},
		"empty body":     {"", sign("one", ""), []string{"one"}, true},
		"unicode secret": {body, sign("gehe\u00efm", body), []string{"gehe\u00efm"}, true},
	} {
		require.Equal(t, c.want, Signed([]byte(c.body), c.header, c.secrets...), name)
	}
}
