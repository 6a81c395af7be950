package woo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// topics are the webhooks that a shop should have.
var topics = []text{
	"order.created", "order.updated", "order.deleted", "customer.created", "customer.updated", "customer.deleted", "product.updated",
}

// active is the status of a webhook that is on.
const active = "active"

// hook is a webhook of the shop.
type hook struct {
	ID       text `json:"id"`
	Status   text `json:"status"`
	Topic    text `json:"topic"`
	Delivery text `json:"delivery_url"`
}

// hooks are the webhooks of the shop that post to one address, as far as something is wrong with them.
type hooks struct {
	// off says in words which are switched off. WooCommerce switches one off after some failed deliveries, and never
	// switches it on again by itself.
	off []string
	// missing are the topics for which there is none.
	missing []string
}

// problem says in words what is wrong, or "" when all is well.
func (h hooks) problem() string {
	wrong := slices.Clone(h.off)
	if len(h.missing) > 0 {
		wrong = append(wrong, "the shop has no webhook here for "+strings.Join(h.missing, ", "))
	}
	return strings.Join(wrong, "; ")
}

// hooks asks which webhooks the shop has that post to the path of an address.
func (c *client) hooks(ctx context.Context, path string) (hooks, error) {
	on, off := map[text]bool{}, map[text]string{}
	for page := 1; page <= mostHookPages; page++ {
		items, _, err := c.list(ctx, "webhooks", url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}})
		if err != nil {
			return hooks{}, err
		}
		for _, item := range items {
			var h hook
			if json.Unmarshal(item, &h) != nil || !h.postsTo(path) {
				continue
			}
			if h.Status == active {
				on[h.Topic] = true
				continue
			}
			off[h.Topic] = fmt.Sprintf("the shop has its webhook %s for %s %s: switch it on again in WooCommerce > Settings > Advanced > Webhooks",
				h.ID, h.Topic, h.Status)
		}
		if len(items) < perPage {
			break
		}
	}
	var found hooks
	for _, topic := range topics {
		switch {
		case on[topic]:
		case off[topic] != "":
			found.off = append(found.off, off[topic])
		default:
			found.missing = append(found.missing, string(topic))
		}
	}
	return found, nil
}

// mostHookPages bounds how many webhooks of a shop are looked through.
const mostHookPages = 20

// postsTo tells whether the webhook posts to the path of an address.
func (h hook) postsTo(path string) bool {
	u, err := url.Parse(string(h.Delivery))
	return err == nil && strings.TrimRight(u.Path, "/") == path
}
