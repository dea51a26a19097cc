package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// client sends requests to the daemon over its socket. It does not use daemon/client, so
// that a fault in that package cannot hide a fault of the daemon.
type client struct{ http http.Client }

func newClient(data string) *client {
	socket := filepath.Join(data, "edgeclr.sock")
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &client{http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: time.Minute}}
}

func (c *client) Close() { c.http.CloseIdleConnections() }

// do sends a request and reads the whole answer. A status other than 200 is an error.
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

// query asks for the nearest frames and returns how long the answer took.
func (c *client) query(ctx context.Context, picture []byte) (time.Duration, error) {
	begin := time.Now()
	_, err := c.do(ctx, http.MethodPost, "/v1/query?k=5", picture)
	return time.Since(begin), err
}

// pause pauses the learner.
func (c *client) pause(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodPost, "/v1/pause", nil)
	return err
}

// metrics reads all metrics.
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

// metrics is the result of one scrape, by the name of the metric.
type metrics map[string]*dto.MetricFamily

// value returns the sum of a metric over all its labels, 0 when it is missing.
func (m metrics) value(name string) float64 {
	sum := 0.0
	for _, x := range m[name].GetMetric() {
		sum += number(x)
	}
	return sum
}

// ofSource returns a metric of the source whose URI begins with source; 0 if it is missing.
func (m metrics) ofSource(name, source string) float64 {
	for _, x := range m[name].GetMetric() {
		if strings.HasPrefix(label(x, "source"), source) {
			return number(x)
		}
	}
	return 0
}

// state returns the state of the source whose URI begins with source, "" if there is none.
func (m metrics) state(source string) string {
	for _, x := range m["edgeclr_source_state"].GetMetric() {
		if strings.HasPrefix(label(x, "source"), source) && number(x) == 1 {
			return label(x, "state")
		}
	}
	return ""
}

func label(x *dto.Metric, name string) string {
	for _, pair := range x.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}

// number returns the value of a gauge or counter.
func number(x *dto.Metric) float64 {
	switch {
	case x.Gauge != nil:
		return x.Gauge.GetValue()
	case x.Counter != nil:
		return x.Counter.GetValue()
	}
	return x.GetUntyped().GetValue()
}
