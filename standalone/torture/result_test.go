package torture

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
)

// result is what came of a run.
type result struct {
	Seed uint64
	// Torment is for how long the installation was mistreated, Rest how long it took to come to rest, if AtRest.
	Torment, Rest string
	AtRest        bool
	// Events, Acked and Attempts are what the shop posted.
	Events, Acked, Attempts int
	Faults                  int
	ByKind, Restarts        map[string]int
	Findings                findings
	Violations              map[string]int
	// Looks is how often the watch looked.
	Looks    int
	found    []violation
	refusals []string
}

// shipped is for how long the engine as it ships waits for the report of a mail that nobody confirmed.
const shipped = 15 * time.Minute

// judge lets the checker look, and gathers what the report tells.
func (in *installation) judge(s *shop, k *killer, w *watch, o options, calmed time.Time, rests bool) *result {
	in.t.Helper()
	e := in.gather(s.ledger)
	e.forgotten, e.objectors, e.patience = w.found, s.ledger.objectors, cmp.Or(o.patience, shipped)
	counted, err := in.temporal.CountWorkflow(in.t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: `ExecutionStatus = "Failed"`})
	require.NoError(in.t, err)
	e.failed = int(counted.Count)
	r := &result{
		Seed: o.seed, Torment: o.duration.String(), Rest: time.Since(calmed).Round(time.Second).String(), Faults: k.total(), ByKind: k.counts, Looks: w.looks, AtRest: rests,
		Restarts: map[string]int{}, refusals: s.refusals,
	}
	r.Events, r.Acked, r.Attempts = s.ledger.count()
	r.found, r.Findings = check(e)
	r.Violations = byRule(r.found)
	for _, p := range slices.Concat([]*process{in.temporalServer, in.provider}, in.apis, in.workers, in.dispatchers) {
		r.Restarts[p.name] = p.starts - 1
	}
	if o.report != "" {
		text, err := json.MarshalIndent(r, "", "  ")
		require.NoError(in.t, err)
		require.NoError(in.t, os.WriteFile(o.report, append(text, '\n'), 0o600))
	}
	return r
}

// print tells how it went.
func (r *result) print(t *testing.T) {
	t.Helper()
	var b strings.Builder
	f := r.Findings
	fmt.Fprintf(&b, "seed %d: mistreated for %s, at rest after another %s\n", r.Seed, r.Torment, r.Rest)
	fmt.Fprintf(&b, "events %d, acknowledged %d, in %d attempts; %d orders\n", r.Events, r.Acked, r.Attempts, f.Orders)
	fmt.Fprintf(&b, "faults %d:\n", r.Faults)
	for _, name := range slices.Sorted(maps.Keys(r.ByKind)) {
		fmt.Fprintf(&b, "  %-34s %d\n", name, r.ByKind[name])
	}
	fmt.Fprintf(&b, "starts after the first: %v\n", r.Restarts)
	fmt.Fprintf(&b, "mails %d, of them %d about reviews and %d offers; not sent %d; objections %d\n", f.Mails, f.ReviewMails, f.Offers, f.NotSent, f.Unsubscribed)
	fmt.Fprintf(&b, "lost %d, doubled %d, resent-unknown %d, unknown %d; given up after a second sending %d; refused %d, bounced %d\n", f.Lost, f.Doubled, f.Resent, f.Unknown, f.GivenUp, f.Refused, f.Bounced)
	fmt.Fprintf(&b, "under way when they were called off: %d, at most %s; looks for forgotten events: %d\n", f.UnderWay, f.LongestUnderWay, r.Looks)
	for _, v := range firstOf(r.found, 10) {
		fmt.Fprintln(&b, "BREACH", v)
	}
	t.Log("\n" + b.String())
}
