package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// TestUnsubscribeHeaders holds for every mail that its reader can refuse, and for no other.
func TestUnsubscribeHeaders(t *testing.T) {
	t.Parallel()
	const url = "https://reis.test/u/c_1~m_1~hash"
	oneClick := map[string]string{"List-Unsubscribe": "<" + url + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
	withMailto := map[string]string{
		"List-Unsubscribe":      "<" + url + ">, <mailto:stop@reis.test?subject=unsubscribe>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	}
	tests := map[string]struct {
		class  journey.Class
		mailto string
		want   map[string]string
	}{
		"marketing":                    {journey.Marketing, "", oneClick},
		"service":                      {journey.Service, "", oneClick},
		"a class of a newer release":   {"other", "", oneClick},
		"with an address":              {journey.Marketing, "stop@reis.test", withMailto},
		"transactional":                {journey.Transactional, "", nil},
		"transactional and an address": {journey.Transactional, "stop@reis.test", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.acts.Links.Mailto = tt.mailto
			h := &b.ledger.handover
			h.Message.Class, h.AddressHash = tt.class, "hash"
			h.Facts.Consents = map[journey.Class]journey.Consent{journey.Marketing: {Given: true}, journey.Service: {Given: true}, "other": {Given: true}}
			require.Equal(t, journey.ReasonSent, b.sent(t))
			require.Equal(t, tt.want, b.mailer.mails[0].Headers)
			want := ""
			if tt.want != nil {
				want = url
			}
			require.Equal(t, want, b.maps.given[0].UnsubscribeURL)
		})
	}
}

func TestWithoutALinkToUnsubscribeMailsWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.acts.Links.Preferences = nil
	b.ledger.handover.Message.Class = journey.Service
	_, err := b.attempt(t)
	require.ErrorContains(t, err, "--public-url")
	require.Empty(t, b.ledger.token, "it is not claimed")
	b.ledger.handover.Message.Class = journey.Transactional
	require.Equal(t, journey.ReasonSent, b.sent(t), "other mails go out")
}

func TestOnlyARequestForConsentCanBeConfirmed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.acts.Links.Confirm = func(id string) string { return "https://reis.test/c/" + id }
	b.sent(t)
	require.Empty(t, b.maps.given[0].ConfirmURL)
	b = setup(t)
	b.acts.Links.Confirm = func(id string) string { return "https://reis.test/c/" + id }
	b.ledger.handover.Run.Trigger.Name = journey.ConsentRequested
	b.sent(t)
	require.Equal(t, "https://reis.test/c/m_1", b.maps.given[0].ConfirmURL)
}
