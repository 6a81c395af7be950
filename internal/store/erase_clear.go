package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"klantreis/journey"
)

// tallies are what a customer was counted in: a day since 1970, the touchpoint and what, how often and how much.
var tallies = []statement{
	sqlText(`SELECT planned_at / 86400000000, touchpoint, kind || ' ' || status, COUNT(*), 0.0 FROM messages
		WHERE customer_id = ANY($1) GROUP BY 1, 2, 3`),
	sqlText(`SELECT exposed_at / 86400000000, touchpoint, arm, COUNT(*), 0.0 FROM exposures
		WHERE run_id IN (SELECT id FROM runs WHERE customer_id = ANY($1)) GROUP BY 1, 2, 3`),
	sqlText(`SELECT exposed_at / 86400000000, touchpoint, arm || ' reached', COUNT(*), SUM(value) FROM exposures
		WHERE run_id IN (SELECT id FROM runs WHERE customer_id = ANY($1)) AND reached_at > 0 GROUP BY 1, 2, 3`),
	sqlText(`SELECT decided_at / 86400000000, touchpoint, kind || ' ' || reason, COUNT(*), 0.0 FROM decisions
		WHERE customer_id = ANY($1) GROUP BY 1, 2, 3`),
	sqlText(`SELECT stamped_at / 86400000000, '', 'orders', COUNT(*), 0.0 FROM events
		WHERE customer_id = ANY($1) AND name = 'Order Completed' AND consumed_step IS NOT NULL GROUP BY 1`),
	sqlText(`SELECT stamped_at / 86400000000, '', 'orders', COUNT(*), 0.0 FROM events
		WHERE customer_id = ANY($1) AND name = 'Order Completed' AND consumed_step IS NULL GROUP BY 1`),
}

var addTallySQL = sqlText(`INSERT INTO erased_tallies (month, touchpoint, what, n, value) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (month, touchpoint, what) DO UPDATE SET n = erased_tallies.n + excluded.n, value = erased_tallies.value + excluded.value`)

// Tally is how often erased customers were counted in something, in one month.
type Tally struct {
	// Month is the month of journey time, as 2026-03.
	Month string `json:"month"`
	// Touchpoint is the id of the touchpoint. Empty when it is about none.
	Touchpoint string `json:"touchpoint,omitempty"`
	// What is what was counted, such as "mail sent".
	What string `json:"what"`
	// N is how often, and Value how much it was worth.
	N     int64   `json:"n"`
	Value float64 `json:"value,omitempty"`
}

func scanTally(row scanner) (t Tally, err error) {
	var day int64
	err = row.Scan(&day, &t.Touchpoint, &t.What, &t.N, &t.Value)
	t.Month = time.Unix(day*86400, 0).UTC().Format("2006-01")
	return t, err
}

