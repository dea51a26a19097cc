package daemon

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
)

// childDies makes the child processes of this test program end before they have tried an
// encoder: see TestMain.
const childDies = "EDGECLR_TEST_CHILD_DIES"

func dieAsChild() {
	if os.Getenv(childDies) != "" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

// liteRTConfig configures a service that embeds by LiteRT.
func liteRTConfig(t *testing.T) config.Config {
	t.Helper()
	if _, err := litert.Load(""); err != nil {
		t.Skip(err)
	}
	cfg := smallConfig(t)
	cfg.Model.Runtime = config.RuntimeAuto
	return cfg
}

// encoder is what the status says of the encoder.
func encoder(t *testing.T, s *Service) client.EncoderStatus {
	t.Helper()
	st, err := s.Status()
	if err != nil {
		t.Fatal(err)
	}
	return st.Checkpoint.Encoder
}

// runtimeEvents are the texts of the events that something else runs than was asked for.
func runtimeEvents(t *testing.T, s *Service) (texts []string) {
	t.Helper()
	all, err := s.latestEvents(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == storage.EventRuntime {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// LiteRT serves once its vectors agree with TensorFlow's. A restart does not compare
// again: a child would die.
func TestLiteRTServes(t *testing.T) {
	cfg := liteRTConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 6)
	if e := encoder(t, s); e.Runtime != config.RuntimeLiteRT || e.Cosine < 0.9999 || e.Checked == 0 || e.Instead != "" || e.Precision != config.PrecisionFloat || e.Accelerator != config.AcceleratorCPU {
		t.Errorf("%+v", e)
	}
	answer, err := s.Client().QueryImage(t.Context(), all[2].Data, 1, "")
	if err != nil || len(answer.Results) != 1 || answer.Results[0].ID != ids[2] || answer.Results[0].Similarity < 0.9999 {
		t.Errorf("%+v, %v", answer, err)
	}
	shut(t, s)

	t.Setenv(childDies, "1")
	s = open(t, cfg)
	if e := encoder(t, s); e.Runtime != config.RuntimeLiteRT || e.Cosine < 0.9999 {
		t.Errorf("after a restart: %+v", e)
	}
	shut(t, s)

	// TensorFlow finds the same vectors good: nothing is embedded again.
	cfg.Model.Runtime = config.RuntimeTensorFlow
	s = open(t, cfg)
	if st, err := s.Status(); err != nil || st.Embeddings != 6 || st.Checkpoint.Encoder.Runtime != config.RuntimeTensorFlow {
		t.Errorf("%+v, %v", st.Checkpoint, err)
	}
}

// A library that is missing: auto serves by TensorFlow and says why, litert refuses to
// start and says what mends it.
func TestMissingLiteRT(t *testing.T) {
	t.Setenv(config.EnvLiteRT, "/nonexistent/libLiteRt.so")
	cfg := smallConfig(t)
	cfg.Model.Runtime = config.RuntimeAuto
	s := open(t, cfg)
	embed(t, s, 0, 2)
	if e := encoder(t, s); e.Runtime != config.RuntimeTensorFlow || !strings.Contains(e.Instead, "/nonexistent/libLiteRt.so") {
		t.Errorf("%+v", e)
	}
	if texts := runtimeEvents(t, s); len(texts) != 1 || !strings.Contains(texts[0], "/nonexistent/libLiteRt.so") {
		t.Errorf("events %q", texts)
	}
	shut(t, s)

	cfg.Model.Runtime = config.RuntimeLiteRT
	s, err := Open(t.Context(), Options{Config: cfg, Command: "daemon test"})
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "model.runtime: litert") || !strings.Contains(err.Error(), "make deps") {
		t.Errorf("error %v", err)
	}
}

// A check that fails at a promotion: TensorFlow serves the new checkpoint, and an event
// says why. No query fails meanwhile, and LiteRT comes back with the rollback.
func TestPromotionChecks(t *testing.T) {
	for _, dies := range []bool{false, true} {
		name, want := "passes", config.RuntimeLiteRT
		if dies {
			name, want = "dies", config.RuntimeTensorFlow
		}
		t.Run(name, func(t *testing.T) {
			s := open(t, liteRTConfig(t))
			all, ids := embed(t, s, 0, 12)
			next := adapt(t, s, "c1", config.BlendNone)
			var asked atomic.Int64
			ctx, stop := context.WithCancel(t.Context())
			var wait sync.WaitGroup
			for i := range 2 {
				wait.Go(func() {
					for ctx.Err() == nil {
						answer, err := s.Client().QueryImage(t.Context(), all[i].Data, 1, "")
						if err != nil || len(answer.Results) != 1 || answer.Results[0].ID != ids[i] || answer.Results[0].Similarity < 0.999 {
							t.Errorf("query: %+v, %v", answer, err)
							return
						}
						asked.Add(1)
					}
				})
			}
			if dies {
				t.Setenv(childDies, "1")
			}
			if _, err := s.Promote(t.Context(), string(next.ID), "test", nil); err != nil {
				t.Error(err)
			}
			if e := encoder(t, s); e.Runtime != want || (e.Instead != "") != dies {
				t.Errorf("%+v", e)
			}
			if texts := runtimeEvents(t, s); (len(texts) == 1) != dies || dies && !strings.Contains(texts[0], "killed") {
				t.Errorf("events %q", texts)
			}
			if _, err := s.versions.Rollback(t.Context(), nil); err != nil {
				t.Error(err)
			}
			stop()
			wait.Wait()
			if e := encoder(t, s); e.Runtime != config.RuntimeLiteRT || e.Instead != "" {
				t.Errorf("after the rollback: %+v", e)
			}
			if asked.Load() == 0 {
				t.Error("no query was answered")
			}
			t.Logf("%d queries", asked.Load())
		})
	}
}

// serve.precision: int8 takes effect at a restart: queries go on in float until every
// frame has an int8 vector. The judge of a round compares float with float.
func TestInt8Serves(t *testing.T) {
	cfg := liteRTConfig(t)
	if cfg.Model.Weights == "" {
		t.Skip("random weights lose too much in int8: run `make deps`")
	}
	cfg.Serve.Size = 64
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 24)
	shut(t, s)

	cfg.Serve.Precision = config.PrecisionInt8
	s = open(t, cfg)
	query := func() {
		t.Helper()
		answer, err := s.Client().QueryImage(t.Context(), all[3].Data, 1, "")
		if err != nil || len(answer.Results) != 1 || answer.Results[0].ID != ids[3] || answer.Results[0].Similarity < 0.9999 {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	for begin := time.Now(); ; query() {
		e := encoder(t, s)
		if e.Precision == config.PrecisionInt8 {
			break
		}
		if e.Instead == "" || time.Since(begin) > longTime {
			t.Fatalf("%+v", e)
		}
	}
	query()
	if e := encoder(t, s); e.Runtime != config.RuntimeLiteRT || e.Instead != "" || e.Cosine < 0.95 || e.Cosine > 0.99999 {
		t.Errorf("%+v", e)
	}
	if st, err := s.Status(); err != nil || st.Embeddings != 24 {
		t.Errorf("%d embeddings, %v", st.Embeddings, err)
	}
	if _, err := s.Harness().Round(t.Context(), 4); err != nil {
		t.Errorf("a round: %v", err)
	}
	query()
	if e := encoder(t, s); e.Precision != config.PrecisionInt8 {
		t.Errorf("after a round: %+v", e)
	}
}
