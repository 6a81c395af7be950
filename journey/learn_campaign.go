package journey

import (
	"net/url"
	"strings"
)

// longestQuery is how many bytes of an address are searched for UTM parameters.
const longestQuery = 4096

// hasCampaign tells whether the event may say where the customer came from.
func hasCampaign(e Event) bool {
	return e.Context["campaign"] != nil || campaignQuery(e) != ""
}

// campaign notes where the customer came from, when the event says so.
func (f *Facts) campaign(e Event) {
	if !hasCampaign(e) {
		return
	}
	c := campaignOf(e)
	if c == (Campaign{}) {
		return
	}
	c.At = e.Timestamp
	if f.FirstCampaign == nil || c.At.Before(f.FirstCampaign.At) {
		f.FirstCampaign = &c
	}
	if f.LastCampaign == nil || !c.At.Before(f.LastCampaign.At) {
		f.LastCampaign = &c
	}
}

// campaignOf takes what the client library understood before the page's own address.
func campaignOf(e Event) Campaign {
	if given, ok := e.Context["campaign"].(map[string]any); ok {
		part := func(name string) string { return truncate(text(given[name])) }
		c := Campaign{Source: part("source"), Medium: part("medium"), Name: part("name"), Term: part("term"), Content: part("content")}
		if c != (Campaign{}) {
			return c
		}
	}
	// A query with a fault yields the parameters that have none.
	query, _ := url.ParseQuery(campaignQuery(e))
	part := func(name string) string { return truncate(clean(query.Get(name))) }
	return Campaign{
		Source: part("utm_source"), Medium: part("utm_medium"), Name: part("utm_campaign"),
		Term: part("utm_term"), Content: part("utm_content"),
	}
}

// campaignQuery returns the query of the page's address when it has UTM parameters, otherwise "".
func campaignQuery(e Event) string {
	page, ok := e.Context["page"].(map[string]any)
	if !ok {
		return ""
	}
	for _, name := range []string{"url", "search"} {
		address, _ := page[name].(string)
		_, query, found := strings.Cut(address[:min(len(address), longestQuery)], "?")
		if !found && name == "search" {
			query = address[:min(len(address), longestQuery)]
		}
		query, _, _ = strings.Cut(query, "#")
		if strings.Contains(query, "utm_") {
			return query
		}
	}
	return ""
}

// clean takes out what percent signs can smuggle in and no database would store.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
