package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// eventColumns are what scanEvent reads, of events named e.
const eventColumns = `e.seq, e.message_id, e.type, e.name, e.user_id, e.anonymous_id, e.previous_id, e.group_id,
	e.stamped_at, e.received_at, e.age, e.wakes, e.imported, e.properties, e.traits, e.context`

// storedEvent receives eventColumns. All may be NULL, because the event may come from an outer join.
type storedEvent struct {
	seq, stampedAt, receivedAt, age, wakes, imported              sql.Null[int64]
	messageID, kind, name, userID, anonymousID, previousID, group sql.Null[string]
	properties, traits, context                                   sql.Null[string]
}

func (s *storedEvent) into() []any {
	return []any{
		&s.seq, &s.messageID, &s.kind, &s.name, &s.userID, &s.anonymousID, &s.previousID, &s.group,
		&s.stampedAt, &s.receivedAt, &s.age, &s.wakes, &s.imported, &s.properties, &s.traits, &s.context,
	}
}

// event returns what was scanned: the zero Event when there was none. With a Fault it returns what of it can be read.
func (s *storedEvent) event() (journey.Event, error) {
	if !s.seq.Valid {
		return journey.Event{}, nil
	}
	event := journey.Event{
		Seq: s.seq.V, MessageID: s.messageID.V, Type: s.kind.V, Name: s.name.V,
		UserID: s.userID.V, AnonymousID: s.anonymousID.V, PreviousID: s.previousID.V, GroupID: s.group.V,
		Timestamp: eventInstant(s.stampedAt.V), ReceivedAt: eventInstant(s.receivedAt.V),
		Age: time.Duration(s.age.V) * time.Microsecond, Dormant: s.wakes.V == 0, Imported: s.imported.V == 1,
	}
	for _, part := range []struct {
		from string
		into *map[string]any
	}{{s.properties.V, &event.Properties}, {s.traits.V, &event.Traits}, {s.context.V, &event.Context}} {
		if part.from == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.from), part.into); err != nil {
			return event, unreadable(fmt.Sprintf("event %d", event.Seq), err)
		}
	}
	return event, nil
}

// unreadable is what is wrong with stored JSON that is none.
func unreadable(what string, err error) error {
	if err == nil {
		return nil
	}
	return &activities.Fault{Code: activities.FaultUnreadable, Detail: what + ": " + err.Error()}
}

func scanEvent(row scanner) (journey.Event, error) {
	var stored storedEvent
	if err := row.Scan(stored.into()...); err != nil {
		return journey.Event{}, err
	}
	return stored.event()
}

// eventRow is an event on its way into the record.
type eventRow struct {
	Pos         int     `json:"pos"`
	CustomerID  *string `json:"customer_id"`
	MessageID   string  `json:"message_id"`
	Type        string  `json:"type"`
	Name        string  `json:"name"`
	UserID      string  `json:"user_id"`
	AnonymousID string  `json:"anonymous_id"`
	PreviousID  string  `json:"previous_id"`
	GroupID     string  `json:"group_id"`
	StampedAt   int64   `json:"stamped_at"`
	ReceivedAt  int64   `json:"received_at"`
	Age         int64   `json:"age"`
	Properties  string  `json:"properties"`
	Traits      string  `json:"traits"`
	Context     string  `json:"context"`
	Wakes       int     `json:"wakes"`
	Urgent      int     `json:"urgent"`
	Imported    int     `json:"imported"`
}

// insertEventsSQL inserts nothing when a newer map than $2 is live. The question costs no round trip of its own here.
var insertEventsSQL = sqlText(`INSERT INTO events (customer_id, message_id, type, name, user_id, anonymous_id, previous_id,
		group_id, stamped_at, received_at, age, properties, traits, context, wakes, urgent, imported)
	SELECT customer_id, message_id, type, name, user_id, anonymous_id, previous_id,
		group_id, stamped_at, received_at, age, properties, traits, context, wakes, urgent, imported
	FROM json_to_recordset($1::json) AS r (pos bigint, customer_id text, message_id text, type text, name text,
		user_id text, anonymous_id text, previous_id text, group_id text, stamped_at bigint, received_at bigint,
		age bigint, properties text, traits text, context text, wakes smallint, urgent smallint, imported smallint)
	WHERE (SELECT COALESCE(MAX(version), 0) FROM maps) <= $2 ORDER BY pos`)

// newEventRow makes the row of an event. An owner of "" makes it a visitor's.
func newEventRow(pos int, event journey.Event, owner string, interest journey.Interest) (eventRow, error) {
	row := eventRow{
		Pos: pos, MessageID: event.MessageID, Type: event.Type, Name: event.Name,
		UserID: event.UserID, AnonymousID: event.AnonymousID, PreviousID: event.PreviousID, GroupID: event.GroupID,
		StampedAt: event.Timestamp.UnixMicro(), ReceivedAt: event.ReceivedAt.UnixMicro(), Age: event.Age.Microseconds(),
		Wakes: flag(interest.Wakes), Urgent: flag(interest.Wakes && interest.Urgent && !event.Imported), Imported: flag(event.Imported),
	}
	if owner != "" {
		row.CustomerID = &owner
	}
	for _, part := range []struct {
		from map[string]any
		into *string
	}{{event.Properties, &row.Properties}, {event.Traits, &row.Traits}, {event.Context, &row.Context}} {
		if part.from == nil {
			continue
		}
		text, err := storableJSON(part.from)
		if err != nil {
			return eventRow{}, fmt.Errorf("encode event %q: %w", event.MessageID, err)
		}
		*part.into = text
	}
	return row, nil
}
