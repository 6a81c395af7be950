package wootest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const stampLayout = "2006-01-02T15:04:05"

// siteZone is how far the shop's own time is ahead of GMT, in which it understands instants unless it is told otherwise.
const siteZone = time.Hour

// collection answers for orders, products or customers as the shop does: what it does not know of a query it ignores.
func (s *Shop) collection(name string, r *http.Request) any {
	if s.between != nil {
		defer s.between()
	}
	after, err := modifiedAfter(name, r)
	if err != nil {
		return err
	}
	items := []map[string]any{}
	for _, object := range s.objects[name] {
		if matches(name, object, r.FormValue("status")) && (after.IsZero() || stampOf(object, "date_modified_gmt").After(after)) {
			items = append(items, object)
		}
	}
	by := map[string]string{"": "date_created_gmt", "date": "date_created_gmt", "modified": "date_modified_gmt", "registered_date": "date_created_gmt"}[r.FormValue("orderby")]
	if by == "" || (name == "customers") != (r.FormValue("orderby") == "registered_date") {
		return fmt.Errorf("Invalid parameter(s): orderby") //nolint:staticcheck,revive // as WordPress writes it
	}
	slices.SortFunc(items, func(a, b map[string]any) int {
		return cmp.Or(stampOf(a, by).Compare(stampOf(b, by)), cmp.Compare(number(a["id"]), number(b["id"])))
	})
	if r.FormValue("order") != "asc" {
		slices.Reverse(items)
	}
	return pageOf(items, r)
}

// modifiedAfter reads an instant that counts for orders and products alone.
func modifiedAfter(name string, r *http.Request) (time.Time, error) {
	text := r.FormValue("modified_after")
	if text == "" || name == "customers" {
		return time.Time{}, nil
	}
	at, err := time.Parse(stampLayout, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("Invalid parameter(s): modified_after") //nolint:staticcheck,revive // as WordPress writes it
	}
	if r.FormValue("dates_are_gmt") != "true" {
		at = at.Add(-siteZone)
	}
	return at, nil
}

// matches tells whether an object has the status that is asked for. "any" leaves out what is in the trash.
func matches(name string, object map[string]any, asked string) bool {
	status, _ := object["status"].(string)
	switch {
	case name == "customers":
		return true
	case asked == "" || asked == "any":
		return status != "trash"
	}
	return status == asked
}

func stampOf(object map[string]any, field string) time.Time {
	text, _ := object[field].(string)
	at, _ := time.Parse(stampLayout, text) // What has none is the oldest.
	return at
}
