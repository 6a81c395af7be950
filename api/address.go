package api

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the addresses whose word is taken for whom they speak for.
type proxies []netip.Prefix

// from returns the address of who asks. A proxy of ours says it in X-Forwarded-For, to whose end each proxy adds the
// address that it was asked from; what stands before the first one that is not ours anybody can have made up.
func (p proxies) from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !p.contain(host) {
		return host
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(chain) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		host = addr.Unmap().String()
		if !p.contain(host) {
			break
		}
	}
	return host
}

func (p proxies) contain(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr.Unmap().WithZone("")) })
}
