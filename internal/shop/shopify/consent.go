package shopify

import (
	"strconv"
	"strings"
	"time"

	"klantreis/internal/shop"
	"klantreis/journey"
)

// knownConsent is what is known of whether a customer wants mail.
type knownConsent struct {
	Version time.Time `json:"version,omitzero"`
	State   string    `json:"state,omitempty"`
	Level   string    `json:"level,omitempty"`
}

// The states in which a customer wants mail or does not. The others say neither.
const (
	subscribed   = "subscribed"
	unsubscribed = "unsubscribed"
)

// consentUpdate returns what a webhook about a consent alone tells.
func (a *Adapter) consentUpdate(u *consentUpdate, at time.Time) ([]shop.Change, error) {
	if u.CustomerID == "" || u.Consent == nil {
		return nil, missing("email_marketing_consent")
	}
	return []shop.Change{a.consent(u.CustomerID, u.Consent, at)}, nil
}

// consent returns a change of whether a customer wants mail. It was said when the shop says, or else at an instant.
func (a *Adapter) consent(customerID id, c *consent, at time.Time) shop.Change {
	state, level := word(c.State), word(c.Level)
	if !c.UpdatedAt.IsZero() {
		at = c.UpdatedAt.Time
	}
	userID := string(customerID)
	said := state == subscribed || state == unsubscribed
	return compared(kindConsent, userID, func(known *knownConsent) (string, []event) {
		if !said && known.State == "" {
			// Who never said anything says nothing new. The instant of such a version may lie after that of a consent which
			// is told next.
			return userID, nil
		}
		if at.Before(known.Version) || at.Equal(known.Version) && known.State == unsubscribed && state == subscribed {
			return userID, nil
		}
		news := consentNews(*known, state, level)
		*known = knownConsent{Version: at, State: state, Level: level}
		if news == "" {
			return userID, nil
		}
		properties := map[string]any{"class": string(journey.Marketing), "source": Kind, "channel": "email"}
		if level != "" {
			properties["opt_in_level"] = level
		}
		put(properties, "collected_from", strings.ToLower(c.From))
		if news == journey.ConsentGiven && level == "confirmed_opt_in" {
			properties["confirmed"] = true
		}
		what := state + "-" + level + "-" + strconv.FormatInt(at.Unix(), 36)
		return userID, []event{a.track(news, kindConsent, customerID, what, userID, at, properties)}
	})
}

// word returns one of Shopify's words in small letters; "" for anything else.
func word(text string) string {
	text = strings.ToLower(text)
	if len(text) > 40 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return ""
	}
	return text
}

// consentNews returns the name of the event that tells what is new; "" when nothing is.
func consentNews(known knownConsent, state, level string) string {
	switch {
	case state == subscribed && (known.State != subscribed || level != known.Level):
		return journey.ConsentGiven
	case state == unsubscribed && known.State != unsubscribed, state != subscribed && known.State == subscribed:
		return journey.ConsentWithdrawn
	}
	return ""
}
