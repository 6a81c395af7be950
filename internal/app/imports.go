package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"klantreis/config"
	"klantreis/internal/access"
	"klantreis/internal/lists"
	"klantreis/internal/store"
	"klantreis/journey"
)

// importedAtOnce is how many lines one transaction stores.
const importedAtOnce = 1000

// Imported says what came of a list.
type Imported struct {
	// New counts the lines that told something new, and Known those that were imported before.
	New, Known int
	// Faults are the lines that could not be used.
	Faults []lists.Fault
}

// ImportConsents stores a list of consents as history: they count from when they were said, and start nothing. A line that was
// imported before is known for good. With dryRun nothing is stored.
func ImportConsents(ctx context.Context, cfg config.Record, now func() time.Time, by access.Actor, list []lists.Consent, dryRun bool) (Imported, error) {
	return inRecord(ctx, cfg, now, func(record *store.Store) (Imported, error) {
		clock, err := record.JourneyClock(ctx)
		if err != nil {
			return Imported{}, err
		}
		i := importer{record: record, maps: newMaps(record), clock: clock, now: now, by: by, dryRun: dryRun}
		return i.consents(ctx, list)
	})
}

// ImportSuppressions suppresses the addresses of a list. An address that is suppressed for the reason already is known. With
// dryRun nothing is stored, and nothing said of what is known.
func ImportSuppressions(ctx context.Context, cfg config.Record, now func() time.Time, by access.Actor, list []lists.Suppression, dryRun bool) (Imported, error) {
	return inRecord(ctx, cfg, now, func(record *store.Store) (Imported, error) {
		var result Imported
		var wanted []store.Listed
		for _, one := range list {
			if one.Reason == "" {
				continue
			}
			since := one.At
			if since.IsZero() || since.After(now()) {
				since = now()
			}
			wanted = append(wanted, store.Listed{Address: one.Email, Reason: journey.SuppressionReason(one.Reason), Since: since})
		}
		if dryRun {
			result.New = len(wanted)
			return result, nil
		}
		for some := range slices.Chunk(wanted, importedAtOnce) {
			added, err := record.ImportSuppressions(ctx, by, some)
			if err != nil {
				return result, err
			}
			result.New += added
			result.Known += len(some) - added
		}
		return result, nil
	})
}

// inRecord opens the record for a command.
func inRecord(ctx context.Context, cfg config.Record, now func() time.Time, do func(*store.Store) (Imported, error)) (Imported, error) {
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return Imported{}, err
	}
	var result Imported
	if err = record.CheckSchema(ctx); err == nil {
		result, err = do(record)
	}
	return result, errors.Join(err, record.Close())
}

// importer stores consents as events.
type importer struct {
	record *store.Store
	maps   *Maps
	clock  journey.Clock
	now    func() time.Time
	by     access.Actor
	dryRun bool
}

func (i importer) consents(ctx context.Context, list []lists.Consent) (Imported, error) {
	var result Imported
	events, err := i.events(ctx, list, &result)
	if err != nil {
		return result, err
	}
	for some := range slices.Chunk(events, importedAtOnce) {
		ids := make([]string, len(some))
		for n := range some {
			ids[n] = some[n].MessageID
		}
		known, err := i.record.KnownConsents(ctx, ids)
		if err != nil {
			return result, err
		}
		fresh := some[:0:0]
		for _, event := range some {
			if !known[event.MessageID] {
				fresh = append(fresh, event)
				known[event.MessageID] = true
			}
		}
		result.Known += len(some) - len(fresh)
		result.New += len(fresh)
		if i.dryRun || len(fresh) == 0 {
			continue
		}
		err = judge(ctx, i.maps, slog.New(slog.DiscardHandler), func(version int64, interest func(journey.Event) journey.Interest) error {
			return i.record.Choose(ctx, store.Choice{By: i.by, Events: fresh}, version, interest)
		})
		if err != nil {
			return result, err
		}
	}
	return result, nil
}

// events makes an event of every line, and of one that names an address one for every customer who has it.
func (i importer) events(ctx context.Context, list []lists.Consent, result *Imported) ([]journey.Event, error) {
	wanted := map[string]bool{}
	for _, c := range list {
		if c.UserID == "" {
			wanted[journey.NormalAddress(c.Email)] = true
		}
	}
	users := map[string][]string{}
	if len(wanted) > 0 {
		var err error
		if users, err = i.record.UserIDsByEmail(ctx, wanted); err != nil {
			return nil, err
		}
	}
	var events []journey.Event
	now := i.now()
	for _, c := range list {
		owners := []string{c.UserID}
		if c.UserID == "" {
			owners = users[journey.NormalAddress(c.Email)]
		}
		switch {
		case c.At.After(i.latest(now)):
			result.Faults = append(result.Faults, lists.Fault{Line: c.Line, Message: "at: lies in the future"})
			continue
		case len(owners) == 0:
			result.Faults = append(result.Faults, lists.Fault{Line: c.Line, Message: "no customer has this email; import the customers first"})
			continue
		}
		for _, userID := range owners {
			events = append(events, i.event(c, userID, now))
		}
	}
	return events, nil
}

// latest is the latest instant at which something can have been said, in the clock of the list.
func (i importer) latest(now time.Time) time.Time {
	if i.clock.Started {
		return i.clock.Journey(now)
	}
	return now
}

// event is a line as an event. Its MessageID is made from what it says, so that the same line is the same event.
func (i importer) event(c lists.Consent, userID string, now time.Time) journey.Event {
	name := journey.ConsentWithdrawn
	if c.Given {
		name = journey.ConsentGiven
	}
	about := map[string]any{"source": "import"}
	for key, value := range map[string]string{
		"source": c.Source, "class": c.Class, "topic": c.Topic, "text_version": c.TextVersion, "locale": c.Locale,
	} {
		if value != "" {
			about[key] = value
		}
	}
	if c.Given && c.Confirmed {
		about["confirmed"] = true
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		userID, c.Class, c.Topic, fmt.Sprint(c.Given, c.Confirmed), c.At.Format(time.RFC3339Nano), c.Source, c.TextVersion,
	}, "\x00")))
	event := journey.Event{
		MessageID: "import/" + hex.EncodeToString(sum[:16]), Type: journey.TypeTrack, Name: name, UserID: userID, Imported: true,
		Timestamp: c.At, ReceivedAt: i.clock.Journey(now), Age: i.latest(now).Sub(c.At), Properties: about,
	}
	if !i.clock.Started {
		event.Timestamp = i.clock.Journey(c.At)
	}
	return event
}
