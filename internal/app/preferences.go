package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/internal/link"
	"klantreis/internal/store"
	"klantreis/journey"
)

// notNowFor is for how long a reader who wants no mail now gets none.
const notNowFor = 30 * 24 * time.Hour

// readerLinks makes and reads the tokens of the preference pages.
func (a *App) readerLinks() link.Signer { return a.signer("reader") }

// readerID is what such a token stands for. It holds all that is needed to keep mail from its reader, because it must work
// when the message, and even the customer, is long gone from the record. None of it says anything about the person.
func readerID(customerID, messageID, addressHash string) string {
	return customerID + "~" + messageID + "~" + addressHash
}

// tokenParts are the parts of a readerID.
type tokenParts struct{ customerID, messageID, addressHash string }

// preferences returns what the preference pages show and take, or nil when no mail can link to them.
func (a *App) preferences() api.Preferences {
	if !a.cfg.HTTP.CanLink() {
		return nil
	}
	return &preferences{
		readers: a.readerLinks(), confirmations: a.confirmationLinks(), record: a.record, maps: a.maps, keep: a.chooser(), clock: a.clock,
		now: a.Now,
	}
}

// preferences reads and stores what the readers of mails want.
type preferences struct {
	readers, confirmations link.Signer
	record                 *store.Store
	maps                   *Maps
	keep                   chooser
	clock                  journey.Clock
	now                    func() time.Time
}

// open reads a token.
func (p *preferences) open(token string) (tokenParts, bool) {
	id, ok := p.readers.ID(token)
	if !ok {
		return tokenParts{}, false
	}
	parts := strings.Split(id, "~")
	if len(parts) != 3 {
		return tokenParts{}, false
	}
	return tokenParts{parts[0], parts[1], parts[2]}, true
}

// reading is a reader as they are now.
type reading struct {
	tokenParts
	store.Reader
	known bool
	// facts include what no decision has seen yet.
	facts journey.Facts
	// address is why the address of the link must not be mailed.
	address journey.SuppressionReason
}

// read returns who holds a token; found is false when it is forged.
func (p *preferences) read(ctx context.Context, token string) (r reading, found bool, err error) {
	if r.tokenParts, found = p.open(token); !found {
		return r, false, nil
	}
	if r.Reader, r.known, err = p.record.Reader(ctx, r.customerID); err != nil {
		return r, false, err
	}
	r.facts = r.State.Facts.Told(r.Unseen)
	r.address, err = p.record.SuppressionOfHash(ctx, r.addressHash)
	return r, err == nil, err
}

// unsubscribed tells whether the reader gets nothing that they can do without.
func (r *reading) unsubscribed() bool {
	if r.address.Blocks(journey.Marketing) || r.Objected.Blocks(journey.Marketing) {
		return true
	}
	return r.objected()
}

// objected tells whether the customer objected to every class.
func (r *reading) objected() bool {
	for _, class := range []journey.Class{journey.Service, journey.Marketing} {
		if given, said := r.facts.Consent(class); given || !said {
			return false
		}
	}
	return true
}

// live returns the live map. Nil when there is none that can be used: what a reader wants must be taken all the same.
func (p *preferences) live(ctx context.Context) (*journey.Map, error) {
	version, err := p.record.LiveVersion(ctx)
	if err != nil || version == 0 {
		return nil, err
	}
	published, err := p.maps.Published(ctx, version)
	if errors.Is(err, activities.ErrUnusable) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return published.Map, nil
}

// Reader implements api.Preferences.
func (p *preferences) Reader(ctx context.Context, token string) (api.Reader, bool, error) {
	r, found, err := p.read(ctx, token)
	if err != nil || !found {
		return api.Reader{}, false, err
	}
	m, err := p.live(ctx)
	if err != nil {
		return api.Reader{}, false, err
	}
	shown := api.Reader{Known: r.known, Unsubscribed: r.unsubscribed(), Locale: r.facts.Locale, Weekly: r.facts.Preferences.Weekly}
	if m != nil {
		shown.Shop, shown.Locale = m.Shop.Name, pageLocale(r.facts.Locale, m.Locale)
		shown.Topics = topicsOf(m, r.facts)
	}
	if until := r.facts.Preferences.NotBefore; until.After(p.clock.Journey(p.now())) {
		shown.NotBefore = until.In(location(m, r.facts))
	}
	return shown, true, nil
}

// topicsOf returns the topics of a map, and which of them a customer wants.
func topicsOf(m *journey.Map, f journey.Facts) []api.ReaderTopic {
	var topics []api.ReaderTopic
	for _, t := range m.Topics {
		wanted, said := f.Topic(t.ID)
		topics = append(topics, api.ReaderTopic{ID: t.ID, Titles: titles(t), Wanted: wanted || !said})
	}
	return topics
}

// titles are what readers of each language see.
func titles(t journey.Topic) map[string]string {
	return map[string]string{"nl": t.TitleIn("nl"), "en": t.TitleIn("en")}
}
