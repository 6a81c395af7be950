package webhook

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// errInside says that a host is at an address that is not to be called.
var errInside = errors.New("its host has an address inside a network, which is not called (--webhook-allow-private)")

// inside are the addresses that look public and are not: shared by providers (among them the metadata services of some
// clouds), reserved, for documentation and tests, or holding another address that would be reached through them.
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("168.63.129.16/32"), // the host of a virtual machine in Azure
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
}

// globalIPv6 holds every IPv6 address that is given out. Addresses that stand for IPv4 ones (NAT64, for example) are
// outside of it.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// public tells whether an address is on the internet.
func public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() || addr.Is6() && !globalIPv6.Contains(addr) {
		return false
	}
	for _, prefix := range inside {
		if prefix.Contains(addr) {
			return false
		}
	}
	return true
}

// guard is asked about every connection before it is made. The name has been looked up by then, so that a name cannot mean
// one address when it is checked and another one when it is called.
func guard(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errInside, err)
	}
	if !public(target.Addr()) {
		return errInside
	}
	return nil
}
