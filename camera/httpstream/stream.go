package httpstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"edgeclr/camera/mjpeg"
)

// Stream is an open connection to a camera. It is not safe for concurrent use.
type Stream struct {
	client *client
	cancel context.CancelFunc // of every request
	next   func(ctx context.Context) ([]byte, error)
	body   io.Closer // of the current answer, nil for none
}

// Open connects to the camera and waits for the header of its answer. ctx bounds only
// that. The caller must close the stream.
func Open(ctx context.Context, t Target) (*Stream, error) {
	life, cancel := context.WithCancel(context.Background())
	s := &Stream{client: newClient(t), cancel: cancel}
	opening := context.AfterFunc(ctx, cancel)
	resp, err := s.client.get(life)
	if !opening() { // this is the cause of any err
		err = fmt.Errorf("the camera does not answer in time: %w", ctx.Err())
	}
	if resp != nil {
		s.body = resp.Body
	}
	if err == nil {
		err = s.read(life, resp)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// read chooses how to read the pictures from the Content-Type of the answer.
func (s *Stream) read(life context.Context, resp *http.Response) error {
	header, limit := resp.Header.Get("Content-Type"), s.client.target.Limit
	kind, parameters, _ := strings.Cut(header, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case strings.HasPrefix(kind, "multipart/"):
		parts := mjpeg.NewMultipart(resp.Body, boundary(parameters), limit)
		s.next = func(context.Context) ([]byte, error) { return parts.Next() }
	case strings.HasPrefix(kind, "image/"):
		s.next = (&stills{stream: s, life: life, first: resp}).next
	case kind == "", kind == "application/octet-stream", strings.HasPrefix(kind, "video/") && strings.HasSuffix(kind, "jpeg"):
		pictures := mjpeg.NewReader(resp.Body, limit)
		s.next = func(context.Context) ([]byte, error) { return pictures.Next() }
	default:
		return fmt.Errorf("the address answers with %.60q, which is neither an MJPEG stream nor a picture; the camera's manual names the path of the MJPEG stream", header)
	}
	return nil
}

// boundary returns the value of the parameter "boundary". It accepts forms that cameras
// write and package mime refuses.
func boundary(parameters string) string {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "boundary") {
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return ""
}

// Next waits for the next picture. The caller owns its bytes. When ctx ends, the stream
// ends too. After an error of package mjpeg, which is about a single picture, Next may be
// called again. Every other error ends the stream.
func (s *Stream) Next(ctx context.Context) ([]byte, error) {
	stop := context.AfterFunc(ctx, s.cancel)
	defer stop()
	data, err := s.next(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("the camera ended its stream: %w", err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return nil, fmt.Errorf("the connection to the camera broke: %w", err)
	}
	return data, err
}

// Close ends the stream and its connections.
func (s *Stream) Close() error {
	s.cancel()
	if s.body != nil {
		s.body.Close() // its error comes from cancel
	}
	s.client.close()
	return nil
}

// Target is a camera's address and how to read it.
type Target struct {
	// URL is absolute, http or https, without user and password.
	URL *url.URL

	// User is nil when the camera asks for none.
	User *url.Userinfo

	// Interval is the time between two requests of a still.
	Interval time.Duration

	// Limit is the largest picture in bytes.
	Limit int64
}

// ErrAddress is returned when the address cannot be that of a camera.
var ErrAddress = errors.New("not an address of a camera")

// ParseTarget parses an address like http://user:password@host:8080/stream.
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
