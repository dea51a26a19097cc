package httpstream

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Target is a camera's address and how it is read.
type Target struct {
	// URL is absolute, http or https, without user and password.
	URL *url.URL

	// User is nil when the camera asks for none.
	User *url.Userinfo

	// Interval is the time between two pictures of an address that answers
	// with one.
	Interval time.Duration

	// Limit is the largest picture in bytes.
	Limit int64
}

// ErrAddress says that an address is not one of a camera.
var ErrAddress = errors.New("not an address of a camera")

// ParseTarget reads an address like http://user:password@host:8080/stream.
// Its errors do not hold the password.
func ParseTarget(address string) (Target, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		// The error of url.Parse quotes the address.
		return Target{}, fmt.Errorf("%w: write http://HOST/PATH, or http://USER:PASSWORD@HOST/PATH with all but letters and digits of the password in percent form (@ is %%40)", ErrAddress)
	case u.Hostname() == "":
		return Target{}, fmt.Errorf("%w: the host is missing, write http://HOST/PATH", ErrAddress)
	case u.Opaque != "" || u.Scheme != "http" && u.Scheme != "https":
		return Target{}, fmt.Errorf("%w: write http://HOST/PATH", ErrAddress)
	}
	t := Target{User: u.User}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	t.URL = u
	return t, nil
}
