package journey

import (
	"strings"
	"time"
)

// askedClasses are the message classes that need consent.
var askedClasses = []Class{Service, Marketing}

// consentTraits notes the consents that are told as traits. A trait that allows what it allowed before is no new
// statement: shops repeat all traits with every identify, and must not take back an objection that they know nothing of.
// The first one is a statement though, even if the trait came some other way before.
func (f *Facts) consentTraits(e Event) {
	for _, class := range askedClasses {
		name := string(class) + "_consent"
		given, ok := e.Traits[name].(bool)
		if _, known := f.Consents[class]; !ok || given && known && f.Traits[name] == true {
			continue
		}
		f.consents(class, given, e.Timestamp)
	}
}

// consent notes a consent or an objection. One that names no class is about all of them. An objection whose classes are
// all unknown to us too, because in doubt fewer messages are right.
func (f *Facts) consent(e Event) {
	given := e.Name == ConsentGiven
	classes, said := namedClasses(e)
	if !said || !given && len(classes) == 0 {
		classes = askedClasses
	}
	for _, class := range classes {
		f.consents(class, given, e.Timestamp)
	}
}

// namedClasses returns the classes that a consent is about; said is false when it does not say.
func namedClasses(e Event) (classes []Class, said bool) {
	for _, name := range []string{"class", "classes"} {
		switch v := e.Properties[name].(type) {
		case nil:
			continue
		case []any:
			for _, item := range v {
				classes = append(classes, classesNamed(item)...)
			}
		default:
			classes = append(classes, classesNamed(v)...)
		}
		said = true
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

// consents keeps the newest statement about a class. Of two with one timestamp the objection counts.
func (f *Facts) consents(class Class, given bool, at time.Time) {
	last, known := f.Consents[class]
	if known && (at.Before(last.At) || at.Equal(last.At) && (given || !last.Given)) {
		return
	}
	f.Consents = with(f.Consents, class, Consent{Given: given, At: at}, len(askedClasses), func(c Consent) time.Time { return c.At })
}
