package app

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/redis/go-redis/v9"

	"klantreis/internal/limits"
)

const (
	// A name is tried ten times at once and then once a minute; an address, behind which there may be a whole office,
	// thirty times and then twice a minute.
	nameBurst, nameEach       = 10, time.Minute
	addressBurst, addressEach = 30, 30 * time.Second
	// limitWithin is how long Redis may take. Nobody minds it: checking a password takes about as long.
	limitWithin = 2 * time.Second
)

// loginLimit bounds how often anybody tries to sign in. Every try counts in this process, and in Redis for all processes
// together; when Redis is away the first still holds.
type loginLimit struct {
	names, addresses *tries
}

func newLoginLimit(client *redis.Client, now func() time.Time, log *slog.Logger) *loginLimit {
	of := func(what string, burst int, each time.Duration) *tries {
		return &tries{
			here: limits.NewLocal(each, burst, now),
			everywhere: limits.New(limits.Options{
				Redis: client, Name: "login:" + what, PerSecond: 1 / each.Seconds(), Burst: burst, Now: now, Log: log, AnswerWithin: limitWithin,
			}),
		}
	}
	return &loginLimit{names: of("name", nameBurst, nameEach), addresses: of("address", addressBurst, addressEach)}
}

// allow counts a try and answers true, or answers after how long the next one may be.
func (l *loginLimit) allow(ctx context.Context, name, from string) (time.Duration, bool) {
	if after, ok := l.addresses.allow(ctx, network(from)); !ok {
		return after, false
	}
	return l.names.allow(ctx, name)
}

// tries counts tries by a key, of which only a hash is kept: people type their passwords into the wrong field.
type tries struct {
	here       *limits.Local
	everywhere *limits.Limiter
}

func (t *tries) allow(ctx context.Context, key string) (time.Duration, bool) {
	key = hashKey(key)
	if after, ok := t.here.Allow(key); !ok {
		return after, false
	}
	return t.everywhere.Allow(ctx, key, 1)
}

// network returns what one sender has for themselves: an IPv4 address, or 64 bits of an IPv6 one.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return addr.String()
	}
	const bits = 64
	prefix, _ := addr.Prefix(bits) // It cannot fail: every IPv6 address has so many bits.
	return prefix.String()
}
