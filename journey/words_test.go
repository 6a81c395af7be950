package journey

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// constants returns the values of the constants of a type, in a file.
func constants(t *testing.T, file, typeName string) []string {
	t.Helper()
	parsed, err := goparser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var values []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			values = append(values, value)
		}
		return true
	})
	require.NotEmpty(t, values)
	return values
}

func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	reasons := constants(t, "reason.go", "Reason")
	for _, reason := range reasons {
		require.Contains(t, reasonWords, Reason(reason))
		words := Reason(reason).Words()
		require.Greater(t, len(words), 8, "%s: %q", reason, words)
		require.NotRegexp(t, `[{}\[\]]|  | [,.:]|\(\)`, words, reason)
	}
	require.Len(t, ReasonWords(), len(reasons), "words for what is no reason")
}

func TestEveryKindOfDecisionHasWords(t *testing.T) {
	t.Parallel()
	kinds := constants(t, "state.go", "DecisionKind")
	for _, kind := range kinds {
		require.Contains(t, kindWords, DecisionKind(kind))
		for _, reason := range constants(t, "reason.go", "Reason") {
			words := Decision{Kind: DecisionKind(kind), Reason: Reason(reason)}.Words(nil, time.UTC)
			require.Regexp(t, `^[A-Z][^{}\[\]]+: [a-z][^{}\[\]]+\.$`, words)
		}
	}
	require.Len(t, kindWords, len(kinds))
}

func TestWordsTellTheFacts(t *testing.T) {
	t.Parallel()
	m := parseMap(t, `phases: [{id: care, title: Nazorg, enter: [{on: Order Delivered}]}, {id: loyal, enter: [{on: Order Completed}]}]`)
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	type facts = map[string]any
	tests := map[string]Decision{
		"Entered the phase loyal from Nazorg: a rule of the phase matched the event Order Completed.": {
			Kind: DecidedPhase, Reason: ReasonEntered, Phase: "loyal", Detail: facts{"from": "care", "event": "Order Completed"},
		},
		"Entered the phase Nazorg: the event that would have prevented it stayed away for long enough.": {
			Kind: DecidedPhase, Reason: ReasonAbsent, Phase: "care", Detail: facts{"from": ""},
		},
		"Did not begin: what would start it is too old: it came 25h0m0s ago, and at most 1d are allowed.": {
			Kind: DecidedNoStart, Reason: ReasonStaleEvent, Detail: facts{"age": "25h0m0s", "fresh": "1d"},
		},
		"Did not begin: an expression event.x > 1 could not be worked out (no such key: x).": {
			Kind: DecidedNoStart, Reason: ReasonConditionErr, Detail: facts{"if": "event.x > 1", "error": "no such key: x"},
		},
		"Went on at branch-1: an arm of the branch was chosen, because no condition holds.": {
			Kind: DecidedStep, Reason: ReasonBranch, Step: "branch-1", Detail: facts{"else": true},
		},
		"Went on at branch-1: an arm of the branch was chosen, because customer.traits[\"a\"] == \"{step}\" holds.": {
			Kind: DecidedStep, Reason: ReasonBranch, Step: "branch-1", Detail: facts{"if": `customer.traits["a"] == "{step}"`},
		},
		"Went on at wait-1: a newer map was published, so it waits until 2026-07-01 12:00.": {
			Kind: DecidedStep, Reason: ReasonEdited, Step: "wait-1", Detail: facts{"until": "2026-07-01T10:00:00Z"},
		},
		"Held back until 2026-03-02 09:00: it is quiet hours for the customer.": {
			Kind: DecidedHeld, Reason: ReasonQuietHours, Detail: facts{"until": "2026-03-02T08:00:00Z"},
		},
		"Held back: the customer got as many messages as a cap allows (2 in 7d).": {
			Kind: DecidedHeld, Reason: ReasonCapped, Detail: facts{"max": 2, "per": "7d"},
		},
		"No message: the customer is in the control group of 10 %, who get none so that the effect can be measured.": {
			Kind: DecidedNoSend, Reason: ReasonHoldout, Detail: facts{"holdout": 0.1},
		},
		"No message: the customer did not agree to marketing messages, but objected to them.": {
			Kind: DecidedNoSend, Reason: ReasonNoConsent, Detail: facts{"class": "marketing", "objected": true},
		},
		"No message: the customer did not agree to service messages.": {
			Kind: DecidedNoSend, Reason: ReasonNoConsent, Detail: facts{"class": "service", "objected": false},
		},
		"Ended at send-1: it was held back for too long, since 2026-03-02 09:00: it is quiet hours for the customer.": {
			Kind: DecidedEnd, Reason: ReasonHeldTooLong, Step: "send-1", Detail: facts{"held": "held-quiet-hours", "since": "2026-03-02T08:00:00Z"},
		},
		"No message: the address must not be mailed any more, because a mail to it came back.": {
			Kind: DecidedNoSend, Reason: ReasonSuppressed, Detail: facts{"suppressed": "bounced"},
		},
		"Ended at exit-1: an exit step ended it, for the reason enough.": {
			Kind: DecidedEnd, Reason: ReasonExited, Step: "exit-1", Detail: facts{"exit": "enough"},
		},
		"Set vip, tier: the run came to this step.": {
			Kind: DecidedSet, Reason: ReasonTraitSet, Detail: facts{"traits": []any{"vip", "tier"}},
		},
		"Reached its goal, worth 49.5: what it is for has happened (Order Completed).": {
			Kind: DecidedGoal, Reason: ReasonGoalReached, Detail: facts{"event": "Order Completed", "value": 49.5},
		},
	}
	for want, d := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, d.Words(m, amsterdam))
		})
	}
}
