package journey

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
)

// costLimit bounds the work of one evaluation, in CEL cost units. A comparison of two properties costs under ten.
const costLimit = 20_000

// environment is the CEL environment of all expressions of a map. Its variables are:
//
//	event     the properties of the event in question; in steps, of the event that started the run
//	customer  what is known of the customer, see Customer
//	now       the instant of the decision
var environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("event", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("customer", cel.ObjectType("journey.Customer")),
		cel.Variable("now", cel.TimestampType),
		cel.CrossTypeNumericComparisons(true),
		cel.OptionalTypes(),
		ext.Strings(),
		without("replace", "string_replace_string_string", cel.StringType, cel.StringType, cel.StringType),
		without("join", "list_join", cel.ListType(cel.StringType)),
		without("format", "string_format", cel.StringType, cel.ListType(cel.DynType)),
		ext.NativeTypes(
			reflect.TypeFor[Customer](), reflect.TypeFor[Order](), reflect.TypeFor[Line](), reflect.TypeFor[Refund](),
			reflect.TypeFor[Campaign](), ext.ParseStructTags(true),
		),
	)
})

// productEnvironment is the environment of conditions on products. Its only variable is product, a line of an order.
var productEnvironment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("product", cel.ObjectType("journey.Line")),
		cel.CrossTypeNumericComparisons(true),
		ext.NativeTypes(reflect.TypeFor[Line](), ext.ParseStructTags(true)),
	)
})

// without takes a text function away, of which one overload is named. It is for those that can make a gigabyte of a
// few properties: their cost is counted only when they are done, or not at all.
func without(function, overload string, args ...*cel.Type) cel.EnvOption {
	return cel.Function(function, cel.MemberOverload(overload, args, cel.StringType), cel.DisableDeclaration(true))
}

// expressionType is what an expression must yield.
type expressionType int

const (
	yieldsBool expressionType = iota
	yieldsTimestamp
	yieldsKey
	yieldsNumber
	yieldsAny
)

// compileExpression checks the text and makes it ready to run.
func compileExpression(in func() (*cel.Env, error), text string, want expressionType) (cel.Program, error) {
	env, err := in()
	if err != nil {
		return nil, fmt.Errorf("make the environment of conditions: %w", err)
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, errors.New(explain(text, env, issues, want))
	}
	if err := checkType(text, ast.OutputType(), want); err != nil {
		return nil, err
	}
	if want == yieldsKey && !asksAnything(text) {
		return nil, errors.New(sameForAll(text))
	}
	if err := checkPatterns(ast); err != nil {
		return nil, err
	}
	program, err := plan(env, ast, cel.OptOptimize)
	if err != nil {
		return nil, errors.New(explainPlan(text, err))
	}
	return program, nil
}

// plan makes a program of what was compiled. CEL computes what is constant here already, and panics over some of it: a
// group whose key is bytes.
func plan(env *cel.Env, ast *cel.Ast, how cel.EvalOption) (program cel.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			program, err = nil, fmt.Errorf("cannot be computed: %v", r)
		}
	}()
	if cost, err := env.EstimateCost(ast, nil); err == nil && cost.Max <= costLimit {
		return env.Program(ast, cel.EvalOptions(how)) // it stays below the limit whatever it sees, so nothing is counted
	}
	return env.Program(ast, cel.EvalOptions(how), cel.CostLimit(costLimit))
}

// checkType says what is wrong with an expression that yields something else than it must.
func checkType(text string, got *cel.Type, want expressionType) error {
	is := func(types ...*cel.Type) bool { return slices.ContainsFunc(types, got.IsExactType) }
	must, instead := "", ""
	switch {
	case is(cel.DynType) || want == yieldsAny:
	case want == yieldsBool && !is(cel.BoolType):
		must, instead = "true or false", "compare it with something"
	case want == yieldsTimestamp && !is(cel.TimestampType):
		must = "a moment"
		if moment := asMoment(strings.Trim(strings.TrimSpace(text), `"'`)); moment != "" {
			instead = "write " + moment
		}
	case want == yieldsKey && !is(cel.StringType, cel.IntType, cel.UintType, cel.DoubleType):
		must = "a text or a number"
	case want == yieldsNumber && !is(cel.IntType, cel.UintType, cel.DoubleType):
		must = "a number"
	}
	switch {
	case must == "":
		return nil
	case instead == "":
		return fmt.Errorf("must be %s, but is %s", must, typeWords(got.String()))
	}
	return fmt.Errorf("must be %s, but is %s, so %s", must, typeWords(got.String()), instead)
}
