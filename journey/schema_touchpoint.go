package journey

import "slices"

// touchpointSchema describes a touchpoint: exactly one trigger, and steps unless it only observes.
func touchpointSchema() *schema {
	s := group(slices.Concat(aboutTouchpoint(), triggerProperties(), runProperties())...)
	for _, trigger := range triggerKeys {
		s.OneOf = append(s.OneOf, &schema{Required: []string{trigger}})
	}
	var acts []*schema
	for _, name := range touchpointKeys {
		if !slices.Contains(observeKeys, name) {
			acts = append(acts, &schema{Required: []string{name}})
		}
	}
	s.AnyOf = []*schema{{Required: []string{"do"}}, {Required: []string{"observe"}}}
	s.Dependent = properties{{key: "observe", value: &schema{Not: &schema{AnyOf: acts}}}}
	return s
}

// aboutTouchpoint are the keys that say what a touchpoint is.
func aboutTouchpoint() []property {
	return []property{
		must("id", refer("id"), "The name of the touchpoint in the record.", "review-request"),
		may("was", refer("ids"), "Former ids. Its runs go on under the new one."),
		may("title", refer("text"), "What people see; the id when left out.", "Review request"),
		must("phase", refer("id"), "The phase to which it belongs on the map. It does not limit who goes through it.", "care"),
		may("channel", &schema{AnyOf: []*schema{among(channels), refer("id")}}, "How the contact happens. Only email can send.").defaulting(defaultChannel),
		may("class", among(classes), "The kind of message: transactional carries out what the customer asked for, service follows from a purchase, marketing is meant to sell."),
		may("topic", refer("id"), "What its messages are about, one of the topics; customers can do without one.", "tips"),
		may("note", refer("prose"), "For the people who work with the map."),
		may("questions", refer("texts"), "What customers ask at this touchpoint."),
	}
}

// triggerProperties are the keys of which exactly one starts a run.
func triggerProperties() []property {
	return []property{
		may("on", refer("events"), "The event that starts a run, or a list of events.", "Order Completed"),
		may("entered", refer("ids"), "The phase that the customer comes into.", "loyalty"),
		may("left", refer("ids"), "The phase that the customer leaves.", "purchase"),
		may("date", group(
			must("trait", refer("text"), "The trait that holds the date: 1990-05-12, --05-12 or a moment.", "birthday"),
			may("offset", &schema{Type: "string", Pattern: offsetPattern.String()}, "Whole days or weeks before or after it.", "-7d", "3d").defaulting("0d"),
			may("at", refer("timeOfDay"), "The time of day for the customer.", "09:00").defaulting(defaultDateAt.String()),
			may("every", among(everies), "Every year from the date on, or that one day only.").defaulting("year"),
		), "A date that is known of the customer."),
		may("absence", group(
			must("after", refer("duration"), "How long none of the events has come.", "90d"),
			must("without", refer("events"), "The events that stay away.", "Order Completed"),
			may("orNever", &schema{Type: "boolean"}, "Lets the time count from when the customer was first seen if none of the events ever came.").defaulting(false),
		), "An event that stays away."),
		may("observe", refer("events"), "A contact that the customer makes. It is counted, and starts nothing.", "Contact Recorded"),
	}
}

// runProperties are the keys that say how a run goes.
func runProperties() []property {
	cost, most := 0.0, 1e9
	return []property{
		may("if", refer("condition"), "What must hold when the trigger comes.", "event.total >= 10.0"),
		may("key", refer("expression"), "There is one run for every value of it.", "event.order_id"),
		may("cancel", refer("events"), "Events that end a run at once; with a key only those with the same key.", []string{"Order Refunded", "Order Returned"}),
		may("cancelIf", refer("condition"), "Ends a run at once when it holds.", "customer.traits.complaint == true"),
		may("again", among(agains), "What a repeated trigger does. When left out: never with a key, afterExit without one."),
		may("cooldown", refer("duration"), "How long after the start of the newest run no other begins.", "30d"),
		may("fresh", refer("duration"), "How old an event may be and still start a run here; as the map says when left out.", "24h"),
		may("goal", group(
			must("on", refer("events"), "The event that is aimed at, or a list of events.", "Order Completed"),
			may("if", refer("condition"), "What must hold of that event.", "event.total > 0"),
			may("by", refer("expression"), "What to compare with the key of the run, when it is called differently in that event; any when the key does not matter.", "event.order_id"),
			must("within", refer("duration"), "How long after the first message it counts.", "14d"),
			may("value", &schema{AnyOf: []*schema{refer("expression"), {Type: "number"}}}, "What the event is worth.", "event.total", 2.5),
		), "What the touchpoint is for: an event that should come after its first message."),
		may("cost", &schema{Type: "number", Minimum: &cost, Maximum: &most}, "What one message costs, in the map's currency.", 0.02),
		may("priority", wholeNumber(-100, 100), "Which of several messages of a class goes first: the highest.").defaulting(0),
		may("paused", &schema{Type: "boolean"}, "Holds the touchpoint: nothing starts, and what falls due waits.").defaulting(false),
		may("inFlight", among(inFlights), "What becomes of runs under way when the map changes; as the map says when left out."),
		may("holdout", refer("share"), "The part of customers who go through the steps but never get a mail, to compare with.", "10%"),
		may("salt", refer("text"), "Another text draws new groups for the holdout and the splits."),
		may("do", refer("steps"), "The steps, done one after the other."),
	}
}
