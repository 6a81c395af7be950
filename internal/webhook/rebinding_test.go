package webhook

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

// rebinding is a name server that answers another address at every question about one name: first a public one, as if
// somebody checked, and from then on one inside.
type rebinding struct {
	conn   net.PacketConn
	asked  atomic.Int32
	inside netip.Addr
}

func newRebinding(t *testing.T, inside string) *rebinding {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	r := &rebinding{conn: conn, inside: netip.MustParseAddr(inside)}
	go r.serve()
	return r
}

func (r *rebinding) serve() {
	packet := make([]byte, 1500)
	for {
		n, from, err := r.conn.ReadFrom(packet)
		if err != nil {
			return // The test has ended.
		}
		_, _ = r.conn.WriteTo(r.answer(packet[:n]), from) // A lost answer is asked for again.
	}
}

// answer repeats the question and adds an address, when one of that family was asked for.
func (r *rebinding) answer(question []byte) []byte {
	const header = 12
	end := header
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the root, the type and the class
	kind := binary.BigEndian.Uint16(question[end-4:])
	out := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[header:end]...)
	addr := r.inside
	if kind == 1 && r.asked.Add(1) == 1 {
		addr = netip.MustParseAddr("93.184.215.14")
	}
	if family := map[uint16]int{1: 32, 28: 128}[kind]; family != addr.BitLen() {
		return out
	}
	out[7] = 1
	data := addr.AsSlice()
	out = append(out, 0xc0, header, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(data)))
	return append(out, data...)
}

// TestRebinding: it does not help a name to have meant something else before. The address itself is looked at, when the
// connection is made.
func TestRebinding(t *testing.T) {
	t.Parallel()
	calls := atomic.Int32{}
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(receiver.Close)
	port := receiver.URL[strings.LastIndex(receiver.URL, ":"):]
	for _, inside := range []string{"127.0.0.1", "169.254.169.254", "10.0.0.1", "0.0.0.0", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"} {
		t.Run(inside, func(t *testing.T) {
			t.Parallel()
			names := newRebinding(t, inside)
			resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "udp", names.conn.LocalAddr().String())
			}}
			first, err := resolver.LookupNetIP(t.Context(), "ip4", "hooks.shop.example.")
			require.NoError(t, err)
			require.True(t, public(first[0]), "whoever checks first is content")

			client, err := New(Options{Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Now: time.Now})
			require.NoError(t, err)
			client.http.Transport = newTransport(false, resolver)
			err = client.Call(t.Context(), activities.WebhookCall{ID: "m_1", URL: "https://hooks.shop.example." + port, Body: []byte("{}")})
			fault, ok := errors.AsType[*activities.WebhookError](err)
			require.True(t, ok, "%v", err)
			require.True(t, fault.Final)
			require.Equal(t, errInside.Error(), fault.Message)
		})
	}
	t.Cleanup(func() { require.Zero(t, calls.Load()) })
}
