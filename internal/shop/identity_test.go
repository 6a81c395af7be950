package shop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGuests(t *testing.T) {
	t.Parallel()
	jan := GuestUserID(" Jan@Example.com ")
	require.Equal(t, jan, GuestUserID("jan@example.com"))
	require.NotEqual(t, jan, GuestUserID("piet@example.com"))
	require.True(t, IsGuest(jan))
	require.NotContains(t, jan, "jan")
	for _, none := range []string{"", "guest", "jan", "Jan <jan@example.com>", "@", "\x00@x"} {
		require.Empty(t, GuestUserID(none), none)
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	require.Equal(t, "shop/nl/order/5001/completed", MessageID("nl", "order", "5001", "completed"))
	long := MessageID("nl", "order", "a very long id that could be anything at all", "x")
	require.LessOrEqual(t, len(long), 100)
	require.NotEqual(t, MessageID("nl", "a/b", "c", "d"), MessageID("nl", "a", "b/c", "d"))
}
