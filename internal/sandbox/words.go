package sandbox

import (
	"fmt"
	"net/http"
	"time"

	"golang.org/x/text/language"
)

// words are the texts of the inbox in one language.
type words struct {
	Lang                                             string
	Inbox, Empty, EmptyHint, NoSubject               string
	DeleteAll, Delete, Back, Newer, Older            string
	From, To, ReplyTo, Text, HeadersTitle, Sandbox   string
	ReportsTitle, ReportsHint, Emit, Posted, Waiting string
	months                                           [12]string
	// Events are the names of what happens to a mail.
	Events map[Event]string
}

var dutch = &words{
	Lang: "nl", Inbox: "Postvak", Empty: "Nog geen mail", NoSubject: "(geen onderwerp)",
	EmptyHint: "Elke mail die de motor verstuurt, verschijnt hier. Er gaat niets naar buiten.",
	DeleteAll: "Alles verwijderen", Delete: "Verwijderen", Back: "Postvak", Newer: "Nieuwer", Older: "Ouder",
	From: "Van", To: "Aan", ReplyTo: "Antwoord aan", Text: "Tekst", HeadersTitle: "Kopregels", Sandbox: "sandbox",
	ReportsTitle: "Meldingen", ReportsHint: "Laat iets met deze mail gebeuren; de melding gaat naar de webhook.",
	Emit: "Laat gebeuren", Posted: "gemeld", Waiting: "wacht",
	months: [12]string{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"},
	Events: map[Event]string{
		EventProcessed: "Verwerkt", EventDelivered: "Bezorgd", EventDeferred: "Uitgesteld", EventDropped: "Niet verzonden",
		EventBounce: "Onbestelbaar", EventBlocked: "Geblokkeerd", EventOpen: "Geopend", EventMachineOpen: "Door machine geopend",
		EventClick: "Geklikt", EventSpamReport: "Als spam gemeld", EventUnsubscribe: "Afgemeld",
		EventGroupUnsubscribe: "Afgemeld voor een groep", EventGroupResubscribe: "Weer aangemeld voor een groep",
	},
}

var english = &words{
	Lang: "en", Inbox: "Inbox", Empty: "No mail yet", NoSubject: "(no subject)",
	EmptyHint: "Every mail that the engine sends appears here. Nothing leaves this machine.",
	DeleteAll: "Delete all", Delete: "Delete", Back: "Inbox", Newer: "Newer", Older: "Older",
	From: "From", To: "To", ReplyTo: "Reply to", Text: "Text", HeadersTitle: "Headers", Sandbox: "sandbox",
	ReportsTitle: "Reports", ReportsHint: "Let something happen to this mail; the webhook is told.",
	Emit: "Let happen", Posted: "posted", Waiting: "waiting",
	months: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	Events: map[Event]string{
		EventProcessed: "Processed", EventDelivered: "Delivered", EventDeferred: "Deferred", EventDropped: "Dropped",
		EventBounce: "Bounced", EventBlocked: "Blocked", EventOpen: "Opened", EventMachineOpen: "Opened by a machine",
		EventClick: "Clicked", EventSpamReport: "Reported as spam", EventUnsubscribe: "Unsubscribed",
		EventGroupUnsubscribe: "Unsubscribed from a group", EventGroupResubscribe: "Subscribed again to a group",
	},
}

// languages has the fallback first.
var languages = language.NewMatcher([]language.Tag{language.English, language.Dutch})

// wordsFor returns the texts in the language that the browser asks for, or else in English.
func wordsFor(r *http.Request) *words {
	if _, index := language.MatchStrings(languages, r.Header.Get("Accept-Language")); index == 1 {
		return dutch
	}
	return english
}

// shortTime is the time of day today, and the day otherwise, in the zone of now.
func (w *words) shortTime(at, now time.Time) string {
	at = at.In(now.Location())
	switch {
	case at.YearDay() == now.YearDay() && at.Year() == now.Year():
		return at.Format("15:04")
	case at.Year() == now.Year():
		return fmt.Sprintf("%d %s", at.Day(), w.months[at.Month()-1])
	default:
		return fmt.Sprintf("%d %s %d", at.Day(), w.months[at.Month()-1], at.Year())
	}
}

// longTime is day and time of day in the zone of now.
func (w *words) longTime(at, now time.Time) string {
	at = at.In(now.Location())
	return fmt.Sprintf("%d %s %d, %s", at.Day(), w.months[at.Month()-1], at.Year(), at.Format("15:04:05"))
}

// instant is the form that machines read.
func instant(at time.Time) string { return at.UTC().Format(time.RFC3339) }
