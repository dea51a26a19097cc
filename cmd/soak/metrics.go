package main

import (
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// metrics are one scrape, by name.
type metrics map[string]*dto.MetricFamily

// value sums up a metric over all of its labels; 0 when it is missing.
func (m metrics) value(name string) float64 {
	sum := 0.0
	for _, x := range m[name].GetMetric() {
		sum += number(x)
	}
	return sum
}

// of is a metric of a source, which is named by the beginning of its URI.
func (m metrics) of(name, source string) float64 {
	for _, x := range m[name].GetMetric() {
		if strings.HasPrefix(label(x, "source"), source) {
			return number(x)
		}
	}
	return 0
}

// state is that of a source.
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

// number is a gauge's or a counter's value.
func number(x *dto.Metric) float64 {
	switch {
	case x.Gauge != nil:
		return x.Gauge.GetValue()
	case x.Counter != nil:
		return x.Counter.GetValue()
	}
	return x.GetUntyped().GetValue()
}
