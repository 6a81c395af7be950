// Package bus tells other processes through Redis that something may be new, quickly and without promise: whoever depends
// on it must also look by itself now and then. When Redis is away, hints are lost and nothing else.
package bus

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// wakeChannel is the Redis channel for hints about new wake rows.
const wakeChannel = "klantreis:woken"

// Bus publishes and receives hints.
type Bus struct {
	redis   *redis.Client
	log     *slog.Logger
	pending chan struct{}
	hints   chan struct{}
}

// New returns a bus on a Redis client, which stays the caller's.
func New(client *redis.Client, log *slog.Logger) *Bus {
	return &Bus{redis: client, log: log, pending: make(chan struct{}, 1), hints: make(chan struct{}, 1)}
}

// Woken says that there are new wake rows. It never blocks: many calls in a row become one hint.
func (b *Bus) Woken() { signal(b.pending) }

// Publish sends the hints on until ctx is done.
func (b *Bus) Publish(ctx context.Context) error {
	away := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-b.pending:
		}
		ctxOne, cancel := context.WithTimeout(ctx, time.Second)
		err := b.redis.Publish(ctxOne, wakeChannel, "").Err()
		cancel()
		if err != nil && !away && ctx.Err() == nil {
			b.log.WarnContext(ctx, "redis is away; dispatchers poll meanwhile", "error", err)
		}
		away = err != nil
	}
}

// Hints returns a channel that gets a value when wake rows may be new, while Listen runs. Hints that nobody takes become
// one. It is never closed.
func (b *Bus) Hints() <-chan struct{} { return b.hints }

// Listen receives hints until ctx is done. When Redis is away it subscribes again as soon as it is back.
func (b *Bus) Listen(ctx context.Context) error {
	return b.subscribe(ctx, wakeChannel, func() { signal(b.hints) })
}

// subscribe calls heard for each message of a channel until ctx is done.
func (b *Bus) subscribe(ctx context.Context, channel string, heard func()) error {
	sub := b.redis.Subscribe(ctx, channel)
	// Closing a subscription only fails when the connection is gone already.
	defer func() { _ = sub.Close() }()
	messages := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-messages:
			if !ok {
				return nil // The client was closed.
			}
			heard()
		}
	}
}

// signal puts a value into a channel for one, unless there is one.
func signal(one chan struct{}) {
	select {
	case one <- struct{}{}:
	default:
	}
}
