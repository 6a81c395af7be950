package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"klantreis/workflows"
)

// referenceMap is the flow by which engines are compared: event, mail, wait 7 days, wait for another event or time out,
// mail.
const referenceMap = `
journey: reference
shop: {name: Shop, email: shop@example.com}
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - id: reference
    phase: care
    class: service
    on: Order Completed
    key: event.order_id
    do:
      - send: {template: first}
      - wait: 7d
      - waitFor: {on: Product Reviewed, for: 7d, by: event.order_id}
        else:
          - send: {template: second}
`

// mapFolder writes a map with plain templates of the given names.
func mapFolder(t *testing.T, text string, templates ...string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	write("journey.yaml", text)
	write("templates/layout.html", "<html><body>{{ content }}</body></html>")
	write("templates/layout.txt", "{{ content }}")
	for _, name := range templates {
		write("templates/"+name+".en.html", "---\nsubject: \""+name+" {{ event.order_id }}\"\n---\n<p>Hello {{ customer.firstName }}</p>\n")
		write("templates/"+name+".en.txt", "Hello {{ customer.firstName }}\n")
	}
	return dir
}

// history reads the events of the newest execution of a customer's workflow.
func (in *inside) history(customerID string) *historypb.History {
	in.t.Helper()
	var h historypb.History
	iter := in.temporal.GetWorkflowHistory(context.Background(), workflows.CustomerWorkflowID(customerID), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iter.HasNext() {
		e, err := iter.Next()
		require.NoError(in.t, err)
		h.Events = append(h.Events, e)
	}
	return &h
}

// mostEvents is how many history events the reference flow may cost.
const mostEvents = 31

func TestTheReferenceFlowIsFrugalAndImpersonal(t *testing.T) {
	t.Parallel()
	in := startInside(t, sqliteFile(t), mapFolder(t, referenceMap, "first", "second"), 86400*2)
	in.post(identify("anna", "en"), track("anna", "Order Completed", "order-4711"))
	id := in.customerID("anna")
	in.eventually(30*time.Second, "both mails", func() bool { return len(in.mails("anna", "reference")) == 2 })
	var h *historypb.History
	in.eventually(10*time.Second, "the workflow completes", func() bool {
		h = in.history(id)
		return h.Events[len(h.Events)-1].EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
	})
	var kinds []string
	actions := 1 // the start
	for _, e := range h.Events {
		kinds = append(kinds, e.EventType.String())
		switch e.EventType {
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, enumspb.EVENT_TYPE_MARKER_RECORDED,
			enumspb.EVENT_TYPE_TIMER_STARTED, enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			actions++
		}
	}
	t.Logf("%d events, %d actions: %s", len(kinds), actions, strings.Join(kinds, " "))
	require.LessOrEqual(t, len(h.Events), mostEvents, strings.Join(kinds, "\n"))

	text, err := protojson.Marshal(h)
	require.NoError(t, err)
	for _, personal := range []string{"anna", "Anna", "example.com", "order-4711", "Koffie"} {
		require.NotContains(t, string(text), personal)
		require.NotContains(t, payloads(t, text), personal)
	}
}

// payloads returns all payloads of a history as text: protojson shows them in base64.
func payloads(t *testing.T, history []byte) string {
	t.Helper()
	var all strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if data, ok := v["data"].(string); ok {
				var raw []byte
				require.NoError(t, json.Unmarshal([]byte(`"`+data+`"`), &raw))
				all.Write(raw)
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	var doc any
	require.NoError(t, json.Unmarshal(history, &doc))
	walk(doc)
	require.Contains(t, all.String(), "customerId", "the payloads were read")
	return all.String()
}

func TestRebuildAfterAllWorkflowsWereTerminated(t *testing.T) {
	t.Parallel()
	database := sqliteFile(t)
	in := startInside(t, database, mapFolder(t, referenceMap, "first", "second"), 86400)
	users := []string{"anna", "bert", "cora", "dirk"}
	for _, user := range users {
		in.post(identify(user, "en"), track(user, "Order Completed", "o-"+user))
	}
	for _, user := range users {
		in.awaitMail(10*time.Second, user, "reference")
		ctx := context.Background()
		require.NoError(t, in.temporal.TerminateWorkflow(ctx, workflows.CustomerWorkflowID(in.customerID(user)), "", "by hand"))
	}
	out, err := in.command("rebuild", "--database", database)
	require.NoError(t, err, out)
	for _, user := range users {
		in.eventually(30*day, "the second mail of "+user, func() bool { return len(in.mails(user, "reference")) == 2 })
	}
	for _, user := range users {
		in.quiet(day/2, user, "reference", 2)
	}
}
