package temporal

import (
	"context"
	"fmt"
	"log/slog"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger passes the server's warnings and errors on to slog. What the server says below that is for its own developers.
type logger struct {
	slog *slog.Logger
}

var _ log.Logger = logger{}

// Debug implements log.Logger.
func (l logger) Debug(string, ...tag.Tag) {}

// Info implements log.Logger.
func (l logger) Info(string, ...tag.Tag) {}

// Warn implements log.Logger.
func (l logger) Warn(msg string, tags ...tag.Tag) { l.log(slog.LevelWarn, msg, tags) }

// Error implements log.Logger.
func (l logger) Error(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// DPanic implements log.Logger. The server means a panic only while it is being developed.
func (l logger) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// Panic implements log.Logger.
func (l logger) Panic(msg string, tags ...tag.Tag) { panic(newFatalError(msg, tags)) }

// Fatal implements log.Logger. The server calls it when it cannot go on and wants the process to end. While it starts,
// the panic becomes the error of Start.
func (l logger) Fatal(msg string, tags ...tag.Tag) { panic(newFatalError(msg, tags)) }

func (l logger) log(level slog.Level, msg string, tags []tag.Tag) {
	ctx := context.Background()
	if !l.slog.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attrs[i] = slog.Any(t.Key(), t.Value())
	}
	l.slog.LogAttrs(ctx, level, msg, attrs...)
}

// fatalError is why the server could not go on.
type fatalError struct {
	msg   string
	cause error
}

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
