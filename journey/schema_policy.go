package journey

// policySchema describes what bounds the messages.
func policySchema() *schema {
	return group(
		may("spread", refer("duration"), "Over how long the moments are spread, by customer, that are the same for many.", "30m"),
		may("quietHours", group(hoursProperties()...), "Hours of the customer's day in which nothing is sent; they may pass midnight."),
		may("windows", listOf(group(append([]property{
			must("classes", refer("classes"), "The classes that may be sent in these hours and, unless another window names them, at no other time."),
		}, hoursProperties()...)...), maxPolicies), "The hours in which messages of some classes may be sent at all."),
		may("caps", listOf(group(
			must("classes", refer("classes"), "The classes that count together."),
			must("max", wholeNumber(1, maxCap), "How many there may be.", 2),
			must("per", refer("duration"), "In how long a stretch of time.", "7d"),
		), maxPolicies), "How many messages a customer gets at most."),
		may("held", group(
			may("for", refer("duration"), "How long a message may be held back.", "3d").defaulting(FormatDuration(defaultHeldFor)),
			may("then", among(heldThens), "What happens then: drop goes on with the next step, exit ends the run.").defaulting("drop"),
		), "What happens to a message that is held back."),
		may("pause", listOf(group(
			must("classes", refer("classes"), "The classes that are held."),
			must("if", refer("condition"), "While this holds for the customer.", "customer.open_tasks > 0"),
		), maxPolicies), "Holds messages back while a condition holds."),
		may("softOptIn", group(
			must("classes", refer("classes"), "What may be sent to them."),
			may("for", refer("duration"), "How long after the last order.", "730d").defaulting(FormatDuration(defaultSoftOptIn)),
		), "Lets customers be mailed without consent, unless they objected. When left out: service, for 730d."),
		may("doubleOptIn", &schema{Type: "boolean"}, "Lets a consent count only once the customer confirmed it.").defaulting(false),
	)
}

func hoursProperties() []property {
	return []property{
		must("from", refer("timeOfDay"), "When they begin.", "21:00"),
		must("to", refer("timeOfDay"), "When they end, not included.", "09:00"),
		may("days", refer("days"), "The days on which they begin; every day when left out."),
	}
}
