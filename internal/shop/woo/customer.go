package woo

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// customer is what is read of an account.
type customer struct {
	ID         text            `json:"id"`
	Email      text            `json:"email"`
	FirstName  text            `json:"first_name"`
	LastName   text            `json:"last_name"`
	Role       text            `json:"role"`
	CreatedAt  gmt             `json:"date_created_gmt"`
	ModifiedAt gmt             `json:"date_modified_gmt"`
	Billing    object[address] `json:"billing"`
}

// staff are the roles of people who work in the shop.
var staff = []text{"administrator", "shop_manager", "editor", "author", "contributor"}

// knownCustomer is what is known of an account.
type knownCustomer struct {
	Modified time.Time `json:"modified,omitzero"`
	// Traits says in short what was told of them.
	Traits string `json:"traits,omitempty"`
	// Gone is true for good when the account was deleted: WooCommerce gives no id out twice.
	Gone bool `json:"gone,omitempty"`
}

// compareCustomer returns what is known of an account now, and the identify that tells what changed of it, if anything did.
// WooCommerce reports an account for much that says nothing, such as a login.
func (m *mapper) compareCustomer(c *customer, known knownCustomer) (knownCustomer, []journey.Event) {
	userID := c.ID.id()
	if known.Gone || c.ModifiedAt.Before(known.Modified) || slices.Contains(staff, c.Role) || userID == "" {
		return known, nil
	}
	traits := c.traits()
	said, err := json.Marshal(traits)
	if err != nil {
		return known, nil // Texts alone can always be written.
	}
	short := shop.Short(string(said))
	if short == known.Traits || len(traits) == 0 {
		known.Modified = c.ModifiedAt.Time
		return known, nil
	}
	at := c.ModifiedAt
	if at.IsZero() {
		at = c.CreatedAt
	}
	return knownCustomer{Modified: c.ModifiedAt.Time, Traits: short}, []journey.Event{{
		MessageID: m.messageID("customer", c.ID, strconv.FormatInt(at.Unix(), 36)+"-"+short),
		Type:      journey.TypeIdentify, Name: journey.TypeIdentify, UserID: userID, Timestamp: at.Time, Traits: traits,
	}}
}

// traits says who has the account. The account's own address counts before that of the invoices.
func (c *customer) traits() map[string]any {
	email := c.Email
	if !shop.IsAddress(email.plain()) {
		email = ""
	}
	traits := c.Billing.value.traits()
	maps.Copy(traits, texts(map[string]text{"email": email, "firstName": c.FirstName, "lastName": c.LastName}))
	if company := c.Billing.value.Company.plain(); company != "" {
		traits["company"] = company
	}
	return traits
}

// deletedCustomer says what follows when an account was deleted: whoever had it wants no mail. It does not erase them.
func (m *mapper) deletedCustomer(id text, known knownCustomer, at time.Time) (knownCustomer, []journey.Event) {
	userID := id.id()
	if known.Gone || userID == "" {
		return known, nil
	}
	known.Gone = true
	deleted := journey.Event{
		MessageID: m.messageID("customer", id, "deleted"), Type: journey.TypeTrack, Name: "Customer Deleted", UserID: userID,
		Timestamp: at, Properties: map[string]any{},
	}
	withdrawn := deleted
	withdrawn.MessageID = m.messageID("customer", id, "deleted-consent")
	withdrawn.Name = journey.ConsentWithdrawn
	withdrawn.Properties = map[string]any{"source": Kind, "reason": "deleted"}
	return known, []journey.Event{deleted, withdrawn}
}
