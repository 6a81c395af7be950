package testserver

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// redisClient returns a client that is closed when the test ends and does not retry.
func redisClient(t *testing.T, addr string) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func TestRedisServersAreApart(t *testing.T) {
	t.Parallel()
	first, second := redisClient(t, Redis(t)), redisClient(t, Redis(t))
	require.NoError(t, first.Set(t.Context(), "key", "value", 0).Err())
	require.Equal(t, redis.Nil, second.Get(t.Context(), "key").Err())
}

func TestRedisStopAndStart(t *testing.T) {
	t.Parallel()
	server := StartRedis(t)
	client := redisClient(t, server.Addr)
	require.NoError(t, client.Set(t.Context(), "key", "value", 0).Err())

	server.Stop()
	server.Stop()
	require.Error(t, client.Ping(t.Context()).Err())

	server.Start()
	server.Start()
	value, err := client.Get(t.Context(), "key").Result()
	require.NoError(t, err)
	require.Equal(t, "value", value)
}
