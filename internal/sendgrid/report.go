package sendgrid

import (
	"net/url"
	"strings"

	"klantreis/activities"
	"klantreis/journey"
)

// maxURLBytes bounds what is kept of a link.
const maxURLBytes = 500

// reportKinds are the kinds whose meaning does not depend on anything else.
var reportKinds = map[string]activities.ReportKind{
	KindProcessed:        activities.ReportProcessed,
	KindDeferred:         activities.ReportDeferred,
	KindDelivered:        activities.ReportDelivered,
	KindDropped:          activities.ReportDropped,
	KindBounce:           activities.ReportBlocked,
	KindOpen:             activities.ReportOpened,
	KindClick:            activities.ReportClicked,
	KindSpamReport:       activities.ReportComplained,
	KindUnsubscribe:      activities.ReportUnsubscribed,
	KindGroupUnsubscribe: activities.ReportUnsubscribed,
	KindGroupResubscribe: activities.ReportResubscribed,
}

// dropReasons are the reasons of drops that say something against the address. Others are about the mail or the account.
var dropReasons = map[string]journey.SuppressionReason{
	"bounced address":        journey.AddressBounced,
	"invalid":                journey.AddressInvalid,
	"spam reporting address": journey.AddressComplained,
	"unsubscribed address":   journey.AddressUnsubscribed,
}

// typeHard is the type of a bounce after which the address is of no use.
const typeHard = "bounce"

// Report tells in our words what happened; known is false for a kind that we do not know, or a report that is about no
// message of ours.
func (e Event) Report() (report activities.Report, known bool) {
	kind, known := reportKinds[e.Kind]
	if !known || e.ID == "" || e.MessageID == "" {
		return activities.Report{}, false
	}
	report = activities.Report{
		ID: e.ID, MessageID: e.MessageID, Kind: kind, At: e.At, Detail: e.Reason, Address: e.Address,
		SendKey: e.SendKey, CustomerID: e.CustomerID, Touchpoint: e.Category,
	}
	switch {
	case e.Kind == KindBounce && e.Type == typeHard:
		report.Kind, report.Suppress = activities.ReportBounced, journey.AddressBounced
	case e.Kind == KindOpen && e.MachineOpen:
		report.Kind = activities.ReportMachineOpened
	case e.Kind == KindDropped:
		report.Suppress = dropReasons[strings.ToLower(strings.TrimSpace(e.Reason))]
	case e.Kind == KindSpamReport:
		report.Suppress = journey.AddressComplained
	case e.Kind == KindClick:
		report.URL = plainURL(e.URL)
	}
	return report, true
}

// plainURL returns a link without what may say who followed it: the login, the query and the fragment.
func plainURL(text string) string {
	link, err := url.Parse(text)
	if err != nil {
		return ""
	}
	link.User, link.RawQuery, link.ForceQuery, link.Fragment, link.RawFragment = nil, "", false, "", ""
	plain := link.String()
	return strings.ToValidUTF8(plain[:min(len(plain), maxURLBytes)], "")
}
