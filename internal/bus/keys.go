package bus

import (
	"context"
	"fmt"
	"time"
)

const (
	// keyChannel is the Redis channel for hints that the write keys changed.
	keyChannel = "klantreis:keys"
	// hintTimeout is how long a hint may take.
	hintTimeout = time.Second
)

// KeysChanged tells every process that a write key was made or revoked. An error says that nobody was told.
func (b *Bus) KeysChanged(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hintTimeout)
	defer cancel()
	if err := b.redis.Publish(ctx, keyChannel, "").Err(); err != nil {
		return fmt.Errorf("hint that the write keys changed: %w", err)
	}
	return nil
}

// ListenForKeys calls changed whenever the write keys changed, until ctx is done.
func (b *Bus) ListenForKeys(ctx context.Context, changed func()) error {
	return b.subscribe(ctx, keyChannel, changed)
}
