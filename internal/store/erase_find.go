package store

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

var (
	lockErasedSQL = sqlText(`SELECT user_id, facts FROM customers WHERE id = $1 FOR UPDATE`)
	// lockErasedMessagesSQL waits for all who are claiming or settling a message, or storing reports of it.
	lockErasedMessagesSQL = sqlText(`SELECT status, claimed_at FROM messages WHERE customer_id = $1 ORDER BY id FOR UPDATE`)
)

// lock locks the customer and their messages, so that nobody decides about them or hands one over meanwhile.
func (g *erasure) lock(ctx context.Context) error {
	for range lockBothTries {
		known, err := pairs(ctx, g.tx, knownCustomersSQL, []string{storableText(g.UserID)})
		if err != nil {
			return err
		}
		if g.id = known[storableText(g.UserID)]; g.id == "" {
			return ErrNotFound
		}
		found, err := pairs(ctx, g.tx, lockErasedSQL, g.id)
		if err != nil {
			return err
		}
		for user, facts := range found {
			g.users = append(g.users, user)
			g.learn(facts)
			return g.lockMessages(ctx)
		}
	}
	return errors.New("they are being merged with others")
}

func (g *erasure) lockMessages(ctx context.Context) error {
	_, err := all(ctx, g.tx, func(row scanner) (none struct{}, err error) {
		var status string
		var claimed int64
		err = row.Scan(&status, &claimed)
		if at := instant(claimed); status == statusClaimed && at.After(g.claimedAt) {
			g.claimedAt = at
		}
		return none, err
	}, lockErasedMessagesSQL, g.id)
	return err
}

// learn reads what is known of the customer. Facts that cannot be read tell nothing, and are removed all the same.
func (g *erasure) learn(facts string) {
	if json.Unmarshal([]byte(facts), &g.facts) != nil {
		g.facts = journey.Facts{}
	}
	g.addresses = append(g.addresses, g.facts.Email())
	g.call(g.facts.Traits)
}

// call notes the names of the traits that rejected events may have too.
func (g *erasure) call(traits map[string]any) {
	for _, trait := range []string{"email", "phone"} {
		if text, ok := traits[trait].(string); ok {
			g.name(text)
		}
	}
}

func (g *erasure) name(text string) {
	if g.names == nil {
		g.names = map[string]bool{}
	}
	if text = journey.NormalAddress(text); text != "" {
		g.names[text] = true
	}
}

var (
	formerSQL         = sqlText(`SELECT user_id, former_id FROM customer_aliases WHERE customer_id = $1 ORDER BY user_id`)
	erasedDevicesSQL  = sqlText(`SELECT anonymous_id FROM devices WHERE customer_id = ANY($1) ORDER BY anonymous_id`)
	erasedSpellingSQL = sqlText(`SELECT DISTINCT user_id FROM events WHERE customer_id = ANY($1) AND consumed_step IS NULL
		UNION SELECT user_id FROM events WHERE customer_id = ANY($1) AND consumed_step IS NOT NULL`)
	erasedTraitsSQL = sqlText(`SELECT seq, type, traits, context FROM events WHERE customer_id = ANY($1)
		AND consumed_step IS NULL AND (type = 'identify' OR context LIKE '%"traits"%')
		UNION ALL SELECT seq, type, traits, context FROM events WHERE customer_id = ANY($1)
		AND consumed_step IS NOT NULL AND (type = 'identify' OR context LIKE '%"traits"%') ORDER BY 1`)
)

// identify finds out by what the customer is known, here and elsewhere.
func (g *erasure) identify(ctx context.Context) error {
	former, err := pairs(ctx, g.tx, formerSQL, g.id)
	if err != nil {
		return err
	}
	g.ids = []string{g.id}
	for _, user := range slices.Sorted(maps.Keys(former)) {
		g.users = append(g.users, user)
		if former[user] != "" {
			g.ids = append(g.ids, former[user])
		}
	}
	if g.devices, err = all(ctx, g.tx, scanText, erasedDevicesSQL, g.ids); err != nil {
		return err
	}
	spellings, err := all(ctx, g.tx, scanText, erasedSpellingSQL, g.ids)
	if err != nil {
		return err
	}
	g.users = compact(append(g.users, spellings...))
	if err := g.readTold(ctx); err != nil {
		return err
	}
	for _, name := range slices.Concat(g.users, g.devices) {
		g.name(name)
	}
	g.addresses = compact(g.addresses)
	return g.checkReason()
}

