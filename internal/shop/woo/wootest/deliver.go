package wootest

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// Delivery is what a webhook posts.
type Delivery struct {
	// Name is that of the file, Topic that of the webhook.
	Name, Topic string
	// At is when it happened, to the minute.
	At time.Time
	// Body is what is posted and signed.
	Body []byte
}

//go:embed testdata/day
var day embed.FS

// Day returns the deliveries of a recorded day, in the order in which things happened.
func (s *Shop) Day() []Delivery {
	s.t.Helper()
	names, err := fs.Glob(day, "testdata/day/*.json")
	require.NoError(s.t, err)
	require.NotEmpty(s.t, names)
	var list []Delivery
	for _, name := range names {
		body, err := day.ReadFile(name)
		require.NoError(s.t, err)
		name = strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".json")
		parts := strings.Split(name, "_") // number, time, topic, id
		at, err := time.Parse("2006-01-02 1504", "2026-03-02 "+parts[1])
		require.NoError(s.t, err)
		list = append(list, Delivery{Name: name, Topic: parts[2], At: at, Body: bytes.TrimSpace(body)})
	}
	return list
}

// Live has the shop be as it is when a delivery is posted.
func (s *Shop) Live(d Delivery) {
	s.t.Helper()
	var object map[string]any
	require.NoError(s.t, json.Unmarshal(d.Body, &object))
	collection := strings.Split(d.Topic, ".")[0] + "s"
	if strings.HasSuffix(d.Topic, ".deleted") {
		s.Delete(collection, number(object["id"]), d.At)
		return
	}
	s.Put(collection, object)
}

// mostFailures is how many deliveries in a row may fail before a webhook is switched off.
const mostFailures = 5

// Deliver posts a delivery with every webhook for its topic that is on, and returns the statuses. As in WooCommerce nothing is
// posted again, and who fails too often is switched off.
func (s *Shop) Deliver(ctx context.Context, d Delivery) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var statuses []int
	for _, h := range s.hooks {
		if h.Topic != d.Topic || h.Status != "active" {
			continue
		}
		status := s.post(ctx, h, d)
		statuses = append(statuses, status)
		switch {
		case status >= 200 && status < 303:
			h.failures = 0
		case h.failures > mostFailures:
			h.Status = "disabled"
		default:
			h.failures++
		}
	}
	return statuses
}

func (s *Shop) post(ctx context.Context, h *Hook, d Delivery) int {
	s.deliveries++
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.Delivery, bytes.NewReader(d.Body))
	require.NoError(s.t, err)
	req.Header = Headers(d)
	req.Header.Set("X-WC-Webhook-ID", fmt.Sprint(h.ID))
	req.Header.Set("X-WC-Webhook-Delivery-ID", fmt.Sprintf("%032x", s.deliveries))
	return s.send(req)
}

// Headers are those of a delivery, as far as they say what it is.
func Headers(d Delivery) http.Header {
	resource, event, _ := strings.Cut(d.Topic, ".")
	return http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"WooCommerce/9.9.5 Hookshot (WordPress/6.8.1)"},
		"X-Wc-Webhook-Source": {"https://winkel.example/"}, "X-Wc-Webhook-Topic": {d.Topic},
		"X-Wc-Webhook-Resource": {resource}, "X-Wc-Webhook-Event": {event}, "X-Wc-Webhook-Signature": {Sign(WebhookSecret, d.Body)},
	}
}

// Ping posts what is posted when a webhook is saved, and returns the status.
func (s *Shop) Ping(ctx context.Context, h *Hook) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.Delivery, strings.NewReader(fmt.Sprintf("webhook_id=%d", h.ID)))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(req)
}

func (s *Shop) send(req *http.Request) int {
	client := http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	require.NoError(s.t, resp.Body.Close())
	return resp.StatusCode
}
