package journey

// mapSchema describes the top of a map.
func mapSchema() *schema {
	s := group(
		may("journey", refer("id"), "The name of the map.", "webshop"),
		may("locale", refer("text"), "The language of customers who have not shown theirs.", "nl", "nl-BE").defaulting("en"),
		may("timezone", refer("text"), "The clock of customers whose own is unknown: a zone by its place.", "Europe/Amsterdam").defaulting("UTC"),
		may("currency", &schema{Type: "string", Pattern: currencyPattern.String()}, "What costs and values are counted in.", "EUR").defaulting("EUR"),
		may("fresh", refer("duration"), "How old an event may be and still start something.", "24h").defaulting("24h"),
		may("paused", &schema{Type: "boolean"}, "Holds every touchpoint: nothing starts, and what falls due waits.").defaulting(false),
		may("inFlight", among(inFlights), "What becomes of runs under way when the map changes.").defaulting(string(Follow)),
		may("shop", shopSchema(), "Who the customer hears from."),
		may("phases", listOf(phaseSchema(), maxPhases), "Where a customer can be in the journey, in the order in which customers go through it."),
		may("touchpoints", listOf(touchpointSchema(), maxTouchpoints), "The contact moments."),
		may("personas", listOf(personaSchema(), maxPersonas), "Kinds of customers. The first that matches is the customer's."),
		may("topics", listOf(topicSchema(), maxTopics), "What messages can be about. Customers choose among them on the preference page."),
		may("policy", policySchema(), "What bounds service and marketing messages, over all touchpoints."),
		may("products", productsSchema(), "What is known of products."),
	)
	s.Description = "What happens to the customers of a shop: phases, touchpoints and what bounds the messages."
	return s
}

func shopSchema() *schema {
	return group(
		must("name", refer("text"), "What customers call the shop.", "Example Shop"),
		must("email", refer("text"), "Mails are sent from here.", "shop@example.com"),
		may("replyTo", refer("text"), "Answers go here; to email when left out.", "service@example.com"),
		may("phone", refer("text"), "How customers call the shop, in quotes.", "+31 85 000 00 00"),
		may("url", refer("text"), "The shop's site.", "https://www.example.com"),
		may("address", refer("text"), "The postal address, on one line.", "Example Street 1, 1234 AB Exampletown"),
	)
}

func phaseSchema() *schema {
	return group(
		must("id", refer("id"), "The name of the phase in conditions and reports.", "care"),
		may("was", refer("ids"), "Former ids. Customers who are in one of them are in this phase."),
		may("title", refer("text"), "What people see; the id when left out.", "After the sale"),
		may("stage", among(stages), "The place in the See-Think-Do-Care model."),
		may("note", refer("prose"), "For the people who work with the map."),
		may("questions", refer("texts"), "What customers ask in this phase.", []string{"When can I have it?"}),
		may("enter", &schema{Type: "array", Items: refer("rule"), MinItems: 1}, "The rules that bring a customer here. The last one in the map that matches wins."),
	)
}

// ruleSchema describes a rule, which listens to an event or waits for one to stay away.
func ruleSchema() *schema {
	s := group(
		may("on", refer("event"), "The event that brings the customer here.", "Order Completed"),
		may("after", refer("duration"), "How long none of the events under without has come.", "365d"),
		may("without", refer("events"), "The events that stay away.", "Order Completed"),
		may("orNever", &schema{Type: "boolean"}, "Lets the time count from when the customer was first seen if none of the events ever came.").defaulting(false),
		may("if", refer("condition"), "What must hold.", "customer.orders >= 2"),
		may("from", &schema{AnyOf: []*schema{{Const: AnyPhase}, listOf(refer("id"), maxPhases)}}, "Lets the rule also lead back: from these later phases, or from any.", AnyPhase, []string{"loyalty"}),
	)
	s.OneOf = []*schema{
		{Required: []string{"on"}, Not: &schema{AnyOf: []*schema{
			{Required: []string{"after"}}, {Required: []string{"without"}}, {Required: []string{"orNever"}},
		}}},
		{Required: []string{"after", "without"}, Not: &schema{Required: []string{"on"}}},
	}
	return s
}

func personaSchema() *schema {
	return group(
		must("id", refer("id"), "The name of the persona in conditions and in the names of templates.", "gift-giver"),
		may("name", refer("text"), "What people call it; the id when left out.", "Sanne"),
		may("who", refer("prose"), "Who this is, in a sentence."),
		may("demographics", refer("prose"), "Age, household, income and the like."),
		may("goals", refer("texts"), "What they want."),
		may("worries", refer("texts"), "What holds them back."),
		may("voice", group(
			may("quote", refer("prose"), "Something that they would say."),
			may("tone", refer("prose"), "The tone in which to speak to them."),
		), "How they speak."),
		may("appearance", refer("prose"), "What they look like, or the address of a picture."),
		may("match", refer("condition"), "Whose persona it is: a question about customer. Nobody's when left out.", `customer.favourite_category == "gifts"`),
		may("note", refer("prose"), "For the people who work with the map."),
	)
}

func topicSchema() *schema {
	return group(
		must("id", refer("id"), "The name of the topic on touchpoints and in events.", "tips"),
		may("title", refer("text"), "What customers see; the id when left out.", "Tips and care"),
		may("titles", group(
			may("nl", refer("text"), "What customers see who read Dutch.", "Tips en onderhoud"),
			may("en", refer("text"), "What customers see who read English.", "Tips and care"),
		), "What customers see in a language."),
	)
}

func productsSchema() *schema {
	replenish := group(
		must("match", refer("condition"), "Which products: a question about product, a line of an order.", `product.category == "coffee"`),
		must("every", refer("duration"), "After which time they are usually bought again.", "30d"),
	)
	return group(
		may("replenish", listOf(replenish, maxPolicies), "After which time products are usually bought again. The first that fits counts."),
	)
}
