package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"klantreis/journey"
)

// News is what a shop tells that is about nobody: that a product costs less, or can be had again. It concerns the customers
// who looked at the product or put it into their cart, and each of them gets it as an event. There may be many of them, so
// that is done in portions, by whoever comes first, after the news is kept.

var (
	keepNewsSQL = sqlText(`INSERT INTO shop_news (id, product_id, event, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`)
	nextNewsSQL = sqlText(`SELECT id, product_id, event, place FROM shop_news ORDER BY received_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`)
	moveNewsSQL = sqlText(`UPDATE shop_news SET place = $2 WHERE id = $1`)
	dropNewsSQL = sqlText(`DELETE FROM shop_news WHERE id = $1`)

	concernedSQL = statement{
		postgres: fmt.Sprintf(concerned, `LEFT(SUBSTRING(e.properties FROM '"product_id":"?([^",}]*)'), 200)`, "$1", "$2", "$3", "$4"),
		sqlite:   fmt.Sprintf(concerned, "(CASE WHEN json_valid(e.properties) THEN CAST(e.properties->>'product_id' AS TEXT) END)", "?1", "?2", "?3", "?4"),
	}
)

// concerned finds those whom news about a product concerns, a portion at a time. What it says of properties and names is what
// the index on them says.
const concerned = `SELECT c.id, c.user_id FROM customers c WHERE c.id IN (
		SELECT DISTINCT e.customer_id FROM events e WHERE %s = %s AND e.customer_id IS NOT NULL
			AND e.name IN ('Product Viewed', 'Product Added', 'Product Added to Wishlist')
			AND e.customer_id > %s AND e.stamped_at >= %s ORDER BY e.customer_id LIMIT %s)
	ORDER BY c.id`

// splitNews parts events that are nobody's from the others.
func splitNews(events []journey.Event) (owned, news []journey.Event) {
	for _, e := range events {
		if e.UserID == "" && e.AnonymousID == "" {
			news = append(news, e)
		} else {
			owned = append(owned, e)
		}
	}
	return owned, news
}

func (s *Store) keepNews(ctx context.Context, t tx, news []journey.Event) error {
	for _, e := range news {
		productID, _ := e.Properties["product_id"].(string)
		if productID == "" {
			continue
		}
		text, err := json.Marshal(storable(e))
		if err != nil {
			return fmt.Errorf("write news: %w", err)
		}
		if _, err := t.exec(ctx, keepNewsSQL, e.MessageID, storableText(productID), storableText(string(text)), micros(s.now())); err != nil {
			return fmt.Errorf("keep news: %w", err)
		}
	}
	return nil
}

// newsRow is news that is being spread.
type newsRow struct {
	id, product, place string
	event              journey.Event
}

func scanNews(row scanner) (newsRow, error) {
	var n newsRow
	var event string
	if err := row.Scan(&n.id, &n.product, &event, &n.place); err != nil {
		return n, err
	}
	return n, json.Unmarshal([]byte(event), &n.event)
}

// SpreadNews gives the oldest news to at most limit customers whom it concerns: those who looked at the product since a
// journey instant. It was received at an instant, which the events bear. News that the map does not listen to is dropped.
// More is false when none is left. It answers like Ingest.
func (s *Store) SpreadNews(ctx context.Context, received, since time.Time, limit int,
	version int64, interest func(journey.Event) journey.Interest,
) (more bool, err error) {
	err = s.writeEvents(ctx, func(ctx context.Context, t tx) error {
		open, err := all(ctx, t, scanNews, nextNewsSQL)
		if more = len(open) > 0; err != nil || !more {
			return err
		}
		news := open[0]
		news.event.ReceivedAt = received
		if !interest(news.event).Wakes {
			_, err := t.exec(ctx, dropNewsSQL, news.id)
			return err
		}
		users, err := all(ctx, t, scanConcerned, concernedSQL, news.product, news.place, micros(since), limit)
		if err != nil {
			return fmt.Errorf("find whom it concerns: %w", err)
		}
		if len(users) == 0 {
			_, err := t.exec(ctx, dropNewsSQL, news.id)
			return err
		}
		fresh, err := s.dropDuplicates(ctx, t, news.forEach(users))
		if err != nil {
			return err
		}
		if err := s.insertEvents(ctx, t, fresh, version, interest); err != nil {
			return err
		}
		_, err = t.exec(ctx, moveNewsSQL, news.id, users[len(users)-1].id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("spread news: %w", err)
	}
	return more, nil
}

type concernedRow struct{ id, userID string }

func scanConcerned(row scanner) (concernedRow, error) {
	var c concernedRow
	err := row.Scan(&c.id, &c.userID)
	return c, err
}

// forEach returns the event of each customer.
func (n newsRow) forEach(users []concernedRow) []journey.Event {
	events := make([]journey.Event, len(users))
	for i, user := range users {
		sum := sha256.Sum256([]byte(n.id + "\x00" + user.id))
		events[i] = n.event
		events[i].UserID = user.userID
		events[i].MessageID = "news/" + hex.EncodeToString(sum[:20])
	}
	return events
}
