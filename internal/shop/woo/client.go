package woo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"klantreis/internal/shop"
)

// client asks the REST API of one shop, version wc/v3.
type client struct {
	// url is the address of the shop, such as https://shop.example.
	url string
	// key and secret are a pair of REST API keys that may read.
	key, secret string
	// http sends the requests. It must have a time-out.
	http *http.Client
	// now is the real clock.
	now func() time.Time
}

// largestPage bounds what is read of one answer.
const largestPage = 32 << 20

// list returns the objects of one page of a collection, and what time it was in the shop.
func (c *client) list(ctx context.Context, collection string, query url.Values) (items []json.RawMessage, at time.Time, err error) {
	address := strings.TrimRight(c.url, "/") + "/wp-json/wc/v3/" + collection + "?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, at, errors.New("the address of the shop is none")
	}
	req.SetBasicAuth(c.key, c.secret)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Klantreis")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, at, fmt.Errorf("ask the shop for its %s: %w", collection, withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // It was read as far as it matters.
	if resp.StatusCode != http.StatusOK {
		return nil, at, c.refused(collection, resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestPage+1))
	if err != nil {
		return nil, at, fmt.Errorf("read the %s of the shop: %w", collection, err)
	}
	if len(body) > largestPage || json.Unmarshal(body, &items) != nil {
		return nil, at, &shop.Refusal{Message: "the shop answered for its " + collection + " with something that is no list of them: is the address right, and do permalinks work?"}
	}
	if at, err = http.ParseTime(resp.Header.Get("Date")); err != nil {
		at = c.now()
	}
	return items, at.UTC(), nil
}

// withoutURL takes the address, which says what was asked for, out of an error.
func withoutURL(err error) error {
	if in, ok := errors.AsType[*url.Error](err); ok {
		return in.Err
	}
	return err
}

// refused says in words what an answer means.
func (c *client) refused(collection string, resp *http.Response) error {
	status := resp.StatusCode
	refusal := &shop.Refusal{Temporary: shop.IsTemporary(status)}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		refusal.Message = fmt.Sprintf("the shop refuses to show its %s (%d): check the REST API key, and that it may read", collection, status)
	case status == http.StatusNotFound:
		refusal.Message = "the shop has no REST API at this address (404): check the address, and that its permalinks are not plain"
	case refusal.Temporary:
		refusal.Message = fmt.Sprintf("the shop is too busy to show its %s (%d)", collection, status)
		refusal.RetryAfter = shop.RetryAfter(resp.Header, c.now())
	default:
		refusal.Message = fmt.Sprintf("the shop answered %d when asked for its %s", status, collection)
	}
	return refusal
}
