package temporal

import (
	"context"
	"log/slog"
	"sync"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// phase is how far the server is in its life.
type phase int

const (
	starting phase = iota
	running
	stopping
)

// heldAtMost is how many records are held while the server starts.
const heldAtMost = 100

// logger passes the server's warnings and errors on to slog; what it says below that is for its own developers.
//
// While its services come and go they miss each other, and say so. Those remarks are held back while it starts, told
// when the start fails, and dropped while it stops.
type logger struct {
	slog *slog.Logger

	mu    sync.Mutex
	phase phase
	held  []record
}

// record is one thing that the server said.
type record struct {
	level slog.Level
	msg   string
	attrs []slog.Attr
}

var _ log.Logger = (*logger)(nil)

func newLogger(to *slog.Logger) *logger { return &logger{slog: to} }

// Debug implements log.Logger.
func (l *logger) Debug(string, ...tag.Tag) {}

// Info implements log.Logger.
func (l *logger) Info(string, ...tag.Tag) {}

// Warn implements log.Logger.
func (l *logger) Warn(msg string, tags ...tag.Tag) { l.log(slog.LevelWarn, msg, tags) }

// Error implements log.Logger.
func (l *logger) Error(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// DPanic implements log.Logger. The server means a panic only while it is being developed.
func (l *logger) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// Panic implements log.Logger.
func (l *logger) Panic(msg string, tags ...tag.Tag) { panic(newFatalError(msg, tags)) }

// Fatal implements log.Logger. The server calls it when it cannot go on and wants the process to end. While it starts,
// the panic becomes the error of Start.
func (l *logger) Fatal(msg string, tags ...tag.Tag) { panic(newFatalError(msg, tags)) }

// running says that the start has succeeded.
func (l *logger) running() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase, l.held = running, nil
}

// failed says that the start has failed, and tells what was held back.
func (l *logger) failed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.held {
		l.write(r)
	}
	l.phase, l.held = running, nil
}

// stopping says that the services are about to go.
func (l *logger) stopping() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase = stopping
}

func (l *logger) log(level slog.Level, msg string, tags []tag.Tag) {
	r := record{level: level, msg: msg, attrs: make([]slog.Attr, len(tags))}
	for i, t := range tags {
		r.attrs[i] = slog.Any(t.Key(), t.Value())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.phase == running:
		l.write(r)
	case l.phase == starting && len(l.held) < heldAtMost:
		l.held = append(l.held, r)
	}
}

func (l *logger) write(r record) {
	l.slog.LogAttrs(context.Background(), r.level, r.msg, r.attrs...)
}
