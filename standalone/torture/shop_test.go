package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// shop posts events as the official clients do: until they are acknowledged, with a pause that grows, here or there.
type shop struct {
	ledger *ledger
	// apis are the base addresses of the engine's processes, provider is that of the mail provider.
	apis     []string
	provider string
	client   *http.Client

	turn     atomic.Int64
	mu       sync.Mutex
	refusals []string
}

const (
	writeKey     = "wk-torture"
	adminToken   = "at-torture"
	batchPath    = "/v1/batch"
	importPath   = "/v1/import"
	firstPause   = 100 * time.Millisecond
	longestPause = 3 * time.Second
)

func newShop(apis []string, provider string) *shop {
	return &shop{
		ledger: newLedger(), apis: apis, provider: provider,
		client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
}

// post posts events to a path until they are acknowledged, or ctx is done. It answers whether they were.
func (s *shop) post(ctx context.Context, path string, events ...event) bool {
	return until(ctx, func() bool { return s.once(ctx, path, events) })
}

// until tries something with growing pauses until it succeeds, or ctx is done. It answers whether it did.
func until(ctx context.Context, try func() bool) bool {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		if try() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Duration((0.5 + rand.Float64()/2) * float64(pause))):
		}
	}
}

// once posts events one time.
func (s *shop) once(ctx context.Context, path string, events []event) bool {
	s.ledger.offer(events, time.Now())
	api := s.apis[int(s.turn.Add(1))%len(s.apis)]
	if !s.try(ctx, api+path, events) {
		return false
	}
	s.ledger.acknowledge(events, time.Now())
	return true
}

func (s *shop) try(ctx context.Context, address string, events []event) bool {
	body, err := json.Marshal(map[string]any{"batch": events, "sentAt": time.Now()})
	if err != nil {
		panic(err) // Our events can be written.
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.SetBasicAuth(writeKey, "")
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return false
	}
	if response.StatusCode == http.StatusOK && !bytes.Contains(answer, []byte("rejected")) {
		return true
	}
	if response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests {
		s.refused(fmt.Sprintf("%d: %s", response.StatusCode, answer))
	}
	return false
}

// refused notes an answer that a shop that does nothing wrong must not get.
func (s *shop) refused(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, what)
}

// object lets the reader of a mail unsubscribe or complain, when there is such a mail. It answers whether that is done with.
func (s *shop) object(ctx context.Context, subject, how string) bool {
	form := strings.NewReader(url.Values{"subject": {subject}, "event": {how}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.provider+"/emit", form)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := s.client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusConflict {
		answer, _ := io.ReadAll(response.Body) // What there is says enough.
		s.refused(string(answer))
		return true
	}
	return response.StatusCode == http.StatusOK || response.StatusCode == http.StatusNotFound
}
