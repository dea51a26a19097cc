package daemon

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"edgeclr/daemon/learn"
)

// How a round of training ends, as metrics count it.
const (
	roundPromoted  = "promoted"
	roundCandidate = "candidate" // stored, and left for a person to promote
	roundRejected  = "rejected"
	roundFailed    = "failed"
)

// metrics are what GET /metrics tells: what the status has, read at each scrape,
// and what is counted here since the service started.
type metrics struct {
	registry    *prometheus.Registry
	queries     prometheus.Histogram
	queryErrors prometheus.Counter
	steps       prometheus.Counter
	rounds      *prometheus.CounterVec // by outcome
}

func newMetrics(s *Service) *metrics {
	m := &metrics{
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
	m.registry.MustRegister(newCollector(s), m.queries, m.queryErrors, m.steps, m.rounds,
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled()))
	return m
}

// handler answers a scrape. What cannot be read is left out and logged.
func (m *metrics) handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError),
	})
}

// query counts one that took that long.
func (m *metrics) query(took time.Duration, err error) {
	if err != nil {
		m.queryErrors.Inc()
		return
	}
	m.queries.Observe(took.Seconds())
}

// round counts one that ended.
func (m *metrics) round(end learn.RoundEnd) {
	outcome := roundRejected
	switch {
	case end.Err != nil || end.Progress.Step == 0: // it failed, or was given up
		outcome = roundFailed
	case end.Promoted:
		outcome = roundPromoted
	case end.Candidate != "":
		outcome = roundCandidate
	}
	m.rounds.WithLabelValues(outcome).Inc()
}
