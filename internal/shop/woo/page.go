package woo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klantreis/internal/shop"
)

// overlap is how far a walk begins before the one before it did: what the shop was writing then may not have been to be seen.
const overlap = 10 * time.Minute

// cursor is how far the walks through a shop have come.
type cursor struct {
	// Since is the instant after which what the walk looks for was changed, by the shop's clock.
	Since time.Time `json:"since"`
	// Began is when the walk began, by the shop's clock. Zero between two walks.
	Began time.Time `json:"began,omitzero"`
	Place place     `json:"place,omitzero"`
	// Unread counts the objects that could not be read, and Why says what is wrong with the first.
	Unread int    `json:"unread,omitempty"`
	Why    string `json:"why,omitempty"`
}

// Page implements shop.Adapter.
func (a *Adapter) Page(ctx context.Context, at string, since time.Time) (shop.Page, error) {
	c := cursor{Since: since}
	if at != "" {
		if err := json.Unmarshal([]byte(at), &c); err != nil {
			c = cursor{Since: since} // which looks at more than it must, and misses nothing.
		}
	}
	seen := look{at: a.Now().UTC(), fresh: true}
	page, err := a.client.walk(ctx, c.Since, c.Place)
	if err != nil {
		return shop.Page{}, err
	}
	if c.Began.IsZero() {
		c.Began = page.at
	}
	result := shop.Page{Done: page.done}
	for _, object := range page.objects {
		change, err := a.read(page.topic, object, seen)
		switch {
		case err != nil:
			c.note(page.topic, err)
		case change != nil:
			result.Changes = append(result.Changes, *change)
		}
	}
	c.Place = page.next
	if page.done {
		if result.Warning, err = a.warning(ctx, c); err != nil {
			return shop.Page{}, err
		}
		c = cursor{Since: c.Began.Add(-overlap)}
	}
	written, err := json.Marshal(c)
	if err != nil {
		return shop.Page{}, fmt.Errorf("write where the walk goes on: %w", err)
	}
	result.Cursor = string(written)
	return result, nil
}

// note counts an object that cannot be read. It must not hold up the others.
func (c *cursor) note(topic string, err error) {
	if c.Unread++; c.Unread == 1 {
		c.Why = topic + ": " + err.Error()
	}
}

// warning says what is wrong with the shop at the end of a walk.
func (a *Adapter) warning(ctx context.Context, c cursor) (string, error) {
	hooks, err := a.client.hooks(ctx, a.Path)
	var refusal *shop.Refusal
	switch {
	case errors.As(err, &refusal) && !refusal.Temporary:
		return "nobody knows whether the webhooks are on: " + refusal.Message, nil
	case err != nil:
		return "", err
	}
	warning := hooks.problem()
	if c.Unread > 0 {
		if warning != "" {
			warning += "; "
		}
		warning += fmt.Sprintf("objects of the shop that cannot be read: %d, the first because of %s", c.Unread, c.Why)
	}
	return warning, nil
}
