package api

import (
	"runtime"
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/daemon/client"
)

// reading is a metric that shows a value of the status. docs/api.md lists them all.
type reading struct {
	name, help string
	kind       prometheus.ValueType
	labels     []string
	// read puts one value for each combination of labels. A metric without a value is
	// left out.
	read func(st client.Status, put put)
}

// put takes a value, and the values of its labels in the order of reading.labels.
type put func(value float64, labels ...string)

// readings lists all readings, in the order of the documentation.
func readings(learner Learner) []reading {
	return slices.Concat(serviceReadings(learner), storeReadings(), learnReadings(), sourceReadings())
}

// gauge is a reading without labels that may go up and down.
func gauge(name, help string, read func(st client.Status) float64) reading {
	return reading{name: name, help: help, kind: prometheus.GaugeValue, read: func(st client.Status, put put) { put(read(st)) }}
}

// counter is a reading without labels that only goes up.
func counter(name, help string, read func(st client.Status) float64) reading {
	r := gauge(name, help, read)
	r.kind = prometheus.CounterValue
	return r
}

func serviceReadings(learner Learner) []reading {
	return []reading{
		{"edgeclr_build_info", "What runs; always 1. tensorflow is empty until TensorFlow is loaded.", prometheus.GaugeValue, []string{"version", "tensorflow", "go"},
			func(st client.Status, put put) { put(1, st.Version, st.TensorFlow, runtime.Version()) }},
		{"edgeclr_checkpoint_info", "The checkpoint that answers queries; always 1.", prometheus.GaugeValue, []string{"checkpoint", "arch", "size", "blend"},
			func(st client.Status, put put) {
				c := st.Checkpoint
				put(1, c.Serving, c.Arch, strconv.Itoa(c.Size), c.Blend)
			}},
		{"edgeclr_encoder_info", "What computes the vectors; always 1.", prometheus.GaugeValue, []string{"runtime", "precision", "accelerator"},
			func(st client.Status, put put) {
				e := st.Checkpoint.Encoder
				put(1, e.Runtime, e.Precision, e.Accelerator)
			}},
		gauge("edgeclr_encoder_as_configured", "0 while something else computes the vectors than the configuration asks for.",
			func(st client.Status) float64 { return number(st.Checkpoint.Encoder.Instead == "") }),
		gauge("edgeclr_config_last_reload_successful", "1 unless the service refused the configuration that it read last.",
			func(st client.Status) float64 { return number(st.Config.Error == "") }),
		gauge("edgeclr_config_last_reload_success_timestamp_seconds", "When the service read the configuration in force.",
			func(st client.Status) float64 { return float64(st.Config.Loaded.UnixMilli()) / 1000 }),
		gauge("edgeclr_config_needs_restart_keys", "Keys with another value since the start; a restart puts them in force.",
			func(st client.Status) float64 { return float64(len(st.Config.NeedsRestart)) }),
		{"edgeclr_temperature_celsius", "Temperature of the hottest thermal zone; left out where none can be read.", prometheus.GaugeValue, nil,
			func(_ client.Status, put put) {
				if degrees, known := learner.Temperature(); known {
					put(degrees)
				}
			}},
	}
}

func storeReadings() []reading {
	return []reading{
		counter("edgeclr_frames_seen_total", "Frames that arrived since the store was made.", func(st client.Status) float64 { return float64(st.Frames.Seen) }),
		counter("edgeclr_frames_stored_total", "Frames that were stored.", func(st client.Status) float64 { return float64(st.Frames.Stored) }),
		counter("edgeclr_frames_gated_total", "Frames left out as near-duplicates.", func(st client.Status) float64 { return float64(st.Frames.Gated) }),
		counter("edgeclr_frames_dropped_total", "Frames for which the board was too slow.", func(st client.Status) float64 { return float64(st.Frames.Dropped) }),
		counter("edgeclr_frames_untriggered_total", "Frames that arrived while the trigger was shut.", func(st client.Status) float64 { return float64(st.Frames.Untriggered) }),
		{"edgeclr_frames_failed_total", "Frames that could not be read or decoded.", prometheus.CounterValue, []string{"reason"},
			func(st client.Status, put put) {
				for reason, n := range st.Frames.Reasons {
					put(float64(n), reason)
				}
				for _, reason := range decode.Reasons() { // a series that begins at 0 shows its first increase
					put(0, reason)
				}
			}},
		gauge("edgeclr_ingest_paused", "1 while frames cannot be stored.", func(st client.Status) float64 { return number(st.Ingest.Paused) }),
		gauge("edgeclr_store_frames", "Frames in the store.", func(st client.Status) float64 { return float64(st.Store.Frames) }),
		gauge("edgeclr_embeddings", "Frames that queries find.", func(st client.Status) float64 { return float64(st.Embeddings) }),
		gauge("edgeclr_store_bytes", "Live bytes in the store.", func(st client.Status) float64 { return float64(st.Store.Bytes) }),
		gauge("edgeclr_store_file_bytes", "Size of the store's file.", func(st client.Status) float64 { return float64(st.Store.FileBytes) }),
		counter("edgeclr_store_written_bytes_total", "Bytes written to the store's file since the start.", func(st client.Status) float64 { return float64(st.Store.WrittenBytes) }),
	}
}

