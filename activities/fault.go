package activities

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// FaultCode says in one word why no decision is possible.
type FaultCode string

// The codes of faults.
const (
	// FaultPanic: the core panicked.
	FaultPanic FaultCode = "panic"
	// FaultUnreadable: what is stored is not what was once written.
	FaultUnreadable FaultCode = "unreadable"
	// FaultUnwritable: the record refused what was decided.
	FaultUnwritable FaultCode = "unwritable"
)

// Fault says that something is wrong with what is to be decided about: an event, or what is known of the customer. Other
// than an error of the record it will be there at the next try too.
//
// Its text is only the code, because errors of activities stay in Temporal's histories, where nothing personal may be. For
// the same reason it wraps no error.
type Fault struct {
	// Code says what it is.
	Code FaultCode
	// Detail says it for people who may see the record.
	Detail string
}

// Error implements error.
func (f *Fault) Error() string {
	return "nothing can be decided with what is stored: " + string(f.Code)
}

// core calls the core of the engine. A panic there becomes a Fault, and its stack goes to the log.
func core[T any](ctx context.Context, a *Activities, customerID string, call func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.Log.ErrorContext(ctx, "the core panicked", "customer", customerID, "panic", p, "stack", string(debug.Stack()))
			err = &Fault{Code: FaultPanic, Detail: fmt.Sprint(p)}
		}
	}()
	return call()
}

// logFault writes down why a customer cannot be decided about, which the error itself does not say.
func (a *Activities) logFault(ctx context.Context, customerID string, err error) {
	if fault := (*Fault)(nil); errors.As(err, &fault) {
		a.Log.ErrorContext(ctx, "a customer cannot be decided about; trying again", "customer", customerID, "code", fault.Code, "detail", fault.Detail)
	}
}
