package journey

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
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
		return nil, fmt.Errorf("%s", describeIssues(issues))
	}
	if err := checkType(ast.OutputType(), want); err != nil {
		return nil, err
	}
	if err := checkPatterns(ast); err != nil {
		return nil, err
	}
	return plan(env, ast, cel.OptOptimize)
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

func describeIssues(issues *cel.Issues) string {
	var texts []string
	for _, e := range issues.Errors() {
		texts = append(texts, fmt.Sprintf("%s (column %d)", describeIssue(e), e.Location.Column()+1))
	}
	return strings.Join(texts, "; ")
}

var undefinedField = regexp.MustCompile(`^undefined field '(.+)'$`)

// describeIssue says what CEL says, but for a field that does not exist: only customer has fields.
func describeIssue(e *common.Error) string {
	match := undefinedField.FindStringSubmatch(e.Message)
	if match == nil {
		return e.Message
	}
	text := "customer has no field " + match[1]
	if hint := suggest(match[1], customerFields()); hint != "" {
		text += ", " + hint
	}
	return text
}

func customerFields() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Customer]()) {
		names = append(names, field.Tag.Get("cel"))
	}
	return names
}

func checkType(got *cel.Type, want expressionType) error {
	if got.IsExactType(cel.DynType) {
		return nil
	}
	switch want {
	case yieldsBool:
		if !got.IsExactType(cel.BoolType) {
			return fmt.Errorf("must be true or false, but is of type %s", got)
		}
	case yieldsTimestamp:
		if !got.IsExactType(cel.TimestampType) {
			return fmt.Errorf("must be a timestamp, but is of type %s", got)
		}
	case yieldsKey:
		switch {
		case got.IsExactType(cel.StringType), got.IsExactType(cel.IntType), got.IsExactType(cel.UintType), got.IsExactType(cel.DoubleType):
		default:
			return fmt.Errorf("must be a text or a number, but is of type %s", got)
		}
	case yieldsNumber:
		switch {
		case got.IsExactType(cel.IntType), got.IsExactType(cel.UintType), got.IsExactType(cel.DoubleType):
		default:
			return fmt.Errorf("must be a number, but is of type %s", got)
		}
	case yieldsAny:
	}
	return nil
}
