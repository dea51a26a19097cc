package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/tflite/litert"
)

// A daemon whose vectors LiteRT computes does not have TensorFlow in its memory until it
// begins to learn. A pause holds the learner before that.
func TestTensorFlowIsMappedForLearning(t *testing.T) {
	if _, err := litert.Load(""); err != nil {
		t.Skip(err)
	}
	b := newTestDaemon(t, append(learning(), "EDGECLR_MODEL_RUNTIME="+config.RuntimeAuto, "LD_LIBRARY_PATH="+os.Getenv("LD_LIBRARY_PATH"))...)
	b.start()
	if _, err := b.client.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.render(0, 20)
	st := b.until("pictures are embedded", time.Minute, func(st client.Status) bool { return st.Embeddings == 20 })
	if st.Checkpoint.Encoder.Runtime != config.RuntimeLiteRT {
		t.Fatalf("%+v embeds", st.Checkpoint.Encoder)
	}
	query := func() {
		t.Helper()
		reply, err := b.client.QueryImage(t.Context(), picture1(t, 3), 1, "")
		if err != nil || len(reply.Results) != 1 || reply.Results[0].Similarity < 0.9999 {
			t.Errorf("%+v, %v", reply, err)
		}
	}
	query()
	time.Sleep(3 * time.Second) // there is enough to learn from, and a paused learner would begin a round by now
	st = b.status()
	if st.TensorFlow != "" || st.Device != "" || mapsTensorFlow(t, st.PID) {
		t.Errorf("before learning: TensorFlow %q on %q, mapped: %v", st.TensorFlow, st.Device, mapsTensorFlow(t, st.PID))
	}

	if _, err := b.client.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	st = b.until("a step of learning", time.Minute, func(st client.Status) bool { return st.Train.Step > 0 })
	if st.TensorFlow == "" || st.Device == "" || !mapsTensorFlow(t, st.PID) {
		t.Errorf("while learning: TensorFlow %q on %q, mapped: %v", st.TensorFlow, st.Device, mapsTensorFlow(t, st.PID))
	}
	query() // TensorFlow decodes the picture now, to the same pixels
}

// mapsTensorFlow reports whether a process has TensorFlow's library in its memory.
func mapsTensorFlow(t *testing.T, pid int) bool {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(maps), "libtensorflow")
}
