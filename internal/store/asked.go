package store

import (
	"context"
	"fmt"

	"klantreis/activities"
	"klantreis/journey"
)

// Asked is a question that was put to a customer.
type Asked struct {
	// Handover is the message that asks it, with the customer and the run. It has no unconsumed events.
	activities.Handover
	// Answer is the event that answers it. Nil before that.
	Answer *journey.Event
}

var (
	messageSQL = sqlText(ledgerColumns + ` WHERE m.id = $1`)
	// answerSQL looks among the consumed and the unconsumed events apart, because each has an index of its own.
	answerSQL = sqlText(`SELECT ` + eventColumns + ` FROM events e
			WHERE e.customer_id = $1 AND e.name = $2 AND e.message_id = $3 AND e.consumed_step IS NOT NULL
		UNION ALL SELECT ` + eventColumns + ` FROM events e
			WHERE e.customer_id = $1 AND e.name = $2 AND e.message_id = $3 AND e.consumed_step IS NULL
		ORDER BY 1 LIMIT 1`)
)

// Planned returns a message that was planned, with its customer and its run, and false when there is none.
func (s *Store) Planned(ctx context.Context, messageID string) (h activities.Handover, found bool, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		messages, err := all(ctx, t, scanLedgerMessage, messageSQL, storableText(messageID))
		if err != nil || len(messages) == 0 {
			return err
		}
		h, _, err = s.readHandover(ctx, t, messages[0])
		found = err == nil
		return err
	})
	if err != nil {
		return activities.Handover{}, false, fmt.Errorf("read message %s: %w", messageID, err)
	}
	return h, found, nil
}

// Asked returns the question that a message asks, and the event with the given MessageID that answers it; found is false
// when there is no such message, or when it asks nothing.
func (s *Store) Asked(ctx context.Context, messageID, answerID string) (asked Asked, found bool, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		messages, err := all(ctx, t, scanLedgerMessage, messageSQL, storableText(messageID))
		if err != nil || len(messages) == 0 || messages[0].Ask.Survey == "" {
			return err
		}
		m := messages[0]
		handovers, err := all(ctx, t, scanHandover, handoverSQL, m.RunID)
		if err != nil || len(handovers) == 0 {
			return err
		}
		asked.Handover = handovers[0].Handover
		asked.Message, asked.CustomerID = m.Message, m.customerID
		answers, err := all(ctx, t, scanEvent, answerSQL, m.customerID, journey.SurveyAnswered, answerID)
		if len(answers) > 0 {
			asked.Answer = &answers[0]
		}
		found = err == nil
		return err
	})
	if err != nil {
		return Asked{}, false, fmt.Errorf("read the question of message %s: %w", messageID, err)
	}
	return asked, found, nil
}
