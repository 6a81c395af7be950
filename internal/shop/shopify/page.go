package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"klantreis/internal/shop"
)

const (
	// perPage is how many objects a page has. Shopify allows 250.
	perPage = 100
	// overlap is how much earlier than the last walk began the next one looks: an object shows up in lists some time after it
	// was changed.
	overlap = 10 * time.Minute
	// largestPage bounds what is read of one answer.
	largestPage = 32 << 20
)

// part is one collection that is looked through.
type part struct {
	collection, topic string
	query             url.Values
}

// parts are looked through one after another. Customers come first: whoever placed an order is known then.
var parts = []part{
	{"customers", "customers/update", nil},
	{"orders", "orders/updated", url.Values{"status": {"any"}}},
	{"products", "products/update", nil},
}

// place is how far a walk has come.
type place struct {
	// From is since when it looks for changes, and Began when it began. Zero when none is under way.
	From  time.Time `json:"from"`
	Began time.Time `json:"began,omitzero"`
	Part  int       `json:"part,omitempty"`
	// Seen is when the last object was changed that was seen of the part, and Next is the shop's own word for the next page.
	Seen time.Time `json:"seen,omitzero"`
	Next string    `json:"next,omitempty"`
	// Unread counts what could not be read on this walk.
	Unread int `json:"unread,omitempty"`
}

// Page implements shop.Adapter, by the REST Admin API, whose objects are those of the webhooks.
func (a *Adapter) Page(ctx context.Context, cursor string, since time.Time) (shop.Page, error) {
	at := place{From: since}
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &at); err != nil || at.Part < 0 || at.Part >= len(parts) {
			at = place{From: since}
		}
	}
	if at.Began.IsZero() {
		at.Began = a.Now().UTC()
	}
	items, next, wait, err := a.list(ctx, &at)
	if err != nil {
		return shop.Page{}, err
	}
	page := shop.Page{Wait: wait}
	for _, item := range items {
		changes, err := a.changes(parts[at.Part].topic, item, a.Now().UTC())
		if err != nil {
			at.Unread++
			continue
		}
		page.Changes = append(page.Changes, changes...)
	}
	if err := at.goOn(items, next); err != nil {
		return shop.Page{}, err
	}
	if at.Part == len(parts) {
		if at.Unread > 0 {
			page.Warning = fmt.Sprintf("%d objects that the shop listed cannot be read", at.Unread)
		}
		page.Done, at = true, place{From: at.Began.Add(-overlap)}
	}
	text, err := json.Marshal(at)
	page.Cursor = string(text)
	return page, err
}

// goOn moves the place behind a page.
func (p *place) goOn(items []json.RawMessage, next string) error {
	if next == "" {
		p.Part, p.Next, p.Seen = p.Part+1, "", time.Time{}
		return nil
	}
	p.Next = next
	var last struct {
		UpdatedAt instant `json:"updated_at"`
	}
	if len(items) == 0 || json.Unmarshal(items[len(items)-1], &last) != nil {
		return nil
	}
	p.Seen = later(p.Seen, last.UpdatedAt.Time)
	return nil
}

// list asks for one page.
func (a *Adapter) list(ctx context.Context, at *place) (items []json.RawMessage, next string, wait time.Duration, err error) {
	p := parts[at.Part]
	query := url.Values{"limit": {strconv.Itoa(perPage)}}
	if at.Next != "" {
		query.Set("page_info", at.Next) // which stands for all else
	} else {
		maps.Copy(query, p.query)
		query.Set("order", "updated_at asc")
		query.Set("updated_at_min", later(at.From, at.Seen).UTC().Format(time.RFC3339))
	}
	resp, err := a.get(ctx, p.collection, query)
	if err != nil {
		return nil, "", 0, err
	}
	defer func() { _ = resp.Body.Close() }() // It was read as far as it matters.
	if resp.StatusCode == http.StatusBadRequest && at.Next != "" {
		// The word for a page is good for a while only. What was seen last is as good.
		at.Next = ""
		return a.list(ctx, at)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, "", 0, a.refused(p.collection, resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestPage+1))
	if err != nil {
		return nil, "", 0, fmt.Errorf("read the %s of the shop: %w", p.collection, err)
	}
	var answer map[string]json.RawMessage
	if len(body) > largestPage || json.Unmarshal(body, &answer) != nil || json.Unmarshal(answer[p.collection], &items) != nil {
		return nil, "", 0, &shop.Refusal{Message: "the shop answered for its " + p.collection + " with something that is no list of them: is the address right?"}
	}
	return items, nextPage(resp.Header.Get("Link")), restFor(resp.Header.Get("X-Shopify-Shop-Api-Call-Limit")), nil
}

func (a *Adapter) get(ctx context.Context, collection string, query url.Values) (*http.Response, error) {
	token, err := a.accessToken(ctx)
	if err != nil {
		return nil, err
	}
	address := strings.TrimRight(a.URL, "/") + "/admin/api/" + a.Version + "/" + collection + ".json?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errAddress
	}
	req.Header.Set("X-Shopify-Access-Token", token)
	resp, err := a.send(req)
	if err != nil {
		return nil, fmt.Errorf("ask the shop for its %s: %w", collection, err)
	}
	if resp.StatusCode == http.StatusUnauthorized {
		a.forgetToken(token)
	}
	return resp, nil
}

// refused says in words what an answer means.
func (a *Adapter) refused(collection string, resp *http.Response) error {
	refusal := &shop.Refusal{Temporary: shop.IsTemporary(resp.StatusCode)}
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized:
		refusal.Message = "the shop refuses the access token (401): check it, and that the app is still installed"
	case status == http.StatusForbidden:
		refusal.Message = fmt.Sprintf("the shop does not show its %s (403): give the app the scope read_%s", collection, collection)
	case status == http.StatusNotFound:
		refusal.Message = "the shop knows no such address (404): check the address of the shop and the version of its API"
	case status == http.StatusPaymentRequired, status == http.StatusLocked:
		refusal.Message = fmt.Sprintf("the shop is closed (%d)", status)
	case refusal.Temporary:
		refusal.Message = fmt.Sprintf("the shop is too busy to show its %s (%d)", collection, status)
		refusal.RetryAfter = shop.RetryAfter(resp.Header, a.Now())
	default:
		refusal.Message = fmt.Sprintf("the shop answered %d when asked for its %s", status, collection)
	}
	return refusal
}

var nextLink = regexp.MustCompile(`<([^<>]*)>;\s*rel="?next"?`)

// nextPage returns the shop's word for the next page out of a Link header; "" when there is none.
func nextPage(link string) string {
	found := nextLink.FindStringSubmatch(link)
	if found == nil {
		return ""
	}
	u, err := url.Parse(found[1])
	if err != nil {
		return ""
	}
	return u.Query().Get("page_info")
}

// restFor returns how long to leave a shop alone whose bucket of requests, such as 32/40, is filling: it leaks two a second,
// and others want to ask too.
func restFor(limit string) time.Duration {
	used, size, ok := strings.Cut(limit, "/")
	u, err := strconv.Atoi(used)
	n, err2 := strconv.Atoi(size)
	if !ok || err != nil || err2 != nil || n <= 0 || n > 10_000 || u <= n/2 {
		return 0
	}
	return time.Duration(min(u, n)-n/2) * 500 * time.Millisecond
}
