package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"klantreis/journey"
)

// The statuses of a message. The last four are its end: the first of them stands, whatever is said later.
//
//	planned --> claimed --> sent
//	   |  <-------|   |---> unknown
//	   |              |---> notsent
//	   |---> withdrawn, notsent, sent
const (
	statusPlanned   = "planned"   // a run wants it sent
	statusClaimed   = "claimed"   // an attempt is handing it over, or died doing so and nobody knows whether it did
	statusSent      = "sent"      // the provider has it
	statusNotSent   = "notsent"   // it was given up, for a reason
	statusWithdrawn = "withdrawn" // its run ended before anybody claimed it
	statusUnknown   = "unknown"   // nobody can know whether the provider has it
)

// messageRow is a message on its way into the record.
type messageRow struct {
	ID         string `json:"id"`
	RunID      string `json:"run_id"`
	Touchpoint string `json:"touchpoint"`
	Step       string `json:"step"`
	Template   string `json:"template"`
	Channel    string `json:"channel"`
	Class      string `json:"class"`
	PlannedAt  int64  `json:"planned_at"`
	Kind       string `json:"kind"`
	Persona    string `json:"persona"`
	Content    string `json:"content"`
}

// messageContent is what a message is made from, beside its template.
type messageContent struct {
	Webhook journey.Webhook `json:"webhook,omitzero"`
	Ask     journey.Ask     `json:"ask,omitzero"`
}

// planMessagesSQL refuses an id that is there: a step of a run has one message.
var planMessagesSQL = sqlText(`INSERT INTO messages (id, customer_id, run_id, touchpoint, step, template, channel, class,
		planned_at, kind, persona, content, status)
	SELECT id, CAST($2 AS TEXT), run_id, touchpoint, step, template, channel, class, planned_at, kind, persona, content, 'planned'
	FROM json_to_recordset($1::json) AS r (id text, run_id text, touchpoint text, step text, template text, channel text,
		class text, planned_at bigint, kind text, persona text, content text)`)

func planMessages(ctx context.Context, t tx, customerID string, messages []journey.Message) error {
	if len(messages) == 0 {
		return nil
	}
	rows := make([]messageRow, len(messages))
	for i, m := range messages {
		content, err := json.Marshal(messageContent{Webhook: m.Webhook, Ask: m.Ask})
		if err != nil {
			return fmt.Errorf("encode message %s: %w", m.ID, err)
		}
		rows[i] = messageRow{
			ID: m.ID, RunID: m.RunID, Touchpoint: m.Touchpoint, Step: m.Step, Template: m.Template,
			Channel: m.Channel, Class: string(m.Class), PlannedAt: micros(m.PlannedAt),
			Kind: string(m.Kind), Persona: m.Persona, Content: string(content),
		}
	}
	if _, err := t.exec(ctx, planMessagesSQL, records{rows}, customerID); err != nil {
		return fmt.Errorf("plan messages: %w", err)
	}
	return nil
}

// withdrawSQL leaves a claimed message alone: it may be with the provider already. The reason is why its run ended. The
// next decision sees the message as settled, so that it uses no slot.
var withdrawSQL = sqlText(`UPDATE messages SET status = 'withdrawn',
		reason = (SELECT r.reason FROM runs r WHERE r.id = messages.run_id),
		settled_at = (SELECT r.ended_at FROM runs r WHERE r.id = messages.run_id)
	WHERE id = ANY($1) AND customer_id = $2 AND status = 'planned' RETURNING id`)

// withdraw takes back the messages that the outcome no longer wants and returns those that it still could.
func (d *decision) withdraw(ctx context.Context, outcome journey.Outcome) (map[string]bool, error) {
	if len(outcome.Withdrawn) == 0 {
		return nil, nil
	}
	ids, err := all(ctx, d.tx, scanText, withdrawSQL, outcome.Withdrawn, d.customer.state.CustomerID)
	if err != nil {
		return nil, fmt.Errorf("withdraw messages: %w", err)
	}
	withdrawn := map[string]bool{}
	for _, id := range ids {
		withdrawn[id] = true
	}
	return withdrawn, nil
}

// ledgerMessage is a message with where it stands in the ledger.
type ledgerMessage struct {
	journey.Message
	customerID, status, token string
	claimedAt                 time.Time
	resent                    bool
	reason                    journey.Reason
}

// settled tells whether the message has ended.
func (m ledgerMessage) settled() bool {
	return m.status != statusPlanned && m.status != statusClaimed
}

const ledgerColumns = `SELECT m.id, m.run_id, m.touchpoint, m.step, m.template, m.channel, m.class, m.planned_at,
	m.kind, m.persona, m.content, m.customer_id, m.status, m.token, m.claimed_at, m.resent, m.reason FROM messages m`

func scanLedgerMessage(row scanner) (ledgerMessage, error) {
	var m ledgerMessage
	var plannedAt, claimedAt int64
	var content []byte
	err := row.Scan(&m.ID, &m.RunID, &m.Touchpoint, &m.Step, &m.Template, &m.Channel, &m.Class, &plannedAt,
		&m.Kind, &m.Persona, &content, &m.customerID, &m.status, &m.token, &claimedAt, &m.resent, &m.reason)
	if err != nil {
		return m, err
	}
	m.PlannedAt, m.claimedAt = instant(plannedAt), instant(claimedAt)
	var made messageContent
	if err := json.Unmarshal(content, &made); err != nil {
		return m, fmt.Errorf("decode message %s: %w", m.ID, err)
	}
	m.Webhook, m.Ask = made.Webhook, made.Ask
	return m, nil
}
