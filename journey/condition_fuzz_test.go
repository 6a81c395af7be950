package journey

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// hostileVars are what a condition sees when somebody means harm, or a shop sends nonsense.
func hostileVars() []*vars {
	deep := any("bottom")
	for range 50 {
		deep = map[string]any{"deep": deep, "list": []any{1.0}}
	}
	hostile := &vars{
		event: map[string]any{
			"total": math.Inf(1), "nan": math.NaN(), "whole": math.MaxFloat64, "text": "\x00\u202e'\"`{{", "nothing": nil,
			"list": []any{nil, 1.0, "a", []any{}, map[string]any{}}, "map": map[string]any{"": nil, "a.b": 1.0}, "deep": deep,
			"mail": strings.Repeat("(a+)+", 200), "many": make([]any, 3000), "huge": strings.Repeat("é", 15_000),
			"zone": "../../etc/passwd", "at": "9999-12-31T23:59:59Z", "id": math.Copysign(0, -1),
		},
		customer: &Customer{
			Traits: map[string]any{"birthday": "0000-00-00", "vip": "no", "email": strings.Repeat("@", 1000)},
			Scores: map[string]float64{"nps": math.NaN()}, TotalSpent: math.Inf(-1), Orders: math.MinInt64,
			RecentOrders: make([]Order, 20), FirstSeen: time.Unix(-1<<40, 0), NextOrderExpected: time.Unix(1<<37, 0),
		},
		now: time.Unix(1<<38, 0),
	}
	return []*vars{conditionVars(), hostile, {customer: &Customer{}}}
}

// FuzzCondition looks for a condition that makes us panic, hang or work for longer than the limit allows. It evaluates it
// as a question, a moment, a number, a key and a trait, as the map does.
func FuzzCondition(f *testing.F) {
	for _, text := range []string{
		"event.total > 49 && customer.orders >= 2", `customer.phase in ["care", "loyalty"]`, "!has(event.coupon)",
		`event.list.exists(x, x > 1)`, "event.many.all(x, event.many.all(y, x == y))", "event.huge + event.huge + event.huge",
		`timestamp(event.at) - duration("12h")`, "now + duration(event.text)", `event.mail.matches("^(a+)+$")`, "event.mail.matches(event.mail)",
		`"%.9999f".format([event.total])`, `"%s %d %x %e".format([event.deep, 1, event.huge, 2.0])`, "customer.recent_orders.map(o, o.lines)",
		`event.?missing.orValue(7) == 7`, "string(event.whole)", "int(event.total) / 0", `now.getHours(event.zone)`, "event.deep.deep.deep",
		`event.huge.split("").size()`, `event.huge.substring(1, 2)`, `[1,2,3].map(x, [1,2,3].map(y, x*y))`, `strings.quote(event.huge)`,
		"1 / 0 > 0", "-9223372036854775808 / -1", "false && event.x", `event["a.b"]`, `{"a": 1}.a == event.id`, "b'\\xff' == bytes(event.huge)",
		"customer.next_order_expected - duration('72h')", "customer == customer", "event == event", "dyn(customer).phase", "type(event.list)",
		`{b"a": 1}`, `{event.list: 1}`,
	} {
		f.Add(text)
	}
	seen := hostileVars()
	f.Fuzz(func(t *testing.T, text string) {
		probe(t, text, seen)
	})
}

// probe compiles a text as the map does and evaluates it against each of the variables.
func probe(t require.TestingT, text string, seen []*vars) {
	if len(text) > maxExpression {
		return
	}
	began := time.Now()
	_, _ = compileExpression(productEnvironment, text, yieldsBool)
	program, err := compileExpression(environment, text, yieldsAny)
	if err != nil {
		require.NotEmpty(t, err.Error())
		return
	}
	m := &Map{}
	m.compile(func(string, string) {})
	m.compiled.programs[text] = program
	counting := counted(t, text)
	for _, v := range seen {
		checkCost(t, program, counting, v)
		evaluateAll(m, text, v)
	}
	m.constant(text)
	namesCompared(text)
	require.Less(t, time.Since(began), 5*time.Second, text)
}

// TestConditionsDrawn does so with well-formed conditions, of which a fuzzer makes few.
func TestConditionsDrawn(t *testing.T) {
	t.Parallel()
	seen := hostileVars()
	rapid.Check(t, func(t *rapid.T) {
		probe(t, drawExpression(t, rapid.IntRange(1, 5).Draw(t, "depth")), seen)
	})
}

// drawExpression draws an expression of CEL that is well-formed; the types of many fit too.
func drawExpression(t *rapid.T, depth int) string {
	leaves := []string{
		"event", "event.huge", "event.many", "event.list", "event.map", "event.deep", "event.total", "event.text", "event.missing", "event.mail",
		"customer", "customer.traits", "customer.recent_orders", "customer.orders", "customer.total_spent", "customer.scores",
		"customer.first_seen", "customer.next_order_expected", "customer.phase", "now", "x", "1", "-1.5", `"a"`, "true", "null", "[]", "{}",
		"9223372036854775807", `duration("72h")`, `b"ab"`,
	}
	if depth == 0 {
		return rapid.SampledFrom(leaves).Draw(t, "leaf")
	}
	form := rapid.SampledFrom([]string{
		"@ && @", "@ || @", "!@", "@ ? @ : @", "@ == @", "@ < @", "@ in @", "@ + @", "@ - @", "@ * @", "@ / @", "@ % @", "@[@]", "[@, @]",
		"{@: @}", "has(event.list) && @", "@.exists(x, @)", "@.all(x, @)", "@.map(x, @)", "@.filter(x, @)", "@.exists_one(x, @)", "size(@)",
		"string(@)", "int(@)", "double(@)", "bytes(@)", "bool(@)", "timestamp(@)", "duration(@)", "type(@)", "dyn(@)", "@.matches(@)",
		"@.contains(@)", "@.startsWith(@)", "@.split(@)", "@.substring(1)", "@.lowerAscii()", "@.trim()", "@.charAt(1)", "@.indexOf(@)",
		"strings.quote(@)", "@.reverse()", "@.getHours()", "@.getFullYear(@)", "@.?b.orValue(@)",
	}).Draw(t, "form")
	var b strings.Builder
	for _, r := range form {
		if r != '@' {
			b.WriteRune(r)
			continue
		}
		b.WriteString("(" + drawExpression(t, rapid.IntRange(0, depth-1).Draw(t, "depth")) + ")")
	}
	return b.String()
}

// counted plans an expression that counts its cost and knows no limit.
func counted(t require.TestingT, text string) cel.Program {
	env, err := environment()
	require.NoError(t, err)
	ast, issues := env.Compile(text)
	require.NoError(t, issues.Err())
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost))
	require.NoError(t, err)
	return program
}

// checkCost demands that an evaluation that went through cost no more than it may.
func checkCost(t require.TestingT, program, counting cel.Program, v *vars) {
	if _, _, err := program.Eval(v); err != nil {
		return
	}
	_, details, err := counting.Eval(v)
	require.NoError(t, err)
	require.LessOrEqual(t, *details.ActualCost(), uint64(costLimit))
}

// evaluateAll evaluates an expression in every role that it can have.
func evaluateAll(m *Map, text string, v *vars) error {
	_, first := m.holds(text, v)
	_, second := m.instant(text, v)
	_, third := m.number(text, v)
	_, fourth := m.setting(Setting{Expression: text}, v)
	m.key(text, v)
	return errors.Join(first, second, third, fourth)
}