// count keeps what the customer was counted in, without the customer.
func (g *erasure) count(ctx context.Context) error {
	for _, q := range tallies {
		counted, err := all(ctx, g.tx, scanTally, q, g.ids)
		if err != nil {
			return err
		}
		for _, one := range counted {
			if _, err := g.tx.exec(ctx, addTallySQL, one.Month, one.Touchpoint, one.What, one.N, one.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	takeMessageIDsSQL = sqlText(`DELETE FROM message_ids WHERE message_id IN (
			SELECT message_id FROM events WHERE customer_id = ANY($1) AND consumed_step IS NULL
			UNION SELECT message_id FROM events WHERE customer_id = ANY($1) AND consumed_step IS NOT NULL
			UNION SELECT message_id FROM events WHERE customer_id IS NULL
				AND anonymous_id IN (SELECT anonymous_id FROM devices WHERE customer_id = ANY($1)))
		RETURNING message_id, received_at`)
	keepMessageIDsSQL = sqlText(`INSERT INTO erased_message_ids (hash, received_at)
		SELECT message_id, received_at FROM json_to_recordset($1::json) AS r (message_id text, received_at bigint)
		WHERE true ORDER BY message_id ON CONFLICT (hash) DO NOTHING`)
)

// hashMessageIDs keeps the messageIds of the customer's events as hashes, so that an event that is posted again does not come
// back. A messageId is the shop's own text, which may say anything.
func (g *erasure) hashMessageIDs(ctx context.Context) error {
	taken, err := all(ctx, g.tx, func(row scanner) (one messageIDRow, err error) {
		err = row.Scan(&one.MessageID, &one.ReceivedAt)
		return one, err
	}, takeMessageIDsSQL, g.ids)
	if err != nil || len(taken) == 0 {
		return err
	}
	for i := range taken {
		if taken[i].MessageID, err = g.store.hashMessageID(ctx, g.tx, taken[i].MessageID); err != nil {
			return err
		}
	}
	_, err = g.tx.exec(ctx, keepMessageIDsSQL, records{taken})
	return err
}

var (
	someRejectedSQL = sqlText(`SELECT seq, message, item FROM rejected_events WHERE seq > $1 ORDER BY seq LIMIT $2`)
	dropRejectedSQL = sqlText(`DELETE FROM rejected_events WHERE seq = ANY($1)`)
)

// rejectedAtOnce is how many rejected events are looked at together.
const rejectedAtOnce = 500

// dropRejected removes the rejected events that name the customer. Nobody could read whom they are about, so they are looked
// through one by one.
func (g *erasure) dropRejected(ctx context.Context) error {
	for after := int64(0); ; {
		looked := 0
		var naming []int64
		_, err := all(ctx, g.tx, func(row scanner) (none struct{}, err error) {
			var message, item string
			if err = row.Scan(&after, &message, &item); err == nil && (g.namedIn(message) || g.namedIn(item)) {
				naming = append(naming, after)
			}
			looked++
			return none, err
		}, someRejectedSQL, after, rejectedAtOnce)
		if err != nil {
			return err
		}
		if len(naming) > 0 {
			if _, err := g.tx.exec(ctx, dropRejectedSQL, naming); err != nil {
				return err
			}
		}
		if looked < rejectedAtOnce {
			return nil
		}
	}
}

// jsonWord matches the texts and numbers of JSON, also of one that is broken or was cut off.
var jsonWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?|-?\d[\w.+-]*`)

// namedIn tells whether something that was posted names the customer: a text in it is one of their ids or addresses, or has a
// long one in it.
func (g *erasure) namedIn(posted string) bool {
	if !g.mayBeIn(posted) {
		return false
	}
	for _, word := range jsonWord.FindAllString(posted, -1) {
		text, cutOff := unquoted(word)
		if text = journey.NormalAddress(text); text == "" {
			continue
		}
		for name := range g.names {
			if text == name || cutOff && strings.HasPrefix(name, text) || len(name) >= 6 && strings.Contains(text, name) {
				return true
			}
		}
	}
	return false
}

// mayBeIn is a quick look that finds out most of what does not name the customer.
func (g *erasure) mayBeIn(posted string) bool {
	if strings.Contains(posted, `\`) {
		return true // a name may be there in other words
	}
	small := strings.ToLower(posted)
	rest := small[strings.LastIndex(small, `"`)+1:]
	for name := range g.names {
		if strings.Contains(small, name) || strings.HasPrefix(name, strings.TrimSpace(rest)) {
			return true
		}
	}
	return false
}

// unquoted returns what a word of JSON stands for, and whether it was cut off.
func unquoted(word string) (text string, cutOff bool) {
	if !strings.HasPrefix(word, `"`) {
		return word, false
	}
	if json.Unmarshal([]byte(word), &text) == nil {
		return text, false
	}
	return strings.TrimPrefix(strings.TrimSuffix(word, `"`), `"`), len(word) < 2 || !strings.HasSuffix(word, `"`)
}

var tallySQL = sqlText(`SELECT month, touchpoint, what, n, value FROM erased_tallies ORDER BY month, touchpoint, what`)

// Tallies returns what erased customers were counted in.
func (s *Store) Tallies(ctx context.Context) ([]Tally, error) {
	var list []Tally
	err := s.read(ctx, func(ctx context.Context, t tx) (err error) {
		list, err = all(ctx, t, func(row scanner) (one Tally, err error) {
			err = row.Scan(&one.Month, &one.Touchpoint, &one.What, &one.N, &one.Value)
			return one, err
		}, tallySQL)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what erased customers were counted in: %w", err)
	}
	return list, nil
}
