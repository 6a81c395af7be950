package template

import "regexp"

// advert is one way to advertise, and the phrases that give it away.
type advert struct {
	what string
	// any are looked for in all languages, dutch only in Dutch, where the word can mean nothing else.
	any   []*regexp.Regexp
	dutch *regexp.Regexp
	// tells is true when the same words may tell of the order itself, as in "Discount: {{ event.discount }}".
	tells bool
}

// tellsOfOrder matches a line that shows what the order says of a discount.
var tellsOfOrder = regexp.MustCompile(`\{\{[^}]*\bevent\.\w*(coupon|discount|voucher|promotion|gift_card)`)

func phrases(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + pattern) }

var adverts = []advert{
	{
		what: "asks for a review",
		any: []*regexp.Regexp{
			phrases(`\b(write|leave|give|post|share|add)\s+(us\s+)?(a|an|your)\s+(\w+\s+)?(review|rating)\b`),
			phrases(`\b(review|rate)\s+(us|our|it|this|what\s+you|your\s+(purchase|products?|items?|experience))\b`),
			phrases(`\b(how\s+did\s+we\s+do|what\s+did\s+you\s+think|tell\s+us\s+what\s+you\s+think)\b`),
			phrases(`\b(schrijf|geef|plaats|deel)\s+(ons\s+)?(een|je|jouw|uw)\s+(\w+\s+)?(review|beoordeling|ervaring|mening)\b`),
			phrases(`\bbeoordeel\s+(ons|onze|je|jouw|uw|het|de|dit|deze)\b`),
			phrases(`\b(wat\s+vond\s+(je|jij|u)\s+(er\s*van|van)|laat\s+(ons\s+)?weten\s+wat\s+(je|jij|u)\s+(er\s*)?van\s+(vindt|vond))\b`),
		},
		dutch: phrases(`\breviews?\b`),
	},
	{
		what:  "offers a discount",
		tells: true,
		any: []*regexp.Regexp{
			phrases(`\b[0-9]+\s*%\s*(off|discount|korting)\b`),
			phrases(`\b(discount|coupon|promo|voucher)\s*codes?\b`),
			phrases(`\b(kortings?|coupon|actie)[\s-]*(codes?|bon(nen)?)\b`),
			phrases(`\b(use|enter|gebruik|vul)\s+(the\s+|this\s+|de\s+)?code\b`),
			phrases(`\b(coupons?|vouchers?|special\s+offers?|on\s+sale|in\s+the\s+sale|aanbieding(en)?|uitverkoop)\b`),
			phrases(`\b(on|off|bij|op)\s+(your|je|jouw|uw)\s+(next|volgende)\s+(order|purchase|bestelling|aankoop)\b`),
		},
	},
	{
		what: "sells more",
		any: []*regexp.Regexp{
			phrases(`\byou\s+(may|might|will|'ll)\s+(also\s+)?(like|love|enjoy|be\s+interested)\b`),
			phrases(`\b(customers|others|people)\s+(who\s+bought\s+this\s+)?also\s+(bought|viewed|liked|looked)\b`),
			phrases(`\b(recommended|picked|selected)\s+for\s+you\b`),
			phrases(`\b(often|frequently)\s+bought\s+together\b`),
			phrases(`\b(complete\s+your\s+(look|set|collection)|shop\s+(now|more|the\s+look)|new\s+(arrivals|collection)|discover\s+(more|our|the))\b`),
			phrases(`\b(misschien|wellicht)\s+(vind\s+je\s+(dit\s+)?)?ook\s+(iets|leuk|mooi|interessant|wat|handig)\b`),
			phrases(`\b(dit\s+)?(vind|vindt)\s+(je|u)\s+(misschien|vast|ook)\s+(ook\s+)?(leuk|mooi|interessant|handig)\b`),
			phrases(`\b(anderen|klanten)\s+(kochten|bekeken|kozen)\s+ook\b`),
			phrases(`\b(ook\s+leuk\s+(voor|bij)|vaak\s+samen\s+(gekocht|besteld)|(aanbevolen|uitgekozen|geselecteerd)\s+voor\s+(jou|je|u))\b`),
			phrases(`\b(ontdek\s+(ook|meer|onze|de)|shop\s+nu|nieuwe\s+collectie|bekijk\s+ook)\b`),
		},
	},
	{
		what: "asks for more than the order",
		any: []*regexp.Regexp{
			phrases(`\b(subscribe\s+to|sign\s+up\s+for|join)\s+(our|the)\s+(newsletter|mailing\s+list|club)\b`),
			phrases(`\b(schrijf\s+(je|u)\s+in|meld\s+(je|u)\s+aan)\s+voor\s+(onze|de)\s+(nieuwsbrief|club)\b`),
			phrases(`\b(refer|tell|invite|bring)\s+a\s+friend\b`),
			phrases(`\b(nodig\s+een\s+vriend|vertel\s+het\s+een\s+vriend)`),
		},
	},
}
