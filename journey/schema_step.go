package journey

// stepSchema describes a step: exactly one kind, and do or else where they belong.
func stepSchema() *schema {
	s := group(append(stepProperties(), actProperties()...)...)
	for _, kind := range stepKinds {
		s.OneOf = append(s.OneOf, &schema{Required: []string{kind}})
	}
	s.Dependent = properties{
		{key: "do", value: &schema{Required: []string{string(StepWaitFor)}}},
		{key: "else", value: &schema{AnyOf: []*schema{{Required: []string{string(StepWaitFor)}}, {Required: []string{string(StepBranch)}}}}},
	}
	return s
}

// stepProperties are what every step may have, and the steps that wait and choose.
func stepProperties() []property {
	return []property{
		may("id", refer("id"), "The name of the step; its kind and a number when left out.", "first-week"),
		may("was", refer("ids"), "Former ids. Who stands there goes on here."),
		may("wait", refer("delay"), "Lets a time pass.", "7d", "3 working days", "next tuesday 10:00"),
		may("until", refer("expression"), "Waits until a moment that is computed. One in the past means now.", `timestamp(event.delivery_at) - duration("12h")`),
		may("waitFor", group(
			must("on", refer("events"), "The event, or a list of events of which any will do.", "Product Reviewed"),
			may("if", refer("condition"), "What must hold of that event.", "event.rating >= 4"),
			may("by", refer("expression"), "What to compare with the key of the run, when it is called differently in that event; any when the key does not matter.", "event.order_id"),
			must("for", refer("duration"), "How long to wait at most.", "7d"),
		), "Waits for an event; then come the steps under do, or those under else when the time is over."),
		may("do", refer("steps"), "What follows when the event of waitFor came."),
		may("else", refer("steps"), "What follows when it did not come, or when no arm of a branch holds."),
		may("branch", &schema{Type: "array", MinItems: 1, Items: group(
			must("if", refer("condition"), "When this arm is taken.", "customer.orders >= 10"),
			must("do", refer("steps"), "The steps of the arm."),
		)}, "Takes the first arm whose condition holds."),
		may("split", listOf(group(
			must("share", refer("share"), "The part of customers who take it. All arms together make 100%.", "50%"),
			may("name", refer("id"), "What the arm is called; a, b, c and so on when left out.", "soon"),
			may("do", refer("steps"), "The steps of the arm."),
		), maxArms), "Lets chance choose an arm, always the same one for a customer."),
	}
}

// actProperties are the steps that act.
func actProperties() []property {
	return []property{
		may("send", group(
			must("template", refer("id"), "The name of the template.", "review-request"),
		), "Sends a mail."),
		may("ask", group(
			must("template", refer("id"), "The name of the template of the mail.", "recommend-us"),
			must("question", &schema{AnyOf: []*schema{refer("text"), translationsSchema()}},
				"The question: a text, or one for each language.", "How likely are you to recommend us?"),
			must("scale", among(scaleNames()), "The lowest and the highest score."),
			may("survey", refer("id"), "The name of the survey; the touchpoint's id when left out.", "nps"),
		), "Sends a mail with a question that is answered with a score."),
		may("set", &schema{
			Type: "object", MinProperties: 1, MaxProperties: maxSet,
			Additional: &schema{Type: []string{"string", "number", "boolean", "null"}},
		}, "Sets traits: to a constant, or to what an expression yields when the text begins with =. Null removes.", map[string]any{"vip": true}),
		may("task", group(
			must("title", refer("text"), "What to do.", "Call this customer"),
			may("note", refer("prose"), "More about it."),
			may("due", refer("delay"), "How long there is for it.", "1 working day"),
			may("priority", among(urgencies), "How urgent it is.").defaulting("normal"),
			may("owner", refer("text"), "Who is to do it.", "sales"),
		), "Gives somebody in the shop something to do."),
		may("webhook", group(
			must("url", refer("text"), "Where to.", "https://example.com/hooks"),
			may("type", &schema{Type: "string", Pattern: typePattern.String()}, "What it is called there.", "quote.requested"),
		), "Tells another system. The run does not wait for the answer."),
		may("exit", &schema{AnyOf: []*schema{
			{Type: "null"},
			refer("text"),
			group(may("reason", refer("text"), "Why, in your own words.", "too-small")),
		}}, "Ends the run, with a reason of your own.", "too-small"),
	}
}

// translationsSchema describes a text in several languages.
func translationsSchema() *schema {
	return &schema{
		Description: "A text for each language tag.", Type: "object", MinProperties: 1, MaxProperties: maxNames,
		PropertyNames: &schema{Pattern: localePattern.String()}, Additional: refer("text"),
	}
}
