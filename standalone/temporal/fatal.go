package temporal

import (
	"fmt"

	"go.temporal.io/server/common/log/tag"
)

// fatalError is why the server could not go on.
type fatalError struct {
	msg   string
	cause error
}

// newFatalError makes an error of what the server logged, with the cause that is among the tags.
func newFatalError(msg string, tags []tag.Tag) *fatalError {
	fatal := &fatalError{msg: msg}
	for _, t := range tags {
		if z, ok := t.(tag.ZapTag); ok {
			if err, ok := z.Field().Interface.(error); ok {
				fatal.cause = err
			}
		}
	}
	return fatal
}

// Error implements error.
func (e *fatalError) Error() string {
	if e.cause == nil {
		return e.msg
	}
	return fmt.Sprintf("%s: %v", e.msg, e.cause)
}

// Unwrap returns the error that the server met.
func (e *fatalError) Unwrap() error { return e.cause }
