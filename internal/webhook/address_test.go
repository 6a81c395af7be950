package webhook

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "::ffff:8.8.8.8": true,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "172.32.0.1": true, "192.168.1.1": false,
		"127.0.0.1": false, "127.255.255.254": false, "0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false,
		"169.254.169.254": false, "169.254.170.2": false, "100.64.0.1": false, "100.100.100.200": false, "100.128.0.1": true,
		"168.63.129.16": false, "192.0.0.192": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false,
		"203.0.113.1": false, "224.0.0.1": false, "240.0.0.1": false, "192.88.99.1": false,
		"::": false, "::1": false, "fe80::1": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "fec0::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false,
		"64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "3fff::1": false, "100::1": false,
	} {
		require.Equal(t, want, public(netip.MustParseAddr(address)), address)
	}
}

func TestTheGuardTakesNothingThatItCannotRead(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "example.com:443", "8.8.8.8", "/run/docker.sock"} {
		require.ErrorIs(t, guard("tcp", address, nil), errInside, address)
	}
	require.NoError(t, guard("tcp", "8.8.8.8:443", nil))
	require.NoError(t, guard("tcp6", "[2606:4700::1111]:443", nil))
	require.ErrorIs(t, guard("tcp6", "[fe80::1%eth0]:443", nil), errInside)
}
