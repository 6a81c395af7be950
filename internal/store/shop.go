package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// errShopState says that an adapter made a state that no database holds.
var errShopState = errors.New("the state of an object must be JSON without NUL")

var (
	knowShopObjectSQL = sqlText(`INSERT INTO shop_objects (object, connection, kind)
		SELECT object, connection, kind FROM json_to_recordset($1::json) AS r (object text, connection text, kind text)
		WHERE true ORDER BY object ON CONFLICT (object) DO NOTHING`)
	shopObjectsSQL = sqlText(`SELECT object, state, erased FROM shop_objects WHERE object = ANY($1)
		ORDER BY object FOR NO KEY UPDATE`)
	lookShopObjectsSQL = sqlText(`SELECT object, state, erased FROM shop_objects WHERE object = ANY($1)`)
	saveShopObjectSQL  = sqlText(`UPDATE shop_objects SET state = $2, user_id = $3 WHERE object = $1`)
)

// shopObjectRow is an object of a shop on its way into the record.
type shopObjectRow struct {
	Object     string `json:"object"`
	Connection string `json:"connection"`
	Kind       string `json:"kind"`
}

// knownObject is what is known of an object.
type knownObject struct {
	object, userID string
	state          []byte
	erased         bool
	changed        bool
}

// ObserveShop stores what a shop told about its objects, in one transaction with the events that follow from it: what is
// known of each object is locked, compared with what was told, and replaced. So of two processes that are told the same at
// once, or of a process that dies and is told again, exactly one brings the events. Objects that were erased say nothing.
// Events that are nobody's are news, see SpreadNews. It returns how many events are new, and answers like Ingest.
func (s *Store) ObserveShop(ctx context.Context, connection string, changes []shop.Change, prepare func([]journey.Event) []journey.Event,
	version int64, interest func(journey.Event) journey.Interest,
) (stored int, err error) {
	if len(changes) == 0 {
		return 0, nil
	}
	err = s.writeEvents(ctx, func(ctx context.Context, t tx) error {
		objects, err := lockShopObjects(ctx, t, connection, changes)
		if err != nil {
			return err
		}
		events, err := compareShop(connection, changes, objects)
		if err != nil {
			return err
		}
		for _, o := range objects {
			if !o.changed {
				continue
			}
			if _, err := t.exec(ctx, saveShopObjectSQL, o.object, string(o.state), o.userID); err != nil {
				return fmt.Errorf("save an object: %w", err)
			}
		}
		owned, news := splitNews(prepare(events))
		if err := s.keepNews(ctx, t, news); err != nil {
			return err
		}
		fresh, err := s.dropDuplicates(ctx, t, owned)
		if err != nil {
			return err
		}
		stored = len(fresh)
		return s.insertEvents(ctx, t, fresh, version, interest)
	})
	if err != nil {
		return 0, fmt.Errorf("observe %d objects of %s: %w", len(changes), connection, err)
	}
	return stored, nil
}

// ForeseeShop returns the events that ObserveShop would store now. It changes nothing.
func (s *Store) ForeseeShop(ctx context.Context, connection string, changes []shop.Change) (events []journey.Event, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		known, err := all(ctx, t, scanShopObject, lookShopObjectsSQL, shopObjectIDs(connection, changes))
		if err != nil {
			return err
		}
		events, err = compareShop(connection, changes, byObject(known))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("foresee %d objects of %s: %w", len(changes), connection, err)
	}
	return events, nil
}

// lockShopObjects returns what is known of the objects, and keeps all others from them until the transaction ends.
func lockShopObjects(ctx context.Context, t tx, connection string, changes []shop.Change) (map[string]*knownObject, error) {
	rows := make([]shopObjectRow, len(changes))
	for i, c := range changes {
		rows[i] = shopObjectRow{Object: shopObjectID(connection, c), Connection: connection, Kind: c.Kind}
	}
	slices.SortFunc(rows, func(a, b shopObjectRow) int { return cmp.Compare(a.Object, b.Object) })
	if _, err := t.exec(ctx, knowShopObjectSQL, records{slices.Compact(rows)}); err != nil {
		return nil, fmt.Errorf("make objects known: %w", err)
	}
	known, err := all(ctx, t, scanShopObject, shopObjectsSQL, shopObjectIDs(connection, changes))
	if err != nil {
		return nil, fmt.Errorf("read objects: %w", err)
	}
	return byObject(known), nil
}

// compareShop compares what was told with what is known, and notes in objects what is known after that.
func compareShop(connection string, changes []shop.Change, objects map[string]*knownObject) ([]journey.Event, error) {
	var events []journey.Event
	for _, c := range changes {
		id := shopObjectID(connection, c)
		known, ok := objects[id]
		if !ok {
			known = &knownObject{object: id}
			objects[id] = known
		}
		if known.erased {
			continue
		}
		told, err := c.Compare(known.state)
		switch {
		case err != nil:
			return nil, fmt.Errorf("compare an object of kind %s: %w", c.Kind, err)
		case bytes.Contains(told.State, []byte(`\u0000`)) || storableText(string(told.State)) != string(told.State):
			return nil, errShopState
		}
		events = append(events, told.Events...)
		if !bytes.Equal(known.state, told.State) {
			known.state, known.userID, known.changed = told.State, storableText(told.UserID), true
		}
	}
	return events, nil
}

func byObject(known []*knownObject) map[string]*knownObject {
	objects := make(map[string]*knownObject, len(known))
	for _, o := range known {
		objects[o.object] = o
	}
	return objects
}

func scanShopObject(row scanner) (*knownObject, error) {
	var o knownObject
	var state string
	var erased int
	err := row.Scan(&o.object, &state, &erased)
	if state != "" {
		o.state = []byte(state)
	}
	o.erased = erased == 1
	return &o, err
}

func shopObjectIDs(connection string, changes []shop.Change) []string {
	ids := make([]string, len(changes))
	for i, c := range changes {
		ids[i] = shopObjectID(connection, c)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// shopObjectID is what stands for an object in the record.
func shopObjectID(connection string, c shop.Change) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{connection, c.Kind, c.ID}, "\x00")))
	return hex.EncodeToString(sum[:20])
}

// eraseShopObjectsSQL keeps the rows, without anything that leads to a person.
var eraseShopObjectsSQL = sqlText(`UPDATE shop_objects SET erased = 1, state = '', user_id = '' WHERE user_id = ANY($1)`)

// EraseShopObjects forgets what is known of the objects of customers, by the shop's ids of them, in a way that the shop
// telling the same objects again brings nothing back. An order that they place later is another object, and counts.
func (s *Store) EraseShopObjects(ctx context.Context, userIDs []string) (erased int, err error) {
	err = s.write(ctx, func(ctx context.Context, t tx) error {
		n, err := eraseShopObjects(ctx, t, userIDs)
		erased = int(n)
		return err
	})
	return erased, err
}

func eraseShopObjects(ctx context.Context, t tx, userIDs []string) (int64, error) {
	n, err := t.exec(ctx, eraseShopObjectsSQL, userIDs)
	if err != nil {
		return 0, fmt.Errorf("erase objects of shops: %w", err)
	}
	return n, nil
}
