package daemon

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// collector gives the readings of a service at the time of the scrape.
type collector struct {
	s        *Service
	readings []reading
	descs    []*prometheus.Desc // of the readings
}

func newCollector(s *Service) *collector {
	c := &collector{s: s, readings: readings()}
	for _, r := range c.readings {
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
	st, err := c.s.Status()
	if err != nil {
		for _, d := range c.descs {
			out <- prometheus.NewInvalidMetric(d, err)
		}
		return
	}
	for i, r := range c.readings {
		seen := map[string]bool{} // one series twice would fail the scrape
		r.read(c.s, st, func(value float64, labels ...string) {
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
