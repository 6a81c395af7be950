package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/journey"
)

// reportEvents are the events that tell the map what is reported of messages.
var reportEvents = map[activities.ReportKind]string{
	activities.ReportDelivered:    journey.MessageDelivered,
	activities.ReportOpened:       journey.MessageOpened,
	activities.ReportClicked:      journey.MessageClicked,
	activities.ReportDropped:      journey.MessageBounced,
	activities.ReportBlocked:      journey.MessageBounced,
	activities.ReportBounced:      journey.MessageBounced,
	activities.ReportComplained:   journey.MessageComplained,
	activities.ReportUnsubscribed: journey.MessageUnsubscribed,
}

// objections are the reports with which a reader says that they want no more of it.
var objections = []activities.ReportKind{activities.ReportComplained, activities.ReportUnsubscribed}

// aboutMessage is what an event says of the message that it is about.
type aboutMessage struct {
	userID, runID, touchpoint, template, class string
	// orderID is that of the event that began the run. Nil when it has none.
	orderID any
}

var aboutMessagesSQL = sqlText(`SELECT m.id, c.user_id, m.run_id, m.touchpoint, m.template, m.class, COALESCE(e.properties, '')
	FROM messages m JOIN customers c ON c.id = m.customer_id JOIN runs r ON r.id = m.run_id
	LEFT JOIN events e ON e.seq = r.trigger_seq WHERE m.id = ANY($1)`)

// readAbout returns what events say of the messages that the reports make events of.
func readAbout(ctx context.Context, t tx, fresh []activities.Report) (map[string]aboutMessage, error) {
	ids := map[string]bool{}
	for _, report := range fresh {
		if reportEvents[report.Kind] != "" {
			ids[report.MessageID] = true
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	about := make(map[string]aboutMessage, len(ids))
	_, err := all(ctx, t, func(row scanner) (struct{}, error) {
		var id, text string
		var one aboutMessage
		if err := row.Scan(&id, &one.userID, &one.runID, &one.touchpoint, &one.template, &one.class, &text); err != nil {
			return struct{}{}, err
		}
		var trigger struct {
			OrderID any `json:"order_id"`
		}
		if text != "" {
			if err := json.Unmarshal([]byte(text), &trigger); err != nil {
				return struct{}{}, fmt.Errorf("decode the trigger of message %s: %w", id, err)
			}
		}
		one.orderID = trigger.OrderID
		about[id] = one
		return struct{}{}, nil
	}, aboutMessagesSQL, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, fmt.Errorf("read what messages are about: %w", err)
	}
	return about, nil
}

// tell stores the events that follow from new reports, and counts in wakes the customers whom they wake. The record knows
// every report for good, so that none is told twice.
func (s *Store) tell(ctx context.Context, t tx, fresh []activities.Report, messages map[string]*reported, in Judging, wakes *wakeBumps) error {
	about, err := readAbout(ctx, t, fresh)
	if err != nil || len(about) == 0 {
		return err
	}
	var events []journey.Event
	var owners []string
	for _, report := range fresh {
		m, known := about[report.MessageID]
		if !known || reportEvents[report.Kind] == "" {
			continue
		}
		for _, event := range m.events(report, s.now(), in.JourneyAt) {
			events = append(events, storable(event))
			owners = append(owners, messages[report.MessageID].customerID)
		}
	}
	return s.insertOwned(ctx, t, events, owners, in, wakes)
}

// events returns what follows from a report: that it came, and when it is one, the objection that lies in it.
func (m aboutMessage) events(report activities.Report, received time.Time, journeyAt func(time.Time) time.Time) []journey.Event {
	age := max(0, received.Sub(report.At)) // It was claimed by another clock than that of this process.
	event := journey.Event{
		MessageID: "report/" + report.ID, Type: journey.TypeTrack, Name: reportEvents[report.Kind], UserID: m.userID,
		Timestamp: journeyAt(received.Add(-age)), ReceivedAt: journeyAt(received), Age: age,
		Properties: map[string]any{
			"message_id": report.MessageID, "touchpoint": m.touchpoint, "template": m.template, "run_id": m.runID, "class": m.class,
		},
	}
	if m.orderID != nil {
		event.Properties["order_id"] = m.orderID
	}
	switch {
	case report.Kind == activities.ReportClicked:
		event.Properties["url"] = report.URL
	case event.Name == journey.MessageBounced:
		event.Properties["type"] = string(report.Kind)
	}
	if !slices.Contains(objections, report.Kind) {
		return []journey.Event{event}
	}
	objection := event
	objection.MessageID += "/consent"
	objection.Name = journey.ConsentWithdrawn
	objection.Properties = maps.Clone(event.Properties)
	objection.Properties["classes"] = []any{string(journey.Service), string(journey.Marketing)}
	objection.Properties["source"] = string(report.Kind)
	delete(objection.Properties, "class")
	return []journey.Event{event, objection}
}