func learnReadings() []reading {
	return []reading{
		{"edgeclr_learn_state", "1 for the current state of the learner.", prometheus.GaugeValue, []string{"state"},
			func(st client.Status, put put) {
				putState(put, st.Train.State, client.LearnStates())
			}},
		gauge("edgeclr_learn_holding", "1 while a limit keeps the learner from its next step, or the store has nothing to learn from.",
			func(st client.Status) float64 { return number(st.Train.Holding != "") }),
		gauge("edgeclr_learn_step", "Steps done in the round.", func(st client.Status) float64 { return float64(st.Train.Step) }),
		gauge("edgeclr_learn_round_steps", "Steps that the round has.", func(st client.Status) float64 { return float64(st.Train.Steps) }),
		gauge("edgeclr_learn_loss", "Mean loss of the last 10 steps.", func(st client.Status) float64 { return st.Train.Loss }),
		gauge("edgeclr_learn_views_per_second", "Views a second in full steps of the round.", func(st client.Status) float64 { return st.Train.ViewsPerS }),
		gauge("edgeclr_replay_frames", "Pictures to learn from.", func(st client.Status) float64 { return float64(st.Train.Replay) }),
		gauge("edgeclr_probe_frames", "Pictures held back to judge by.", func(st client.Status) float64 { return float64(st.Train.Probe) }),
	}
}

// sourceReadings have one series for each source.
func sourceReadings() []reading {
	return []reading{
		{"edgeclr_source_state", "1 for the current state of the source.", prometheus.GaugeValue, []string{"source", "state"},
			func(st client.Status, put put) {
				for _, source := range st.Sources {
					putState(put, source.State, []string{camera.StateConnecting, camera.StateLive, camera.StateStalled, camera.StateFailed}, source.URI)
				}
			}},
		sourceCounter("edgeclr_source_frames_total", "Frames that a camera handed over.", func(c client.SourceCounters) uint64 { return c.Frames }),
		sourceCounter("edgeclr_source_damaged_total", "Pictures that came cut or broken.", func(c client.SourceCounters) uint64 { return c.Damaged }),
		sourceCounter("edgeclr_source_skipped_total", "Pictures beyond the rate of the source.", func(c client.SourceCounters) uint64 { return c.Skipped }),
		sourceCounter("edgeclr_source_reconnects_total", "Times that a camera was opened again.", func(c client.SourceCounters) uint64 { return c.Reconnects }),
		{"edgeclr_source_last_frame_age_seconds", "Time since the last picture; left out when none has come.", prometheus.GaugeValue, []string{"source"},
			func(st client.Status, put put) {
				for _, source := range st.Sources {
					if c := source.SourceCounters; c != nil && c.LastFrame != nil {
						put(*c.LastFrame, source.URI)
					}
				}
			}},
	}
}

// sourceCounter counts what a camera does. Folders and rendered scenes have no
// counters.
func sourceCounter(name, help string, read func(c client.SourceCounters) uint64) reading {
	return reading{name, help, prometheus.CounterValue, []string{"source"}, func(st client.Status, put put) {
		for _, source := range st.Sources {
			if c := source.SourceCounters; c != nil {
				put(float64(read(*c)), source.URI)
			}
		}
	}}
}

// putState puts 1 for the current state and 0 for all others. The state is the
// last label.
func putState(put put, is string, all []string, labels ...string) {
	for _, state := range all {
		put(number(state == is), append(slices.Clone(labels), state)...)
	}
}

// number is 1 for true and 0 for false.
func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
