// Package wootest is a WooCommerce shop for tests: its REST API, as far as it is asked, and its webhooks, with the faults that
// real ones have. It shares no code with what is tested.
package wootest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The keys of the REST API, and the secret of all webhooks.
const (
	Key           = "ck_0123456789"
	Secret        = "cs_0123456789"
	WebhookSecret = "a secret of the webhooks & more"
)

// Shop is one shop.
type Shop struct {
	// URL is its address.
	URL string

	t  testing.TB
	mu sync.Mutex
	// objects are by collection and id.
	objects map[string]map[int64]map[string]any
	hooks   []*Hook
	// answers are statuses with which the next requests are answered instead.
	answers []int
	asked   []string
	now     time.Time
	// deliveries counts what was posted.
	deliveries int
	// between is called after every page of a collection, to change what follows.
	between func()
}

// Hook is a webhook.
type Hook struct {
	ID       int64
	Topic    string
	Delivery string
	Status   string
	failures int
}

// New opens a shop, which closes when the test ends.
func New(t testing.TB) *Shop {
	t.Helper()
	s := &Shop{t: t, now: time.Now().UTC(), objects: map[string]map[int64]map[string]any{"orders": {}, "products": {}, "customers": {}}}
	mux := http.NewServeMux()
	for collection := range s.objects {
		mux.HandleFunc("GET /wp-json/wc/v3/"+collection, s.guarded(func(r *http.Request) any { return s.collection(collection, r) }))
	}
	mux.HandleFunc("GET /wp-json/wc/v3/webhooks", s.guarded(s.webhooks))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// guarded answers who has the keys, unless another answer is due.
func (s *Shop) guarded(answer func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		s.asked = append(s.asked, r.URL.RequestURI())
		if len(s.answers) > 0 {
			status := s.answers[0]
			s.answers = s.answers[1:]
			if status == 0 {
				s.answer(w, r, answer)
				return
			}
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
			fmt.Fprint(w, `{"code":"rest_error","message":"Sorry.","data":{}}`)
			return
		}
		s.answer(w, r, answer)
	}
}

func (s *Shop) answer(w http.ResponseWriter, r *http.Request, answer func(*http.Request) any) {
	if key, secret, ok := r.BasicAuth(); !ok || key != Key || secret != Secret {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot list resources.","data":{"status":401}}`)
		return
	}
	items := answer(r)
	if refusal, ok := items.(error); ok {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"code":"rest_invalid_param","message":%q,"data":{"status":400}}`, refusal.Error())
		return
	}
	w.Header().Set("Date", s.now.Format(http.TimeFormat))
	require.NoError(s.t, json.NewEncoder(w).Encode(items))
}

// Now sets the clock of the shop.
func (s *Shop) Now(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = at.UTC()
}

// Answer has the next requests answered with the statuses, with a Retry-After of 7 seconds; 0 is the answer that is due.
func (s *Shop) Answer(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, statuses...)
}

// Between is called after each page of a collection that is asked for, while nobody else asks.
func (s *Shop) Between(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.between = change
}

// Asked returns what was asked for since it was last called.
func (s *Shop) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

// Put stores an object in one of orders, products and customers.
func (s *Shop) Put(collection string, object map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(collection, object)
}

// Change stores an object from within Between.
func (s *Shop) Change(collection string, object map[string]any) { s.put(collection, object) }

func (s *Shop) put(collection string, object map[string]any) {
	s.objects[collection][number(object["id"])] = object
}

// Delete deletes an object for good; orders go to the trash instead.
func (s *Shop) Delete(collection string, id int64, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if collection != "orders" {
		delete(s.objects[collection], id)
		return
	}
	if order := s.objects[collection][id]; order != nil {
		order["status"], order["date_modified_gmt"] = "trash", at.UTC().Format("2006-01-02T15:04:05")
	}
}

func number(value any) int64 {
	switch v := value.(type) {
	case float64:
		return int64(v)
	case int:
		return int64(v)
	case int64:
		return v
	}
	return 0
}

// Sign returns the signature of a body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// AddHook adds a webhook that is on.
func (s *Shop) AddHook(topic, delivery string) *Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &Hook{ID: int64(len(s.hooks) + 1), Topic: topic, Delivery: delivery, Status: "active"}
	s.hooks = append(s.hooks, h)
	return h
}

func (s *Shop) webhooks(r *http.Request) any {
	items := []map[string]any{}
	for _, h := range s.hooks {
		items = append(items, map[string]any{"id": h.ID, "name": h.Topic, "status": h.Status, "topic": h.Topic, "delivery_url": h.Delivery})
	}
	return pageOf(items, r)
}

// pageOf returns the page of a list that is asked for.
func pageOf(items []map[string]any, r *http.Request) any {
	size, page := 10, 1
	if text := r.FormValue("per_page"); text != "" {
		size, _ = strconv.Atoi(text)
	}
	if text := r.FormValue("page"); text != "" {
		page, _ = strconv.Atoi(text)
	}
	if size < 1 || size > 100 || page < 1 {
		return fmt.Errorf("Invalid parameter(s): per_page") //nolint:staticcheck,revive // as WordPress writes it
	}
	from := min((page-1)*size, len(items))
	return items[from:min(from+size, len(items))]
}
