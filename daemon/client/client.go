package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"time"
)

// Client sends requests to a service and reads its answers.
type Client struct {
	http    http.Client
	address string // for messages
}

// New makes a client of the process that owns the store in that folder. It
// connects with the first request.
func New(dir string) *Client {
	socket := filepath.Join(dir, SocketName)
	dial := func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		err = AtShortPath(socket, func(short string) (err error) {
			conn, err = (&net.Dialer{}).DialContext(ctx, "unix", short)
			return err
		})
		return conn, err
	}
	return Over(&http.Transport{DialContext: dial, MaxIdleConnsPerHost: 4}, socket)
}

// Over makes a client that sends its requests over a transport. The address stands
// for the service in messages.
func Over(transport http.RoundTripper, address string) *Client {
	return &Client{http.Client{Transport: transport}, address}
}

// Close drops the connections that are kept for the next request. The client
// can be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// reachablePatience bounds how long Reachable waits for the answer.
const reachablePatience = 5 * time.Second

// Reachable reports whether the service answers.
func (c *Client) Reachable(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, reachablePatience)
	defer cancel()
	_, err := c.Status(ctx)
	return err == nil
}

// Do sends a request. It returns the response if its status is 200. The caller closes
// its body. The error is a [RemoteError] for any other status.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	target := url.URL{Scheme: "http", Host: "edgeclr", Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		var address *url.Error
		if errors.As(err, &address) { // the URL in it is not real and would mislead
			err = address.Err
		}
		return nil, fmt.Errorf("asking the service that owns the store, at %s: %w", c.address, err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	problem := Problem{Code: CodeFailed, Message: response.Status}
	// A body that is not a problem leaves the status as the message.
	_ = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&problem)
	return nil, &RemoteError{problem}
}

// Call sends a request and decodes the JSON of the answer.
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader, answer any) error {
	response, err := c.Do(ctx, method, path, query, contentType, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("reading the service's answer to %s %s: %w", method, path, err)
	}
	return nil
}
