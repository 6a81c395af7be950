package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"klantreis/internal/shop"
)

// access is the access token that the shop gave last. It is good for a day.
type access struct {
	mu    sync.Mutex
	token string
	until time.Time
}

// spare is how long before its end a token is used no more.
const spare = 5 * time.Minute

// accessToken returns a token that reads the Admin API: the one of the configuration, or one that the shop gives to the app.
func (a *Adapter) accessToken(ctx context.Context) (string, error) {
	if a.Token != "" {
		return a.Token, nil
	}
	a.access.mu.Lock()
	defer a.access.mu.Unlock()
	if a.access.token != "" && a.Now().Before(a.access.until) {
		return a.access.token, nil
	}
	token, lasts, err := a.askToken(ctx)
	if err != nil {
		return "", err
	}
	a.access.token, a.access.until = token, a.Now().Add(lasts-spare)
	return token, nil
}

// forgetToken forgets a token that the shop refused, so that the next request asks for another one.
func (a *Adapter) forgetToken(token string) {
	a.access.mu.Lock()
	defer a.access.mu.Unlock()
	if a.access.token == token {
		a.access.token = ""
	}
}

// askToken asks the shop for a token, by the client credentials grant of OAuth 2.0.
func (a *Adapter) askToken(ctx context.Context) (token string, lasts time.Duration, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.ClientID}, "client_secret": {a.Secrets[0]}}
	address := strings.TrimRight(a.URL, "/") + "/admin/oauth/access_token"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, errAddress
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := a.send(req)
	if err != nil {
		return "", 0, fmt.Errorf("ask the shop for an access token: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // It was read as far as it matters.
	if resp.StatusCode != http.StatusOK {
		refusal := &shop.Refusal{Temporary: shop.IsTemporary(resp.StatusCode), RetryAfter: shop.RetryAfter(resp.Header, a.Now())}
		refusal.Message = fmt.Sprintf("the shop gives no access token (%d): check the client id and secret of the app, and that it is installed", resp.StatusCode)
		return "", 0, refusal
	}
	var answer struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"`
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil || json.Unmarshal(body, &answer) != nil || answer.Token == "" {
		return "", 0, &shop.Refusal{Message: "the shop answered with something that is no access token: is the address right?"}
	}
	return answer.Token, time.Duration(min(max(answer.Expires, 0), 7*24*3600)) * time.Second, nil
}

var errAddress = errors.New("the address of the shop is none")

// send sends a request. Its errors do not name the address, which says what was asked for.
func (a *Adapter) send(req *http.Request) (*http.Response, error) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Klantreis")
	resp, err := a.Client.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	return resp, err
}
