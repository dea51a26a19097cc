package api

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"edgeclr/daemon/client"
)

// collector implements prometheus.Collector. It reads the status once for each
// scrape.
type collector struct {
	status   func() (client.Status, error)
	readings []reading
	descs    []*prometheus.Desc // one for each reading
}

func newCollector(status func() (client.Status, error), readings []reading) *collector {
	c := &collector{status: status, readings: readings}
	for _, r := range readings {
		c.descs = append(c.descs, prometheus.NewDesc(r.name, r.help, r.labels, nil))
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	st, err := c.status()
	if err != nil {
		for _, d := range c.descs {
			out <- prometheus.NewInvalidMetric(d, err)
		}
		return
	}
	for i, r := range c.readings {
		seen := map[string]bool{} // the same series twice would fail the scrape
		r.read(st, func(value float64, labels ...string) {
			for n := range labels {
				labels[n] = strings.ToValidUTF8(labels[n], "�") // a path may be anything
			}
			if key := strings.Join(labels, "\x00"); !seen[key] {
				seen[key] = true
				out <- prometheus.MustNewConstMetric(c.descs[i], r.kind, value, labels...)
			}
		})
	}
}
