package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
)

// Outcomes of a round of training, as the metrics count them.
const (
	roundPromoted  = "promoted"
	roundCandidate = "candidate" // stored, and left for a person to promote
	roundRejected  = "rejected"
	roundFailed    = "failed"
)

// Metrics answer GET /metrics. They show values of the status at each scrape, and
// what they have counted since the service started. They are safe for concurrent
// use.
type Metrics struct {
	registry    *prometheus.Registry
	queries     prometheus.Histogram
	queryErrors prometheus.Counter
	steps       prometheus.Counter
	rounds      *prometheus.CounterVec // by outcome
}

// NewMetrics makes metrics that have counted nothing.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		queries: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "edgeclr_query_duration_seconds", Help: "Time to answer a query, embedding its picture included.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		queryErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "edgeclr_query_errors_total", Help: "Queries that were answered with a problem.",
		}),
		steps: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "edgeclr_learn_steps_total", Help: "Steps of training since the start.",
		}),
		rounds: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "edgeclr_learn_rounds_total", Help: "Rounds of training that ended since the start.",
		}, []string{"outcome"}),
	}
	for _, outcome := range []string{roundPromoted, roundCandidate, roundRejected, roundFailed} {
		m.rounds.WithLabelValues(outcome) // a series that begins at 0 shows its first increase
	}
	m.registry.MustRegister(m.queries, m.queryErrors, m.steps, m.rounds,
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled()))
	return m
}

// watch adds the metrics that show the status and the learner. It is called once.
func (m *Metrics) watch(status func() (client.Status, error), learner Learner) {
	m.registry.MustRegister(newCollector(status, readings(learner)))
}

// get answers a scrape. It leaves out what cannot be read, and logs it.
func (m *Metrics) get(log *slog.Logger) endpoint {
	handler := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError),
	})
	return func(w http.ResponseWriter, r *http.Request) error {
		handler.ServeHTTP(w, r)
		return nil
	}
}

// query measures how long a query took that is answered, and counts one that is
// refused.
func (m *Metrics) query(took time.Duration, err error) {
	if err != nil {
		m.queryErrors.Inc()
		return
	}
	m.queries.Observe(took.Seconds())
}

// Step counts a step of training.
func (m *Metrics) Step() { m.steps.Inc() }

// Round counts a round of training that ended.
func (m *Metrics) Round(end learn.RoundEnd) {
	outcome := roundRejected
	switch {
	case end.Err != nil || end.Progress.Step == 0: // the round failed, or was given up
		outcome = roundFailed
	case end.Promoted:
		outcome = roundPromoted
	case end.Candidate != "":
		outcome = roundCandidate
	}
	m.rounds.WithLabelValues(outcome).Inc()
}
