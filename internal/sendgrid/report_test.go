package sendgrid

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// TestReports reads reports as SendGrid documents them.
func TestReports(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fields string
		kind   activities.ReportKind
		why    journey.SuppressionReason
	}{
		"processed":                 {`"event":"processed"`, activities.ReportProcessed, ""},
		"deferred":                  {`"event":"deferred","response":"400 try again later","attempt":"5"`, activities.ReportDeferred, ""},
		"delivered":                 {`"event":"delivered","response":"250 OK"`, activities.ReportDelivered, ""},
		"hard bounce":               {`"event":"bounce","type":"bounce","reason":"550 5.1.1 no such user","status":"5.1.1"`, activities.ReportBounced, journey.AddressBounced},
		"blocked":                   {`"event":"bounce","type":"blocked","reason":"550 5.7.1 blocked","status":"5.7.1"`, activities.ReportBlocked, ""},
		"expired":                   {`"event":"bounce","type":"expired","reason":"unable to deliver"`, activities.ReportBlocked, ""},
		"bounce without a type":     {`"event":"bounce","reason":"550"`, activities.ReportBlocked, ""},
		"dropped, bounced":          {`"event":"dropped","reason":"Bounced Address","status":"5.0.0"`, activities.ReportDropped, journey.AddressBounced},
		"dropped, invalid":          {`"event":"dropped","reason":"Invalid"`, activities.ReportDropped, journey.AddressInvalid},
		"dropped, spam reporter":    {`"event":"dropped","reason":"Spam Reporting Address"`, activities.ReportDropped, journey.AddressComplained},
		"dropped, unsubscribed":     {`"event":"dropped","reason":"Unsubscribed Address"`, activities.ReportDropped, journey.AddressUnsubscribed},
		"dropped, other invalidity": {`"event":"dropped","reason":"Invalid SMTPAPI header"`, activities.ReportDropped, ""},
		"dropped, over quota":       {`"event":"dropped","reason":"Recipient List over Package Quota"`, activities.ReportDropped, ""},
		"opened":                    {`"event":"open","sg_machine_open":false`, activities.ReportOpened, ""},
		"opened by a machine":       {`"event":"open","sg_machine_open":true`, activities.ReportMachineOpened, ""},
		"clicked":                   {`"event":"click","url":"https://a.example/"`, activities.ReportClicked, ""},
		"complained":                {`"event":"spamreport"`, activities.ReportComplained, journey.AddressComplained},
		"unsubscribed":              {`"event":"unsubscribe"`, activities.ReportUnsubscribed, ""},
		"group unsubscribed":        {`"event":"group_unsubscribe","asm_group_id":10`, activities.ReportUnsubscribed, ""},
		"group resubscribed":        {`"event":"group_resubscribe","asm_group_id":10`, activities.ReportResubscribed, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, err := ParseEvents([]byte(`[{"sg_event_id":"e1","message_id":"m_1","email":"jo@example.com","timestamp":1513299569,` + tt.fields + `}]`))
			require.NoError(t, err)
			report, known := events[0].Report()
			require.True(t, known)
			require.Equal(t, tt.kind, report.Kind)
			require.Equal(t, tt.why, report.Suppress)
			require.Equal(t, "jo@example.com", report.Address)
			require.Equal(t, "m_1", report.MessageID)
			require.Equal(t, time.Date(2017, 12, 15, 0, 59, 29, 0, time.UTC), report.At)
		})
	}
}

func TestReportsThatSayNothingToUs(t *testing.T) {
	t.Parallel()
	for name, event := range map[string]Event{
		"a kind that we do not know": {ID: "e1", MessageID: "m_1", Kind: "teleported"},
		"no id":                      {MessageID: "m_1", Kind: KindOpen},
		"no message of ours":         {ID: "e1", Kind: KindOpen},
		"nothing":                    {},
	} {
		_, known := event.Report()
		require.False(t, known, name)
	}
}

func TestLinksSayNotWhoFollowedThem(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://jo:secret@shop.example/p/1?token=abc&utm_source=x#top": "https://shop.example/p/1",
		"https://shop.example/?":            "https://shop.example/",
		"https://shop.example/caf%C3%A9":    "https://shop.example/caf%C3%A9",
		"mailto:info@shop.example?subject=": "mailto:info@shop.example",
		"http://%zz":                        "",
		"":                                  "",
	} {
		require.Equal(t, want, plainURL(link), link)
	}
	require.Len(t, plainURL("https://shop.example/"+strings.Repeat("a", 5000)), maxURLBytes)
}
