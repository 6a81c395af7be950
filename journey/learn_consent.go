package journey

import (
	"slices"
	"strings"
	"time"
)

// askedClasses are the message classes that need consent.
var askedClasses = []Class{Service, Marketing}

// Statement is one thing that an event says about the messages that a customer wants: about a class or about a topic.
type Statement struct {
	// Class is the message class. Empty when it is about a topic.
	Class Class
	// Topic is the id of the topic. Empty when it is about a class.
	Topic string
	// Given is true for a consent and false for an objection.
	Given bool
	// Confirmed is true when the customer confirmed it.
	Confirmed bool
	// Trait is true when a trait says it, which shops repeat with every identify.
	Trait bool
}

// Statements returns what the event says about the messages that its customer wants.
func (e Event) Statements() []Statement {
	switch {
	case e.Type == TypeIdentify:
		return traitStatements(e)
	case e.Name == ConsentGiven || e.Name == ConsentWithdrawn:
		return eventStatements(e)
	}
	return nil
}

func traitStatements(e Event) []Statement {
	var said []Statement
	for _, class := range askedClasses {
		if given, ok := e.Traits[consentTrait(class)].(bool); ok {
			said = append(said, Statement{Class: class, Given: given, Trait: true})
		}
	}
	return said
}

// consentTrait is the trait that says whether a customer wants messages of a class.
func consentTrait(class Class) string { return string(class) + "_consent" }

// eventStatements reads a Consent Given or Consent Withdrawn. One that names topics is about those alone. One that names
// neither topics nor classes is about all classes. An objection whose classes are all unknown to us is too, because in
// doubt fewer messages are right.
func eventStatements(e Event) []Statement {
	given, confirmed := e.Name == ConsentGiven, e.Properties["confirmed"] == true
	var said []Statement
	for _, topic := range namedTopics(e) {
		said = append(said, Statement{Topic: topic, Given: given, Confirmed: given && confirmed})
	}
	if len(said) > 0 {
		return said
	}
	classes, named := namedClasses(e)
	if !named || !given && len(classes) == 0 {
		classes = askedClasses
	}
	for _, class := range classes {
		said = append(said, Statement{Class: class, Given: given, Confirmed: given && confirmed})
	}
	return said
}

// namedTopics returns the topics that a consent is about: each once, of what cannot be the id of one none.
func namedTopics(e Event) []string {
	var topics []string
	for _, name := range []string{"topic", "topics"} {
		for _, item := range oneOrMany(e.Properties[name]) {
			text, _ := item.(string)
			if text = strings.TrimSpace(text); idPattern.MatchString(text) && !slices.Contains(topics, text) {
				topics = append(topics, text)
			}
		}
	}
	return topics
}

// oneOrMany returns the items of a list, or a value as the only item.
func oneOrMany(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// namedClasses returns the classes that a consent is about, each once; said is false when it does not say.
func namedClasses(e Event) (classes []Class, said bool) {
	for _, name := range []string{"class", "classes"} {
		if e.Properties[name] == nil {
			continue
		}
		said = true
		for _, item := range oneOrMany(e.Properties[name]) {
			for _, class := range classesNamed(item) {
				if !slices.Contains(classes, class) {
					classes = append(classes, class)
				}
			}
		}
	}
	return classes, said
}

func classesNamed(value any) []Class {
	name, _ := value.(string)
	switch strings.ToLower(strings.TrimSpace(name)) {
	case string(Service):
		return []Class{Service}
	case string(Marketing):
		return []Class{Marketing}
	case "all":
		return askedClasses
	}
	return nil
}

// consent notes what the event says about messages. A trait that allows what it allowed before is no new statement: shops
// repeat all traits with every identify, and must not take back an objection that they know nothing of. The first one is a
// statement though, even if the trait came some other way before.
func (f *Facts) consent(e Event) {
	for _, s := range e.Statements() {
		said := Consent{Given: s.Given, At: e.Timestamp, Confirmed: s.Confirmed}
		_, known := f.Consents[s.Class]
		switch {
		case s.Topic != "":
			f.topic(s.Topic, said)
		case s.Trait && s.Given && known && f.Traits[consentTrait(s.Class)] == true:
		default:
			f.consents(s.Class, said)
		}
	}
}

// consents keeps the newest statement about a class.
func (f *Facts) consents(class Class, said Consent) {
	last, known := f.Consents[class]
	if counts, said := last.followedBy(said, known); counts {
		f.Consents = with(f.Consents, class, said, len(askedClasses), saidAt)
	}
}

// topic keeps the newest statement about a topic.
func (f *Facts) topic(id string, said Consent) {
	last, known := f.Topics[id]
	if counts, said := last.followedBy(said, known); counts {
		f.Topics = with(f.Topics, id, said, maxTopics, saidAt)
	}
}

func saidAt(c Consent) time.Time { return c.At }

// followedBy tells whether another statement counts instead of this one, and returns it. The newest does; of two at one
// instant the objection. What was confirmed stays so when it is only said again, and becomes so whichever came first.
func (c Consent) followedBy(said Consent, known bool) (bool, Consent) {
	switch {
	case !known:
	case c.Given && said.Given && c.Confirmed != said.Confirmed:
		said.Confirmed, said.At = true, later(c.At, said.At)
	case said.At.Before(c.At), said.At.Equal(c.At) && (said.Given || !c.Given):
		return false, c
	default:
	}
	return true, said
}

// Topic returns what the customer last said about a topic; known is false when they said nothing.
func (f Facts) Topic(id string) (wanted, known bool) {
	c, known := f.Topics[id]
	return c.Given, known
}

// Told returns the facts with what further events tell added, in the order of their arrival.
func (f Facts) Told(events []Event) Facts {
	for _, e := range events {
		f = f.learn(e)
	}
	return f
}
