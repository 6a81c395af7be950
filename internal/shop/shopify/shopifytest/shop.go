package shopifytest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Token is the access token of the shop. It gives it to the app with ClientID and ClientSecret.
const (
	Token        = "shpat_test"
	ClientID     = "app"
	ClientSecret = "hush"
)

// Shop is a Shopify shop.
type Shop struct {
	// URL is its address.
	URL string
	mu  sync.Mutex
	// objects are what it has, by collection and id.
	objects map[string]map[string]object
	// bucket is how many requests are in it, of at most size. It leaks only when a test says so.
	bucket, size int
	// fails are the statuses with which the next requests are answered.
	fails    []int
	requests int
	expired  bool
	// granted counts the tokens that were given out, and revoked the requests that are refused whatever their token.
	granted, revoked int
}

// object is one object, as it was last changed.
type object struct {
	id      string
	updated time.Time
	body    json.RawMessage
}

// New starts a shop that stops when the test ends.
func New(t testing.TB) *Shop {
	t.Helper()
	s := &Shop{objects: map[string]map[string]object{}, size: 40}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Put changes an object of a collection: customers, orders or products. An older version changes nothing.
func (s *Shop) Put(collection string, body json.RawMessage) {
	var o struct {
		ID      json.Number `json:"id"`
		Updated time.Time   `json:"updated_at"`
	}
	if err := json.Unmarshal(body, &o); err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects[collection] == nil {
		s.objects[collection] = map[string]object{}
	}
	if was, ok := s.objects[collection][o.ID.String()]; !ok || !o.Updated.Before(was.updated) {
		s.objects[collection][o.ID.String()] = object{o.ID.String(), o.Updated, body}
	}
}

// Delete takes an object away.
func (s *Shop) Delete(collection, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects[collection], id)
}

// Fail has the next requests answered with statuses.
func (s *Shop) Fail(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = append(s.fails, statuses...)
}

// Bucket sets how many requests may come at once, and empties the bucket.
func (s *Shop) Bucket(size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bucket, s.size = 0, size
}

// Leak lets time pass: two requests a second leak out of the bucket.
func (s *Shop) Leak(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bucket = max(0, s.bucket-int(d/(500*time.Millisecond)))
}

// ExpirePages makes the words for next pages worthless that were given out.
func (s *Shop) ExpirePages() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired = true
}

// Requests returns how many requests came.
func (s *Shop) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Granted returns how many tokens were given out.
func (s *Shop) Granted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.granted
}

// Revoke makes the tokens worthless that were given out, for one request.
func (s *Shop) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked++
}

// grant gives the app a token for a day.
func (s *Shop) grant(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.PostFormValue("grant_type") != "client_credentials" ||
		r.PostFormValue("client_id") != ClientID || r.PostFormValue("client_secret") != ClientSecret {
		answer(w, http.StatusBadRequest, "invalid_client")
		return
	}
	s.granted++
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"access_token":%q,"scope":"read_orders,read_customers,read_products","expires_in":86399}`, Token)
}

// ServeHTTP implements http.Handler.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if r.URL.Path == "/admin/oauth/access_token" {
		s.grant(w, r)
		return
	}
	if s.revoked > 0 {
		s.revoked--
		answer(w, http.StatusUnauthorized, "revoked")
		return
	}
	if r.Header.Get("X-Shopify-Access-Token") != Token {
		answer(w, http.StatusUnauthorized, "[API] Invalid API key or access token (unrecognized login or wrong password)")
		return
	}
	if len(s.fails) > 0 {
		status := s.fails[0]
		s.fails = s.fails[1:]
		w.Header().Set("Retry-After", "7.0")
		answer(w, status, "no")
		return
	}
	if s.bucket >= s.size {
		w.Header().Set("Retry-After", "2.0")
		w.Header().Set("X-Shopify-Shop-Api-Call-Limit", fmt.Sprintf("%d/%d", s.bucket, s.size))
		answer(w, http.StatusTooManyRequests, "Exceeded 2 calls per second for api client.")
		return
	}
	s.bucket++
	w.Header().Set("X-Shopify-Shop-Api-Call-Limit", fmt.Sprintf("%d/%d", s.bucket, s.size))
	file, ours := strings.CutPrefix(r.URL.Path, "/admin/api/2026-01/")
	collection, isJSON := strings.CutSuffix(file, ".json")
	if !ours || !isJSON || r.Method != http.MethodGet {
		answer(w, http.StatusNotFound, "Not Found")
		return
	}
	s.list(w, r, collection)
}

func answer(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errors": message})
}

// list answers with a page of what was changed since an instant. The word for the next page stands for all parameters but the
// limit, as at Shopify.
func (s *Shop) list(w http.ResponseWriter, r *http.Request, collection string) {
	query := r.URL.Query()
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || limit < 1 || limit > 250 {
		answer(w, http.StatusBadRequest, "limit")
		return
	}
	var after time.Time
	afterID := ""
	if info := query.Get("page_info"); info != "" {
		instant, id, _ := strings.Cut(info, "_")
		n, err := strconv.ParseInt(instant, 10, 64)
		if err != nil || s.expired || len(query) != 2 {
			s.expired = false
			answer(w, http.StatusBadRequest, "Invalid value for page_info")
			return
		}
		after, afterID = time.Unix(n, 0), id
	} else {
		if after, err = time.Parse(time.RFC3339, query.Get("updated_at_min")); err != nil || query.Get("order") != "updated_at asc" ||
			collection == "orders" && query.Get("status") != "any" {
			answer(w, http.StatusBadRequest, "parameters")
			return
		}
	}
	var found []object
	for _, o := range s.objects[collection] {
		if o.updated.After(after) || o.updated.Equal(after) && o.id > afterID {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b object) int { return cmp.Or(a.updated.Compare(b.updated), cmp.Compare(a.id, b.id)) })
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		w.Header().Set("Link", fmt.Sprintf(`<https://x.example%s?limit=%d&page_info=%d_%s>; rel="next"`, r.URL.Path, limit, last.updated.Unix(), last.id))
	}
	bodies := []json.RawMessage{}
	for _, o := range found {
		bodies = append(bodies, o.body)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string][]json.RawMessage{collection: bodies})
}
