package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// sessionCookie is the name of the cookie of a browser that opened the login link.
	sessionCookie = "klantreis_session"
	// sessionLength is how long the cookie is valid.
	sessionLength = 7 * 24 * time.Hour
)

// admin lets through whoever holds the admin token: programs by a Bearer token, browsers by a cookie that the login link
// sets. The cookie holds no token: it is an instant of expiry, signed with the token as key.
type admin struct {
	token  string
	now    func() time.Time
	origin *http.CrossOriginProtection
}

func newAdmin(token string, now func() time.Time) *admin {
	return &admin{token: token, now: now, origin: http.NewCrossOriginProtection()}
}

// protect asks for the token or the cookie before next is called, and answers with deny otherwise. A browser sends the
// cookie of its own accord, so with it changes must come from our own pages.
func (a *admin) protect(next http.Handler, deny http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if a.validToken(bearer(r)) {
			next.ServeHTTP(w, r)
			return
		}
		cookie, err := r.Cookie(sessionCookie)
		if err != nil || !a.validSession(cookie.Value) {
			deny(w, r)
			return
		}
		if err := a.origin.Check(r); err != nil {
			writeProblem(w, &Problem{Code: codeCrossOrigin, Message: "a browser can only change something from a page of this server"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// validToken compares with the admin token. Without one nobody gets in.
func (a *admin) validToken(token string) bool {
	return a.token != "" && equal(a.token, token) == 1
}

func (a *admin) newSession() string {
	expiry := strconv.FormatInt(a.now().Add(sessionLength).Unix(), 10)
	return expiry + "." + a.sign(expiry)
}

func (a *admin) validSession(session string) bool {
	expiry, signature, _ := strings.Cut(session, ".")
	if a.token == "" || !hmac.Equal([]byte(signature), []byte(a.sign(expiry))) {
		return false
	}
	seconds, err := strconv.ParseInt(expiry, 10, 64)
	return err == nil && a.now().Before(time.Unix(seconds, 0))
}

func (a *admin) sign(expiry string) string {
	mac := hmac.New(sha256.New, []byte(a.token))
	mac.Write([]byte("klantreis admin session until " + expiry))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
