package api

import (
	"errors"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// measured expects that the metrics have these lines.
func measured(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			name, _, _ := strings.Cut(line, " ")
			name, _, _ = strings.Cut(name, "{")
			t.Errorf("no line %q, but\n%s", line, strings.Join(regexp.MustCompile("(?m)^"+name+"[{ ].*$").FindAllString(text, -1), "\n"))
		}
	}
}

// A second metric is one line in a list of readings.
func TestSecondMetric(t *testing.T) {
	f := &fakes{degrees: 45, status: client.Status{PID: 17}}
	m := NewMetrics()
	m.registry.MustRegister(newCollector(f.Status, append(readings(f),
		gauge("edgeclr_pid", "The process.", func(st client.Status) float64 { return float64(st.PID) }))))
	a := openRoutes(t, route{"GET /metrics", m.get(slog.New(slog.DiscardHandler))})
	measured(t, fetch(t, a.Client(), "/metrics"), "edgeclr_pid 17", "# HELP edgeclr_pid The process.", "# TYPE edgeclr_pid gauge", "edgeclr_temperature_celsius 45")
}

// Steps and rounds are counted, and readings that cannot be read are left out.
func TestMetrics(t *testing.T) {
	p, f := parts(t)
	c := open(t, p).Client()
	p.Metrics.Step()
	p.Metrics.Step()
	steps := learn.Progress{Step: 6}
	for _, end := range []learn.RoundEnd{
		{Progress: steps, Promoted: true, Candidate: "c2"}, {Progress: steps, Candidate: "c3"}, {Progress: steps}, {Progress: steps},
		{Progress: steps, Promoted: true, Err: errors.New("it does not serve")}, {},
	} {
		p.Metrics.Round(end)
	}
	f.status.Sources = []client.SourceStatus{{URI: "dir:a\xff", State: "live"}, {URI: "dir:a\xff", State: "live"}} // the same twice
	text := fetch(t, c, "/metrics")
	measured(t, text, "edgeclr_learn_steps_total 2", `edgeclr_learn_rounds_total{outcome="promoted"} 1`, `edgeclr_learn_rounds_total{outcome="rejected"} 2`,
		`edgeclr_learn_rounds_total{outcome="candidate"} 1`, `edgeclr_learn_rounds_total{outcome="failed"} 2`,
		`edgeclr_source_state{source="dir:a�",state="live"} 1`, `edgeclr_learn_state{state="waiting"} 1`)
	if strings.Contains(text, "temperature") {
		t.Error("a temperature without a sensor")
	}
	f.set(func() { f.failure = errors.New("no store") })
	text = fetch(t, c, "/metrics")
	measured(t, text, "edgeclr_learn_steps_total 2")
	if strings.Contains(text, "edgeclr_source_state") {
		t.Error("readings without a status")
	}
}

// docs/api.md must list every metric with its type, labels and meaning, and no
// others. Names must follow Prometheus's conventions.
func TestMetricsAreDocumented(t *testing.T) {
	p, f := parts(t)
	age := 0.5
	f.degrees = 45
	f.status.Sources = []client.SourceStatus{{URI: "exec:x", State: "live", SourceCounters: &client.SourceCounters{Frames: 1, LastFrame: &age}}}
	open(t, p)
	families, err := p.Metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if err != nil {
		t.Error(err)
	}
	help := map[string]string{}
	var there []string // "name type label label"
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "edgeclr_") {
			continue
		}
		parts := []string{f.GetName(), strings.ToLower(f.GetType().String())}
		for _, l := range f.GetMetric()[0].GetLabel() {
			parts = append(parts, l.GetName())
		}
		there = append(there, strings.Join(parts, " "))
		help[f.GetName()] = f.GetHelp()
	}
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(edgeclr_\\w+)` \\| (\\w+) \\| (.*?) ?\\| (.+) \\|$").FindAllStringSubmatch(string(text), -1) {
		labels := strings.Fields(strings.NewReplacer("`", "", ",", "").Replace(row[3]))
		slices.Sort(labels)
		listed[strings.Join(append([]string{row[1], row[2]}, labels...), " ")] = true
		if row[4]+"." != help[row[1]] {
			t.Errorf("%s is %q in the table, and tells %q", row[1], row[4], help[row[1]])
		}
	}
	for _, metric := range there {
		if !listed[metric] {
			t.Errorf("%q is not in the table", metric)
		}
		delete(listed, metric)
	}
	for metric := range maps.Keys(listed) {
		t.Errorf("%q is in the table, and there is no such metric", metric)
	}
}
