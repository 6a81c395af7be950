package shopify

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// event is an event, for short.
type event = journey.Event

// The kinds of object.
const (
	kindOrder    = "order"
	kindCustomer = "customer"
	kindConsent  = "consent"
	kindCheckout = "checkout"
	kindProduct  = "product"
	kindMerge    = "merge"
)

// knownCustomer is what is known of a customer.
type knownCustomer struct {
	Version time.Time `json:"version,omitzero"`
	// Traits says in short what was told of them.
	Traits string `json:"traits,omitempty"`
	// Gone is true for good when the customer was deleted: Shopify gives no id out twice.
	Gone bool `json:"gone,omitempty"`
}

// customer returns what a customer tells: who they are, and whether they want mail.
func (a *Adapter) customer(c *customer) ([]shop.Change, error) {
	if c.ID == "" {
		return nil, missing("id")
	}
	return a.told(c, false), nil
}

// told returns what is told about a customer. Aside, such as within an order, Shopify leaves parts out: what it told of the
// same version before counts more.
func (a *Adapter) told(c *customer, aside bool) []shop.Change {
	changes := []shop.Change{a.person(string(c.ID), c.UpdatedAt.Time, c.traits(), aside)}
	if c.Consent != nil {
		changes = append(changes, a.consent(c.ID, c.Consent, c.UpdatedAt.Time))
	}
	return changes
}

// person returns a change of what is known about who somebody is.
func (a *Adapter) person(userID string, version time.Time, traits map[string]any, aside bool) shop.Change {
	return compared(kindCustomer, userID, func(known *knownCustomer) (string, []event) {
		if known.Gone || version.Before(known.Version) || len(traits) == 0 || aside && version.Equal(known.Version) {
			return userID, nil
		}
		known.Version = version
		said, err := json.Marshal(traits)
		short := shop.Short(string(said))
		if err != nil || short == known.Traits { // Texts alone can always be written.
			return userID, nil
		}
		known.Traits = short
		return userID, []event{{
			MessageID: a.messageID(kindCustomer, id(userID), strconv.FormatInt(version.Unix(), 36)+"-"+short),
			Type:      journey.TypeIdentify, Name: journey.TypeIdentify, UserID: userID, Timestamp: version, Traits: traits,
		}}
	})
}

// traits are what is told about a customer.
func (c *customer) traits() map[string]any {
	traits := map[string]any{}
	if email := strings.TrimSpace(c.Email); shop.IsAddress(email) {
		traits["email"] = email
	}
	put(traits, "phone", c.Phone)
	put(traits, "firstName", c.FirstName)
	put(traits, "lastName", c.LastName)
	put(traits, "locale", c.Locale)
	if c.Address != nil {
		c.Address.put(traits)
	}
	return traits
}

// put adds the address to traits, as far as anything depends on it.
func (d *address) put(traits map[string]any) {
	place := map[string]any{}
	put(place, "city", d.City)
	put(place, "postalCode", d.Zip)
	put(place, "state", d.Province)
	put(place, "country", d.Country)
	if len(place) > 0 {
		traits["address"] = place
	}
}

// longestText is how many bytes of a text are told.
const longestText = 500

// put adds a text that says something.
func put(to map[string]any, name, text string) {
	if text = strings.TrimSpace(text); text != "" {
		to[name] = strings.ToValidUTF8(text[:min(len(text), longestText)], "")
	}
}

// guest tells who a guest is, by what they ordered or were about to. It is told with that, once, so that no late word about it
// comes after what the guest said later as a customer.
func (a *Adapter) guest(b buyer, kind string, object id, at time.Time) event {
	c := customer{Email: strings.ToLower(b.email)}
	for _, of := range b.addresses {
		if of != nil {
			c.FirstName, c.LastName, c.Address = of.FirstName, of.LastName, of
			break
		}
	}
	return event{
		MessageID: a.messageID(kind, object, "guest"), Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: b.userID,
		Timestamp: at, Traits: c.traits(),
	}
}

// customerGone returns what it means that a customer was deleted: nothing more is told of them, and they want no mail.
func (a *Adapter) customerGone(c *customer, at time.Time) ([]shop.Change, error) {
	if c.ID == "" {
		return nil, missing("id")
	}
	return []shop.Change{compared(kindCustomer, string(c.ID), func(known *knownCustomer) (string, []event) {
		if known.Gone {
			return string(c.ID), nil
		}
		*known = knownCustomer{Gone: true}
		return string(c.ID), []event{
			a.track("Customer Deleted", kindCustomer, c.ID, "deleted", string(c.ID), at, map[string]any{}),
			a.track(journey.ConsentWithdrawn, kindCustomer, c.ID, "deleted-consent", string(c.ID), at, map[string]any{"source": Kind, "reason": "deleted"}),
		}
	})}, nil
}

// customersMerged returns what it means that two customers became one.
func (a *Adapter) customersMerged(m *merged, at time.Time) ([]shop.Change, error) {
	if m.Kept == "" || m.Gone == "" || m.Kept == m.Gone {
		return nil, missing("admin_graphql_api_customer_kept_id")
	}
	return []shop.Change{compared(kindMerge, string(m.Gone), func(done *bool) (string, []event) {
		if *done {
			return string(m.Kept), nil
		}
		*done = true
		return string(m.Kept), []event{a.alias(string(m.Gone), string(m.Kept), kindMerge, m.Gone, at)}
	})}, nil
}

// alias says that two userIds are one person.
func (a *Adapter) alias(former, userID, kind string, object id, at time.Time) event {
	return event{
		MessageID: a.messageID(kind, object, "alias-"+shop.Short(former+" "+userID)), Type: journey.TypeAlias, Name: journey.TypeAlias,
		UserID: userID, PreviousID: former, Timestamp: at,
	}
}

// track makes a track event about an object.
func (a *Adapter) track(name, kind string, object id, what, userID string, at time.Time, properties map[string]any) event {
	return event{
		MessageID: a.messageID(kind, object, what), Type: journey.TypeTrack, Name: name, UserID: userID, Timestamp: at,
		Properties: properties,
	}
}
