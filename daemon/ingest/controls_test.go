package ingest

import (
	"testing"

	"edgeclr/camera"
	"edgeclr/camera/gpio"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// stated is a source in some state.
type stated struct {
	camera.Source
	state string
}

func (s stated) State() (string, error) { return s.state, nil }

func TestIndication(t *testing.T) {
	h := newHarness(t, nil)
	for _, tt := range []struct {
		name    string
		learner string
		failure error
		want    gpio.State
	}{
		{"learning is off", client.LearnOff, nil, gpio.Live},
		{"waiting for frames", client.LearnWaiting, nil, gpio.Live},
		{"learning", client.LearnActive, nil, gpio.Learning},
		{"a round failed", client.LearnFailed, nil, gpio.Fault},
		{"the disk is full", client.LearnActive, storage.ErrFull, gpio.Fault},
		{"and no longer", client.LearnActive, nil, gpio.Learning},
		{"paused", client.LearnPaused, nil, gpio.Live},
	} {
		h.learner = tt.learner
		h.note(t.Context(), tt.failure)
		if got := h.indication(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if len(h.events) != 1 || h.events[0].Kind != storage.EventIngest || h.events[0].Data["error"] != storage.ErrFull.Error() {
		t.Errorf("events %+v", h.events)
	}
	for state, want := range map[string]gpio.State{
		camera.StateConnecting: gpio.Live, camera.StateLive: gpio.Live, camera.StateStalled: gpio.Fault, camera.StateFailed: gpio.Fault,
	} {
		h.feeds = Feeds{{source: stated{state: state}}}
		if got := h.indication(); got != want {
			t.Errorf("a source is %s: %v, want %v", state, got, want)
		}
	}
	h.feeds = nil
}
