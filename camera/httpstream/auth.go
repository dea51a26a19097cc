package httpstream

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/icholy/digest"
)

// authenticator answers a camera that asks for credentials: with Digest if the camera
// offers it, else with Basic. It sends nothing before the camera asks.
type authenticator struct {
	user *url.Userinfo // nil: none

	basic     bool
	challenge *digest.Challenge
	count     int // of requests with this challenge
}

// challenged remembers the challenge in the headers of an answer. It reports whether the
// challenge can be answered.
func (a *authenticator) challenged(h http.Header) bool {
	if a.user == nil {
		return false
	}
	if challenge, err := digest.FindChallenge(h); err == nil {
		a.challenge, a.basic, a.count = challenge, false, 0
		return true
	}
	for _, text := range h.Values("WWW-Authenticate") {
		if scheme, _, _ := strings.Cut(strings.TrimSpace(text), " "); strings.EqualFold(scheme, "Basic") {
			a.challenge, a.basic = nil, true
			return true
		}
	}
	return false
}

// sign adds the credentials that the camera asked for.
func (a *authenticator) sign(req *http.Request) error {
	if a.user == nil {
		return nil
	}
	password, _ := a.user.Password()
	switch {
	case a.basic:
		req.SetBasicAuth(a.user.Username(), password)
	case a.challenge != nil:
		a.count++
		credentials, err := digest.Digest(a.challenge, digest.Options{
			Method: req.Method, URI: req.URL.RequestURI(), Count: a.count, Username: a.user.Username(), Password: password,
		})
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", credentials.String())
	}
	return nil
}
