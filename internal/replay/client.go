package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client speaks to a running engine.
type Client struct {
	// Base is the address: "http://127.0.0.1:8080".
	Base string
	// WriteKey and AdminToken let in.
	WriteKey, AdminToken string
	// HTTP does the requests. It has a time-out.
	HTTP *http.Client
}

// StatusError is an answer with a status that was not hoped for.
type StatusError struct {
	// Status is the HTTP status.
	Status int
	// Body is the beginning of what came with it.
	Body string
}

// Error implements error.
func (e *StatusError) Error() string { return fmt.Sprintf("status %d: %s", e.Status, e.Body) }

// RejectedError is a batch of which some events were refused. Posting it again would not help.
type RejectedError struct {
	// Reasons are the refusals as the engine told them.
	Reasons string
}

// Error implements error.
func (e *RejectedError) Error() string { return "events were refused: " + e.Reasons }

// Ready returns nil when the engine takes requests.
func (c *Client) Ready(ctx context.Context) error {
	return c.do(ctx, http.MethodGet, "/readyz", nil, nil)
}

// Clock returns the engine's clock.
func (c *Client) Clock(ctx context.Context) (Clock, error) {
	var clock Clock
	if err := c.do(ctx, http.MethodGet, "/api/v1/clock", nil, &clock); err != nil {
		return Clock{}, fmt.Errorf("read the clock: %w", err)
	}
	if clock.Speed <= 0 || clock.R0.IsZero() {
		return Clock{}, fmt.Errorf("read the clock: %+v does not run", clock)
	}
	return clock, nil
}

// Post posts events in their order. It returns a *RejectedError when any of them is refused.
func (c *Client) Post(ctx context.Context, events []Event) error {
	var answer struct {
		Rejected json.RawMessage `json:"rejected"`
	}
	if err := c.do(ctx, http.MethodPost, "/v1/batch", map[string]any{"batch": events}, &answer); err != nil {
		return fmt.Errorf("post %d events: %w", len(events), err)
	}
	if len(answer.Rejected) > 0 {
		return &RejectedError{Reasons: string(answer.Rejected)}
	}
	return nil
}

// Messages returns mails from the newest but start on.
func (c *Client) Messages(ctx context.Context, start, limit int) ([]Arrival, error) {
	var list struct {
		Messages []struct {
			ID      string
			To      []struct{ Address string }
			Subject string
			Created time.Time
		} `json:"messages"`
	}
	path := fmt.Sprintf("/inbox/api/v1/messages?start=%d&limit=%d", start, limit)
	if err := c.do(ctx, http.MethodGet, path, nil, &list); err != nil {
		return nil, fmt.Errorf("read the inbox: %w", err)
	}
	arrivals := make([]Arrival, len(list.Messages))
	for i, m := range list.Messages {
		var to []string
		for _, address := range m.To {
			to = append(to, address.Address)
		}
		arrivals[i] = Arrival{ID: m.ID, Email: strings.Join(to, ","), Subject: m.Subject, Created: m.Created}
	}
	return arrivals, nil
}

// do sends a value as JSON, when there is one, and reads the answer into another, when there is one.
func (c *Client) do(ctx context.Context, method, path string, send, receive any) error {
	var body io.Reader
	if send != nil {
		text, err := json.Marshal(send)
		if err != nil {
			return fmt.Errorf("write request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if send != nil {
		request.Header.Set("Content-Type", "application/json")
		request.SetBasicAuth(c.WriteKey, "")
	} else {
		request.Header.Set("Authorization", "Bearer "+c.AdminToken)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		const enough = 500
		// The status says enough when its text cannot be read.
		text, _ := io.ReadAll(io.LimitReader(response.Body, enough))
		return &StatusError{Status: response.StatusCode, Body: strings.TrimSpace(string(text))}
	}
	if receive == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(receive)
}
