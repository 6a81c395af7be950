package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"klantreis/internal/sandbox"
)

// histories is where the replay tests look.
var histories = filepath.Join("..", "..", "workflows", "testdata", "histories")

const parkedMap = `
journey: parked
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - {id: parked-wait, phase: care, class: service, on: Wait Begun, key: event.order_id, cancel: Wait Cancelled, do: [{wait: 300d}, {send: {template: first}}]}
  - {id: parked-until, phase: care, class: service, on: Until Begun, key: event.order_id, do: [{until: 'now + duration("7200h")'}, {send: {template: first}}]}
  - {id: parked-wait-for, phase: care, class: service, on: WaitFor Begun, key: event.order_id, do: [{waitFor: {on: Product Reviewed, for: 300d, by: event.order_id}}, {send: {template: first}}]}
  - {id: parked-send, phase: care, class: transactional, on: Send Begun, key: event.order_id, do: [{send: {template: first}}, {wait: 300d}]}
  - {id: parked-webhook, phase: care, class: service, on: Webhook Begun, key: event.order_id, do: [{webhook: {url: "%s"}}, {wait: 300d}]}
`

// TestRecordHistories writes histories of open and completed workflows for the replay tests, under the names of the
// flows and today's date; it runs when KLANTREIS_RECORD_HISTORIES is set. Recorded histories stay: they stand for the
// workflows that are open somewhere while a new version is rolled out.
func TestRecordHistories(t *testing.T) {
	if os.Getenv("KLANTREIS_RECORD_HISTORIES") == "" {
		t.Skip("records only when KLANTREIS_RECORD_HISTORIES is set (make histories)")
	}
	hooks := newReceiver(t, 2)
	in := startInside(t, sqliteFile(t), mapFolder(t, fmt.Sprintf(parkedMap, hooks.URL), "first"), 0)
	last := map[string]enumspb.EventType{
		"Wait Begun": enumspb.EVENT_TYPE_TIMER_STARTED, "Until Begun": enumspb.EVENT_TYPE_TIMER_STARTED,
		"WaitFor Begun": enumspb.EVENT_TYPE_TIMER_STARTED,
	}
	for event, kind := range last {
		user := map[string]string{"Wait Begun": "wait", "Until Begun": "until", "WaitFor Begun": "wait-for"}[event]
		in.post(identify(user, "en"), track(user, event, "1"))
		in.recorded(user, "parked-"+user, kind)
	}
	// Woken while it waits: the timer stays; then cancelled: the run ends and the workflow with it.
	in.post(track("wait", "Wait Begun", "2"))
	in.recorded("wait", "parked-wait-woken", enumspb.EVENT_TYPE_MARKER_RECORDED)
	in.post(track("wait", "Wait Cancelled", "1"), track("wait", "Wait Cancelled", "2"))
	in.recorded("wait", "cancelled", enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
	// The provider is down: the send is tried again and again, and the customer is woken meanwhile.
	require.NoError(t, in.box.SetFaults(sandbox.FaultPlan{Fault: sandbox.FaultError, Next: 1000}))
	in.post(identify("send", "en"), track("send", "Send Begun", "1"))
	in.recorded("send", "parked-send", enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
	in.post(track("send", "Send Begun", "2"))
	in.recorded("send", "parked-send-woken", enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
	require.NoError(t, in.box.SetFaults())
	in.recorded("send", "parked-after-send", enumspb.EVENT_TYPE_TIMER_STARTED)
	// The receiver of the webhook is away, and the run waits for something else meanwhile; then it is back.
	in.post(identify("webhook", "en"), track("webhook", "Webhook Begun", "1"))
	in.recorded("webhook", "parked-webhook", enumspb.EVENT_TYPE_TIMER_STARTED)
	in.recorded("webhook", "parked-after-webhook", enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
}

// recorded waits until the history of a user's workflow ends with an event of the kind, and writes it down.
func (in *inside) recorded(user, name string, kind enumspb.EventType) {
	in.t.Helper()
	in.eventually(60*time.Second, name, func() bool {
		c, found, err := in.record.CustomerByUserID(in.t.Context(), user)
		if err != nil || !found || c.Step == 0 {
			return false
		}
		h := in.history(c.State.CustomerID)
		if h.Events[len(h.Events)-1].EventType != kind {
			return false
		}
		text, err := protojson.MarshalOptions{Indent: " "}.Marshal(h)
		require.NoError(in.t, err)
		file := filepath.Join(histories, time.Now().UTC().Format("2006-01-02")+"-"+name+".json")
		require.NoError(in.t, os.MkdirAll(histories, 0o755))
		require.NoError(in.t, os.WriteFile(file, append(text, '\n'), 0o644))
		return true
	})
}
