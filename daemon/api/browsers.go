package api

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"edgeclr/daemon/client"
)

// fromBrowsers protects a TCP address from web pages. The address has no
// authentication, and a page in a browser on this machine can reach loopback.
//
// A page of another site can neither change anything nor show an answer, for
// example a picture. On loopback, a Host that does not name this machine is refused
// too. Otherwise a site could let its own name resolve to 127.0.0.1 (DNS
// rebinding), and its pages would be of the same origin. Bound is the address of
// the listener; listen is the address as configured.
func (a *API) fromBrowsers(next http.Handler, bound net.Addr, listen string) http.Handler {
	deny := func(w http.ResponseWriter, why string) { a.fail(w, fmt.Errorf("%w: %s", client.ErrForbidden, why)) }
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		deny(w, "a web page of another site made this request")
	}))
	protected := origin.Handler(next)
	anyName := !isLoopback(bound) // on a network, this machine may have any name
	own, _, _ := net.SplitHostPort(listen)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !anyName && !isLocalName(r.Host, own) {
			deny(w, fmt.Sprintf("the Host %q does not name this machine: ask for http://%s; a reverse proxy must send that address, or localhost, as Host", r.Host, bound))
			return
		}
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		protected.ServeHTTP(w, r)
	})
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// isLocalName reports whether a Host header names this machine in a way that no
// site can fake: by an IP address, as localhost, or by own, the host of the
// configured address.
func isLocalName(host, own string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if net.ParseIP(host) != nil || strings.EqualFold(host, "localhost") {
		return true
	}
	return host == "" || own != "" && strings.EqualFold(host, own) // browsers always send a Host
}
