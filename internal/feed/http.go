package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HTTP posts batches to an ingest API. It tries again for as long as the API is away or asks to wait.
type HTTP struct {
	// URL is the base URL of the API.
	URL string
	// WriteKey is the key.
	WriteKey string
	// Client must have a time-out.
	Client *http.Client
	// Waiting is told when a batch must wait, and why. May be nil.
	Waiting func(why string, pause time.Duration)
}

// Post implements Poster.
func (h HTTP) Post(ctx context.Context, events []json.RawMessage) (map[int]string, error) {
	body, err := json.Marshal(map[string]any{"batch": events})
	if err != nil {
		return nil, fmt.Errorf("write a batch: %w", err)
	}
	for pause := 500 * time.Millisecond; ; pause = min(2*pause, 15*time.Second) {
		rejected, again, err := h.once(ctx, body)
		if err == nil || again < 0 {
			return rejected, err
		}
		wait := max(pause, again)
		if h.Waiting != nil {
			h.Waiting(err.Error(), wait)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// once posts once. With an error it answers after what pause to try again; negative means never.
func (h HTTP) once(ctx context.Context, body []byte) (rejected map[int]string, again time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(h.URL, "/")+"/v1/batch", bytes.NewReader(body))
	if err != nil {
		return nil, -1, fmt.Errorf("post a batch: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(h.WriteKey, "")
	resp, err := h.Client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, -1, ctx.Err()
		}
		return nil, 0, fmt.Errorf("post a batch: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return nil, 0, fmt.Errorf("read the answer to a batch: %w", err)
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		rejected, err := rejections(answer)
		return rejected, -1, err
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // absent or odd: our own pause
		return nil, time.Duration(seconds) * time.Second, fmt.Errorf("the API answers %s", resp.Status)
	default:
		return nil, -1, fmt.Errorf("the API answers %s: %s", resp.Status, bytes.TrimSpace(answer))
	}
}

func rejections(answer []byte) (map[int]string, error) {
	var parsed struct {
		Rejected []struct {
			Index   int    `json:"index"`
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"rejected"`
	}
	if err := json.Unmarshal(answer, &parsed); err != nil {
		return nil, fmt.Errorf("read the answer to a batch: %w", err)
	}
	rejected := map[int]string{}
	for _, r := range parsed.Rejected {
		rejected[r.Index] = strings.TrimSpace(r.Field + ": " + r.Message)
	}
	return rejected, nil
}