// readTold reads the addresses that the customer's events tell, and what those that no decision has seen yet say about messages.
func (g *erasure) readTold(ctx context.Context) error {
	_, err := all(ctx, g.tx, func(row scanner) (none struct{}, err error) {
		var seq int64
		var e journey.Event
		var traits, about string
		if err = row.Scan(&seq, &e.Type, &traits, &about); err != nil {
			return none, err
		}
		// An event that cannot be read tells nothing, and is removed all the same.
		_ = json.Unmarshal([]byte(traits), &e.Traits)
		_ = json.Unmarshal([]byte(about), &e.Context)
		g.addresses = append(g.addresses, e.Email())
		g.call(e.Traits)
		return none, nil
	}, erasedTraitsSQL, g.ids)
	if err != nil {
		return err
	}
	unseen, parked, err := readUnseen(ctx, g.tx, g.id)
	var unreadable *activities.Fault
	if err != nil && !errors.As(err, &unreadable) {
		return err
	}
	g.facts = g.facts.Told(append(parked, unseen...))
	for _, said := range g.facts.Consents {
		g.objected = g.objected || !said.Given
	}
	return nil
}

// checkReason refuses a reason that would outlive the erasure with the customer's name in it.
func (g *erasure) checkReason() error {
	reason := strings.ToLower(g.Reason)
	for name := range g.names {
		if len(name) > 3 && strings.Contains(reason, name) {
			return ErrReasonNames
		}
	}
	return nil
}

// compact returns the texts but the empty one, sorted, each once.
func compact(texts []string) []string {
	slices.Sort(texts)
	return slices.DeleteFunc(slices.Compact(texts), func(text string) bool { return text == "" })
}

// suppress lets nobody mail the person or their addresses who did not want it, whoever says so again but they, and takes the
// customer out of what is suppressed already.
func (g *erasure) suppress(ctx context.Context) error {
	var hashes []string
	for _, address := range g.addresses {
		hash, err := g.store.hashAddress(ctx, g.tx, address)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	var persons []string
	for _, user := range g.users {
		hash, err := g.store.hashPerson(ctx, g.tx, user)
		if err != nil {
			return err
		}
		persons = append(persons, hash)
	}
	reasons, err := all(ctx, g.tx, scanText, reasonsSQL, slices.Concat(hashes, persons))
	if err != nil {
		return err
	}
	objections := []journey.SuppressionReason{journey.AddressComplained, journey.AddressUnsubscribed, journey.PersonObjected}
	for _, reason := range reasons {
		g.objected = g.objected || slices.Contains(objections, journey.SuppressionReason(reason))
	}
	if g.objected = g.objected || g.Suppress; g.objected {
		if err := g.suppressAll(ctx, journey.AddressUnsubscribed, hashes); err != nil {
			return err
		}
		if err := g.suppressAll(ctx, journey.PersonObjected, persons); err != nil {
			return err
		}
	}
	_, err = g.tx.exec(ctx, detachSuppressionsSQL, g.ids)
	return err
}

var (
	reasonsSQL            = sqlText(`SELECT DISTINCT reason FROM suppressions WHERE address = ANY($1)`)
	detachSuppressionsSQL = sqlText(`UPDATE suppressions SET customer_id = '' WHERE customer_id = ANY($1)`)
)

// sourceErasure is the source of suppressions that an erasure leaves.
const sourceErasure = "erasure"

func (g *erasure) suppressAll(ctx context.Context, reason journey.SuppressionReason, hashes []string) error {
	for _, hash := range hashes {
		if _, err := g.tx.exec(ctx, suppressOneSQL, hash, string(reason), micros(g.real), sourceErasure, ""); err != nil {
			return err
		}
	}
	return nil
}

// handoverEnds is how long after its claim a mail can be with the provider: the look before it holds for a while, and the
// provider takes time to answer.
const handoverEnds = 20 * time.Second
