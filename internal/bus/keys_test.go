package bus_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
)

func TestEveryProcessHearsThatKeysChanged(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	sender, listener := newProcess(t, server.Addr()), newProcess(t, server.Addr())
	heard := make(chan struct{}, 100)
	start(t, func(ctx context.Context) error {
		return listener.ListenForKeys(ctx, func() { heard <- struct{}{} })
	})
	subscribed := func() bool { return server.PubSubNumSub("klantreis:keys")["klantreis:keys"] == 1 }
	require.Eventually(t, subscribed, patience, time.Millisecond)
	require.NoError(t, sender.KeysChanged(t.Context()))
	receive(t, heard)

	server.Close()
	require.ErrorContains(t, sender.KeysChanged(t.Context()), "hint that the write keys changed")
}
