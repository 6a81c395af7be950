package journey

import (
	"cmp"
	"time"
)

// Class says which law and which policy a message falls under.
type Class string

// The message classes.
const (
	// Transactional messages carry out what the customer asked for (an order confirmation): no consent, caps or quiet hours.
	Transactional Class = "transactional"
	// Service messages follow from a purchase (a review request): an objection stops them.
	Service Class = "service"
	// Marketing messages need consent or a valid soft opt-in.
	Marketing Class = "marketing"
)

// Again says what happens when a trigger comes again for a touchpoint (and key) that already has a run.
type Again string

// The ways to treat a repeated trigger.
const (
	// AgainNever starts one run only, for ever. The default of a touchpoint with a key, per key.
	AgainNever Again = "never"
	// AgainAfterExit starts a new run once the former has ended. The default of a touchpoint without a key.
	AgainAfterExit Again = "afterExit"
	// AgainRestart ends the run that is under way and starts afresh.
	AgainRestart Again = "restart"
)

// AnyPhase in PhaseRule.From lets a rule lead back from every phase.
const AnyPhase = "any"

// InFlight says what a newer version of the map does with the runs that are under way.
type InFlight string

// The ways to treat runs under way when the map changes.
const (
	// Follow lets runs follow the newest version. The default.
	Follow InFlight = "follow"
	// Finish lets runs follow the version that they began with to its end.
	Finish InFlight = "finish"
)

// Map is the journey map: the document that says what happens to customers, checked and compiled.
// Parse makes one. A Map is immutable and safe for concurrent use.
type Map struct {
	// Journey names the map.
	Journey string
	// Locale is the language for customers whose own is unknown, as a BCP 47 tag. Defaults to "en".
	Locale string
	// Timezone is the IANA zone for customers whose own is unknown. Defaults to "UTC".
	Timezone string
	// Currency is what amounts are counted in, as an ISO 4217 code. Defaults to "EUR".
	Currency string
	// Shop is who the customer hears from.
	Shop Shop
	// Fresh is how old an event may be and still start a run. Defaults to 24 hours.
	Fresh time.Duration
	// Paused holds every touchpoint: nothing starts, waits go on, and what falls due is held until the map is resumed.
	Paused bool
	// InFlight says what this version does with runs that are under way. A touchpoint may say otherwise.
	InFlight InFlight
	// Phases are ordered: a later one lies further along the journey.
	Phases []Phase
	// Touchpoints are the contact moments, in the order of the document.
	Touchpoints []Touchpoint
	// Personas describe kinds of customers. The first whose condition holds is the customer's.
	Personas []Persona
	// Topics are what messages can be about. Customers choose among them on the preference page.
	Topics []Topic
	// Policy bounds what is sent, and when.
	Policy Policy
	// Replenish says after which time products of a kind are usually bought again.
	Replenish []Replenish

	lineage  Lineage
	compiled compiled
}

// Shop is the sender of the mails and the way to reach a person there.
type Shop struct {
	// Name is what customers call the shop.
	Name string
	// Email is the From address of every mail.
	Email string
	// ReplyTo is where answers go. Defaults to Email.
	ReplyTo string
	// Phone is how customers call the shop.
	Phone string
	// URL is the shop's site.
	URL string
	// Address is the postal address, on one line.
	Address string
}

// Phase is where a customer can be in the journey.
type Phase struct {
	// ID names the phase in conditions and in the record.
	ID string
	// Was are former ids of the phase. Customers who are in one of them are in this phase.
	Was []string
	// Title is what people see. Defaults to ID.
	Title string
	// Stage is the See-Think-Do-Care stage: see, think, do or care. May be empty.
	Stage string
	// Note is for the people who work with the map.
	Note string
	// Questions are what customers ask in this phase.
	Questions []string
	// Enter are the rules that bring a customer here.
	Enter []PhaseRule
}

// PhaseRule brings a customer into a phase: when an event comes, or when one stays away.
type PhaseRule struct {
	// On is the event name that the rule listens to. Empty when Absence is set.
	On string
	// Absence is what the rule waits for when it listens to no event.
	Absence Absence
	// If is a CEL condition; empty means always.
	If string
	// From lists the later phases from which the rule leads back here, or holds AnyPhase. Empty: only forward.
	From []string
}

// Absence is an event that has stayed away for some time.
type Absence struct {
	// After is how long none of the events has come. Zero means that there is no absence to wait for.
	After time.Duration
	// Without are the names of the events.
	Without []string
	// OrNever lets the time count from when the customer was first seen if none of the events ever came.
	OrNever bool
}

// Topic is something that messages can be about, and that a customer can do without.
type Topic struct {
	// ID names the topic on touchpoints and in events.
	ID string
	// Title is what customers see. Defaults to ID.
	Title string
	// Titles are what customers see in a language, by "nl" or "en", where that is not Title.
	Titles map[string]string
}

// TitleIn returns what customers who read a language see.
func (t Topic) TitleIn(language string) string { return cmp.Or(t.Titles[language], t.Title) }

// Replenish says after which time products of a kind are usually bought again.
type Replenish struct {
	// Match is a CEL condition on `product`, a line of an order.
	Match string
	// Every is the usual time.
	Every time.Duration
}

// Persona describes one kind of customers.
type Persona struct {
	// ID names the persona in conditions and in the names of templates.
	ID string
	// Name is what people call it.
	Name string
	// Who says in a sentence who this is.
	Who string
	// Demographics are age, household, income and the like.
	Demographics string
	// Goals are what these customers want.
	Goals []string
	// Worries are what holds them back.
	Worries []string
	// Voice is how they speak.
	Voice Voice
	// Appearance is what they look like, or a picture's address.
	Appearance string
	// Match is a CEL condition on `customer`; empty means that nobody is counted as this persona.
	Match string
	// Note is for the people who work with the map.
	Note string
}

// Voice is how a persona speaks.
type Voice struct {
	// Quote is something that they would say.
	Quote string
	// Tone is the tone in which to speak to them.
	Tone string
}

// Arm is one choice of a branch or a split.
type Arm struct {
	// If is a CEL condition. Only for a branch.
	If string
	// Name and Share are only for a split: what the arm is called, and the part (0 to 1) of customers who take it.
	Name  string
	Share float64
	// Do are the steps of the arm.
	Do []Step
}
