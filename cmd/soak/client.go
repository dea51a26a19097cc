package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// client speaks to the daemon over its socket. It is its own, since that of
// package daemon brings TensorFlow with it.
type client struct{ http http.Client }

func newClient(data string) *client {
	socket := filepath.Join(data, "edgeclr.sock")
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &client{http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: time.Minute}}
}

func (c *client) Close() { c.http.CloseIdleConnections() }

// do sends a request and reads the whole answer, which must be a success.
func (c *client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://edgeclr"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	return text, err
}

// query asks for the nearest frames and tells how long the answer took.
func (c *client) query(ctx context.Context, picture []byte) (time.Duration, error) {
	begin := time.Now()
	_, err := c.do(ctx, http.MethodPost, "/v1/query?k=5", picture)
	return time.Since(begin), err
}

// pause holds the learner.
func (c *client) pause(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodPost, "/v1/pause", nil)
	return err
}

// metrics reads all of them.
func (c *client) metrics(ctx context.Context) (metrics, error) {
	text, err := c.do(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading the metrics: %w", err)
	}
	return metrics(families), nil
}
