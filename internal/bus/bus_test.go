package bus_test

import (
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"klantreis/internal/testserver"
)

func TestHintsReachEveryProcess(t *testing.T) {
	t.Parallel()
	addr := miniredis.RunT(t).Addr()
	sender, one, two := newProcess(t, addr), newProcess(t, addr), newProcess(t, addr)
	start(t, sender.Publish)
	start(t, one.Listen)
	start(t, two.Listen)
	wakeUntilHinted(t, sender, one)
	wakeUntilHinted(t, sender, two)
}

func TestManyCallsBecomeOneHint(t *testing.T) {
	t.Parallel()
	p := newProcess(t, miniredis.RunT(t).Addr())
	sub := p.client.Subscribe(t.Context(), channel)
	t.Cleanup(func() { require.NoError(t, sub.Close()) })
	_, err := sub.Receive(t.Context())
	require.NoError(t, err)
	messages := sub.Channel()
	for range 1000 {
		p.Woken()
	}
	start(t, p.Publish)
	require.Empty(t, receive(t, messages).Payload)
	require.NoError(t, p.client.Publish(t.Context(), channel, "after it").Err())
	require.Equal(t, "after it", receive(t, messages).Payload, "the only other message")
}

func TestHintsThatNobodyTakesBecomeOne(t *testing.T) {
	t.Parallel()
	addr := miniredis.RunT(t).Addr()
	sender, listener := newProcess(t, addr), newProcess(t, addr)
	start(t, sender.Publish)
	start(t, listener.Listen)
	wakeUntilHinted(t, sender, listener)
	for range 1000 {
		require.NoError(t, sender.client.Publish(t.Context(), channel, "").Err())
	}
	receive(t, listener.Hints())
	wakeUntilHinted(t, sender, listener)
	require.LessOrEqual(t, len(listener.Hints()), 1)
}

func TestHintsComeAgainAfterRedisWasAway(t *testing.T) {
	t.Parallel()
	server := testserver.StartRedis(t)
	sender, listener, late := newProcess(t, server.Addr), newProcess(t, server.Addr), newProcess(t, server.Addr)
	start(t, sender.Publish)
	start(t, listener.Listen)
	wakeUntilHinted(t, sender, listener)

	server.Stop()
	start(t, late.Listen)
	sender.Woken()
	require.Contains(t, receive(t, sender.log), "redis is away; dispatchers poll meanwhile")
	sender.Woken()

	server.Start()
	wakeUntilHinted(t, sender, late)
	select {
	case <-listener.Hints(): // This one may be from before.
	default:
	}
	wakeUntilHinted(t, sender, listener)
	require.Empty(t, sender.log, "it is said once")
}

func TestListeningEndsWithItsClient(t *testing.T) {
	t.Parallel()
	p := newProcess(t, miniredis.RunT(t).Addr())
	start(t, p.Publish)
	ended := make(chan error, 1)
	go func() { ended <- p.Listen(t.Context()) }()
	wakeUntilHinted(t, p, p)
	require.NoError(t, p.client.Close())
	require.NoError(t, receive(t, ended))
}
