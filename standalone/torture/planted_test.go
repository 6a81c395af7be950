package torture

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// plant is a fault that is built into the engine on purpose, and what the checker must say of it.
type plant struct {
	change change
	rule   string
	says   string
	// only are the faults that bring it to light soonest; empty is all.
	only  string
	every time.Duration
}

var plants = map[string]plant{
	"a mail is sent without a claim": {
		change: change{
			file: "internal/store/claim.go", from: "\t\t_, err = t.exec(ctx, claimSQL, m.ID, token, micros(now))\n\t\treturn err\n", to: "\t\treturn nil\n",
		},
		rule: ruleClaimed, says: "nobody claimed",
	},
	"an answer comes before the commit": {
		change: change{
			file: "internal/app/ingest.go", from: "\tresult, err := i.ingest(ctx, events)\n",
			to: "\tgo func() { _, _ = i.ingest(context.WithoutCancel(ctx), events) }()\n\tresult, err := api.IngestResult{Stored: len(events)}, error(nil)\n",
		},
		rule: ruleStored, says: "was acknowledged at",
	},
	"nobody looks before the hand-over": {
		change: change{file: "activities/send.go", from: "return a.unwanted(ctx, at.published, h)", to: `return "", nil`},
		rule:   ruleUnwanted, says: "after it was acknowledged that", only: providerPauses, every: 12 * time.Second,
	},
	"a wake row goes without a look at its count": {
		change: change{
			file: "internal/store/decide_write.go", from: "DELETE FROM wakes WHERE customer_id = $1 AND count = $2",
			to: "DELETE FROM wakes WHERE customer_id = $1 AND CAST($2 AS BIGINT) > 0",
		},
		rule: ruleForgotten, says: "had no wake row", only: "terminate backends",
	},
	"a bounce says nothing against the address": {
		change: change{
			file: "internal/sendgrid/report.go", from: "report.Kind, report.Suppress = activities.ReportBounced, journey.AddressBounced",
			to: "report.Kind = activities.ReportBounced",
		},
		rule: ruleTold, says: "and its reader may be mailed",
	},
	"a cap allows one more": {
		change: change{file: "journey/decide_hold.go", from: "if len(taken) < c.Max {", to: "if len(taken) <= c.Max {"},
		rule:   rulePolicy, says: "offers and may get",
	},
}

// TestPlanted builds each fault in and demands that the checker finds it, for the reason that it has.
func TestPlanted(t *testing.T) {
	if !planted {
		t.Skip("make torture-planted runs it: it takes some minutes")
	}
	for name, p := range plants {
		t.Run(name, func(t *testing.T) {
			o := short(torment.seed)
			o.quiet, o.only = time.Minute, p.only
			if p.every > 0 {
				o.faultEvery = p.every
			}
			r := mistreat(t, o, false, build(t, patience(o.patience), p.change))
			r.print(t)
			require.NotZero(t, r.Violations[p.rule], "the checker must find: %s", name)
			for _, v := range r.found {
				if v.rule == p.rule {
					require.Contains(t, v.what, p.says)
					break
				}
			}
		})
	}
}

// TestPlantsFit looks whether every change still has its place in the source.
func TestPlantsFit(t *testing.T) {
	t.Parallel()
	changes := []change{patience(time.Minute)}
	for _, p := range plants {
		changes = append(changes, p.change)
	}
	overlay(t, t.TempDir(), changes)
}
