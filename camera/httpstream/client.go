package httpstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"
)

const (
	dialTimeout    = 5 * time.Second
	tlsTimeout     = 5 * time.Second
	headerTimeout  = 10 * time.Second
	maxHeaderBytes = 64 << 10
	maxRedirects   = 5
)

// client sends requests to one camera. It has its own connections, so that close leaves
// none open.
type client struct {
	target    Target
	transport *http.Transport
	auth      authenticator
}

func newClient(t Target) *client {
	return &client{
		target: t,
		// No proxy: cameras are in the local network. No HTTP/2: a stream fills a
		// connection by itself.
		transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			DisableCompression:     true,
			MaxIdleConns:           1,
			IdleConnTimeout:        time.Minute,
		},
		auth: authenticator{user: t.User},
	}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// get requests the target and follows redirects. The answer has status 200.
func (c *client) get(ctx context.Context) (*http.Response, error) {
	at := c.target.URL
	for range maxRedirects + 1 {
		resp, err := c.fetch(ctx, at)
		if err != nil {
			return nil, explain(err)
		}
		if resp.StatusCode == http.StatusOK {
			return resp, nil
		}
		resp.Body.Close()
		if resp.StatusCode/100 != 3 || resp.Header.Get("Location") == "" {
			return nil, c.statusError(resp)
		}
		if at, err = at.Parse(resp.Header.Get("Location")); err != nil || at.Scheme != "http" && at.Scheme != "https" {
			return nil, fmt.Errorf("the camera redirects to something that is not an address; give the address of the stream itself")
		}
		at.User = nil
	}
	return nil, fmt.Errorf("the camera redirects more than %d times; give the address of the stream itself", maxRedirects)
}

// fetch requests an address, and again with credentials when the camera asks for them.
func (c *client) fetch(ctx context.Context, at *url.URL) (*http.Response, error) {
	trusted := c.trusts(at)
	for again := false; ; again = true {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
		if err != nil {
			return nil, err
		}
		req.Header.Set("User-Agent", "edgeclr")
		req.Header.Set("Accept", "multipart/x-mixed-replace, image/jpeg, image/*;q=0.8, */*;q=0.5")
		if trusted {
			if err := c.auth.sign(req); err != nil {
				return nil, err
			}
		}
		resp, err := c.transport.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusUnauthorized || again || !trusted || !c.auth.challenged(resp.Header) {
			return resp, nil
		}
		// Reading the rest lets the connection be used again; some cameras limit the
		// number of connections.
		_, _ = io.CopyN(io.Discard, resp.Body, 4096)
		resp.Body.Close()
	}
}

// trusts reports whether credentials may be sent there: to the camera's own host, on any
// port, and not from https to http.
func (c *client) trusts(at *url.URL) bool {
	return at.Hostname() == c.target.URL.Hostname() && (at.Scheme == "https" || c.target.URL.Scheme == "http")
}

// statusError says what the status of an answer means.
func (c *client) statusError(resp *http.Response) error {
	switch {
	case resp.StatusCode == http.StatusUnauthorized && c.target.User == nil:
		return errors.New("the camera asks for a user and a password; write them as http://USER:PASSWORD@HOST/PATH")
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("the camera refuses this user and password (%s)", resp.Status)
	case resp.StatusCode == http.StatusNotFound:
		return fmt.Errorf("the camera has nothing at %s (%s); its manual names the path of the MJPEG stream", c.target.URL.Path, resp.Status)
	}
	return fmt.Errorf("the camera answers %s", resp.Status)
}

// explain adds a remedy to an error of the network.
func explain(err error) error {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var lookup *net.DNSError
	switch {
	case errors.As(err, &certificate):
		return fmt.Errorf("the camera's certificate is not trusted: %w; add it to those of the system (update-ca-certificates), name a file with it in SSL_CERT_FILE, or use http", err)
	case errors.As(err, &record):
		return fmt.Errorf("%w; the camera does not speak TLS at this port: write http", err)
	case errors.As(err, &lookup):
		return fmt.Errorf("%w; is the name right? An address in numbers works too", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w; the host is there, and no camera at this port", err)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w; is the camera on, and can this board reach it?", err)
	}
	return err
}
