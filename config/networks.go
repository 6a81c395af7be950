package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Networks are addresses and networks with commas between them, such as "10.0.0.0/8,192.0.2.7".
type Networks []netip.Prefix

// Prefixes returns them as networks.
func (n Networks) Prefixes() []netip.Prefix { return n }

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *Networks) UnmarshalText(text []byte) error {
	*n = nil
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			addr, err := netip.ParseAddr(part)
			if err != nil {
				return fmt.Errorf("%q must be an address or a network, such as 10.0.0.0/8", part)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		*n = append(*n, prefix.Masked())
	}
	return nil
}
