package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"klantreis/activities"
	"klantreis/api"
	"klantreis/internal/link"
	"klantreis/internal/store"
	"klantreis/journey"
)

// answersFor is how long after its mail a question can be answered, in journey time.
const answersFor = 365 * 24 * time.Hour

// answerLinks makes and reads the tokens of the answer pages.
func (a *App) answerLinks() link.Signer {
	return a.signer("answer")
}

// signer makes and reads the tokens of one kind of link.
func (a *App) signer(kind string) link.Signer {
	var former []string
	for _, key := range a.cfg.HTTP.FormerLinkKeys {
		former = append(former, string(key))
	}
	return link.New(kind, string(a.cfg.HTTP.LinkKey), former...)
}

// links returns how activities link to the pages of customers: nowhere when they cannot.
func (a *App) links() activities.Links {
	if !a.cfg.HTTP.CanLink() {
		return activities.Links{}
	}
	answers, readers, confirmations := a.answerLinks(), a.readerLinks(), a.confirmationLinks()
	return activities.Links{
		Answer: func(messageID string) string { return a.cfg.HTTP.PageURL("a", answers.Token(messageID)) },
		Preferences: func(h activities.Handover) string {
			return a.cfg.HTTP.PageURL("u", readers.Token(readerID(h.CustomerID, h.Message.ID, h.AddressHash)))
		},
		Confirm: func(messageID string) string { return a.cfg.HTTP.PageURL("c", confirmations.Token(messageID)) },
		Mailto:  a.cfg.HTTP.UnsubscribeMailto,
	}
}

// answers reads questions from the record, and stores answers as events.
type answers struct {
	links  link.Signer
	record *store.Store
	maps   *Maps
	events api.Ingestor
	clock  journey.Clock
	now    func() time.Time
}

// Question implements api.Answers.
func (a answers) Question(ctx context.Context, token string) (api.Question, bool, error) {
	asked, found, err := a.asked(ctx, token)
	if err != nil || !found {
		return api.Question{}, false, err
	}
	ask := asked.Message.Ask
	q := api.Question{Text: ask.Text(asked.Facts.Locale, ""), From: ask.From, To: ask.To, Locale: asked.Facts.Locale, Given: given(asked.Answer)}
	live, err := usable(a.maps.Published(ctx, asked.MapVersion))
	if err != nil {
		return api.Question{}, false, err
	}
	if live != nil { // Without it the answer must be taken all the same.
		q.Shop, q.Locale = live.Shop.Name, pageLocale(asked.Facts.Locale, live.Locale)
		q.Text = ask.Text(asked.Facts.Locale, live.Locale)
	}
	return q, true, nil
}

// Answer implements api.Answers. The event has the same MessageID whichever answer it holds, so that only the first one is
// stored.
func (a answers) Answer(ctx context.Context, token string, answer api.Answer) (api.Answer, bool, error) {
	asked, found, err := a.asked(ctx, token)
	if err != nil || !found {
		return api.Answer{}, false, err
	}
	if asked.Answer != nil {
		return *given(asked.Answer), true, nil
	}
	result, err := a.events.Ingest(ctx, []journey.Event{a.event(asked.Handover, answer)})
	if err != nil {
		return api.Answer{}, false, err
	}
	if result.Stored > 0 {
		return answer, true, nil
	}
	if asked, found, err = a.asked(ctx, token); err != nil || !found {
		return api.Answer{}, false, err
	}
	if asked.Answer == nil {
		return api.Answer{}, false, fmt.Errorf("the answer to message %s is known, but not in the record", asked.Message.ID)
	}
	return *given(asked.Answer), true, nil
}

// asked returns the question to which a token leads.
func (a answers) asked(ctx context.Context, token string) (store.Asked, bool, error) {
	messageID, ok := a.links.ID(token)
	if !ok {
		return store.Asked{}, false, nil
	}
	asked, found, err := a.record.Asked(ctx, messageID, answerID(messageID))
	if err != nil || !found {
		return store.Asked{}, false, err
	}
	tooOld := a.clock.Journey(a.now()).After(asked.Message.PlannedAt.Add(answersFor))
	return asked, !tooOld, nil
}

// answerID is the MessageID of the event that answers the question of a message.
func answerID(messageID string) string { return "answer/" + messageID }

// event is the answer as an event. It names the run that asked, so that it finds that run however it is keyed.
func (a answers) event(h activities.Handover, answer api.Answer) journey.Event {
	ask := h.Message.Ask
	properties := map[string]any{
		"survey": ask.Survey, "score": float64(answer.Score), "scale": fmt.Sprintf("%d-%d", ask.From, ask.To),
		"touchpoint": h.Message.Touchpoint, "run_id": h.Run.ID,
	}
	if order, ok := h.Run.Trigger.Properties["order_id"]; ok {
		properties["order_id"] = order
	}
	if h.Run.Key != "" {
		properties["key"] = h.Run.Key
	}
	if answer.Comment != "" {
		properties["comment"] = answer.Comment
	}
	at := a.clock.Journey(a.now())
	return journey.Event{
		MessageID: answerID(h.Message.ID), Type: journey.TypeTrack, Name: journey.SurveyAnswered, UserID: h.UserID,
		Timestamp: at, ReceivedAt: at, Properties: properties,
	}
}

// given reads an answer from its event. Nil when there is none.
func given(e *journey.Event) *api.Answer {
	if e == nil {
		return nil
	}
	score, _ := e.Properties["score"].(float64)
	comment, _ := e.Properties["comment"].(string)
	return &api.Answer{Score: int(score), Comment: comment}
}

// pageLocale returns the customer's language when the answer page speaks it, and otherwise the map's.
func pageLocale(customer, fallback string) string {
	for _, language := range []string{"nl", "en"} {
		if strings.HasPrefix(strings.ToLower(customer), language) {
			return customer
		}
	}
	return fallback
}
